import type { StoreReader } from '@txkeep/core'

/** How long a unit of work is held open so that another one runs into it, in milliseconds. */
export const HOLD_MS = 60

/**
 * The results of two pieces of work that overlap: `second` starts when `first` calls `reached`, which it does in the
 * middle of an open unit of work. Both are awaited even if one fails.
 */
export async function overlap<A, B>(
  first: (reached: () => void) => Promise<A>,
  second: () => Promise<B>,
): Promise<readonly [A, B]> {
  let reached: () => void = () => undefined
  const halfway = new Promise<void>((resolve) => {
    reached = resolve
  })
  const running = first(reached)
  await Promise.race([halfway, running])
  const [a, b] = await Promise.allSettled([running, second()])
  if (a.status === 'rejected') throw a.reason
  if (b.status === 'rejected') throw b.reason
  return [a.value, b.value]
}

/** Keeps a unit of work open for `ms` by reading: a unit awaits nothing but its own `tx`, or IndexedDB ends it. */
export async function holdOpen(tx: StoreReader, ms: number = HOLD_MS): Promise<void> {
  const until = Date.now() + ms
  while (Date.now() < until) await tx.chainTip.get()
}
