import { LEASE_TTL_MS, type Store } from '@txkeep/core'
import type { CheckResult } from '../../check-result.js'
import { equalCheck } from '../verify/differences.js'
import { rolledBack } from './rolled-back.js'

/** A refresh of every output finds nothing to change: the cached flags are the rule's. Rolled back all the same. */
export async function checkRefresh(store: Store): Promise<CheckResult> {
  const { flipped } = await rolledBack(store, async (tx) => await tx.outputs.refreshSpendable({}))
  return equalCheck('smoke.7-refresh', 'Refreshing every output flips none.', 0, flipped)
}

const LEASE_STEPS = 'claimed, renewed, released'

/** A lease goes through its life on database time, in one unit that is rolled back: no task named `smoke` stays behind. */
export async function checkLease(store: Store): Promise<CheckResult> {
  const ownerId = `smoke-${process.pid}`
  const actual = await rolledBack(store, async (tx) => {
    const claim = await tx.leases.claim({ taskName: 'smoke', ownerId, ttlMs: LEASE_TTL_MS, evenIfNotDue: true })
    if (!claim.claimed) return `not claimed: ${claim.reason}`
    const guard = { taskName: 'smoke', ownerId, fence: claim.lease.fence }
    const renewed = await tx.leases.renew(guard, LEASE_TTL_MS)
    const isReleased = await tx.leases.release(guard)
    return ['claimed', ...(renewed === undefined ? [] : ['renewed']), ...(isReleased ? ['released'] : [])].join(', ')
  })
  return equalCheck('smoke.8-lease', 'A lease is claimed, renewed and released.', LEASE_STEPS, actual)
}
