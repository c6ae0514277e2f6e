export interface SoftTimeout {
  /** How long to wait for one service, in ms. Default `softTimeoutMs`. */
  readonly timeoutMs?: (beefBytes: number) => number
}

/** 5 s, and 50 ms more for each KiB, but no longer than 30 s. Source: docs/spec/lifecycle.md §6. */
export function softTimeoutMs(beefBytes: number): number {
  return Math.min(5_000 + 50 * Math.ceil(beefBytes / 1024), 30_000)
}

/** What was answered in time, or undefined: a failure and a late answer both say nothing. */
export async function answerOf<T>(
  ask: () => Promise<T>,
  beefBytes: number,
  { timeoutMs = softTimeoutMs }: SoftTimeout,
): Promise<T | undefined> {
  let timer: unknown
  const late = new Promise<undefined>((resolve) => {
    timer = timers.setTimeout(() => resolve(undefined), timeoutMs(beefBytes))
  })
  try {
    return await Promise.race([ask(), late])
  } catch {
    return undefined
  } finally {
    timers.clearTimeout(timer)
  }
}

/** Every platform has these two; the language's own library does not name them. */
const timers = globalThis as unknown as {
  setTimeout(callback: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
}
