import { StoreBusyError } from '@txkeep/core'
import pRetry from 'p-retry'

/**
 * The result of `attempt`, tried again while the database is busy, with growing pauses and jitter, until `timeoutMs` are over. The
 * pauses leave the thread free: whoever holds the lock may be in this process.
 *
 * @throws {StoreBusyError} when the time is over; whatever else `attempt` throws, at once and as it is.
 */
export async function retryWhenBusy<T>(attempt: () => Promise<T>, timeoutMs: number): Promise<T> {
  const outcome = await pRetry(() => settle(attempt), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 2,
    factor: 1.6,
    maxTimeout: 60,
    randomize: true,
    maxRetryTime: timeoutMs,
  })
  if ('thrown' in outcome) throw outcome.thrown
  return outcome.result
}

type Outcome<T> = { readonly result: T } | { readonly thrown: unknown }

/** Only "busy" is thrown on to the retries: they would wrap what is no Error, and give up on a TypeError in their own way. */
async function settle<T>(attempt: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { result: await attempt() }
  } catch (thrown) {
    if (thrown instanceof StoreBusyError) throw thrown
    return { thrown }
  }
}
