/** The one thing of the platform this package needs, and every platform has it. */
declare function setTimeout(callback: () => void, ms: number): unknown

/** Waits by the machine's own time: only for what runs on database time, which no clock of a test can turn. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
