import type { Timers } from './timers.js'

/** How a lease is kept. Source: docs/spec/monitor.md §3.6. */
export interface LeaseTiming {
  readonly ttlMs: number
  readonly renewEveryMs: number
  readonly retryMs: number
  /** From the moment a successful request was begun: after it the lease counts as lost, before it really is. */
  readonly deadlineMs: number
}

export const LEASE_TIMING: LeaseTiming = { ttlMs: 30_000, renewEveryMs: 10_000, retryMs: 2_000, deadlineMs: 20_000 }

export type Renewal = 'renewed' | 'lost' | 'failed'

/**
 * Renews until `signal` fires, or returns `lost` when the lease is gone or could not be renewed in time. `askedAt` is when the claim
 * was begun, on the clock of `timers`.
 */
export async function keepLease(
  renew: () => Promise<Renewal>,
  askedAt: number,
  { renewEveryMs, retryMs, deadlineMs }: LeaseTiming,
  timers: Timers,
  signal: AbortSignal,
): Promise<'lost' | 'ended'> {
  let deadline = askedAt + deadlineMs
  let pauseMs = renewEveryMs
  while (!signal.aborted) {
    await timers.sleep(Math.max(0, Math.min(pauseMs, deadline - timers.now())), signal)
    if (signal.aborted) break
    const begun = timers.now()
    if (begun >= deadline) return 'lost'
    const late = timers.sleep(deadline - begun, signal).then((): Renewal => 'lost')
    const renewal = await Promise.race([renew(), late])
    if (signal.aborted) break
    if (renewal === 'lost') return 'lost'
    if (renewal === 'renewed') deadline = begun + deadlineMs
    pauseMs = renewal === 'renewed' ? renewEveryMs : retryMs
  }
  return 'ended'
}
