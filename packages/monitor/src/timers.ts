/** Where waiting comes from: tests hand in their own. */
export interface Timers {
  /** Milliseconds on a clock that never jumps. */
  now(): number
  /** Resolves after so many milliseconds, or as soon as `signal` fires. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemTimers: Timers = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    }),
}
