import type { LeaseClaim, LeaseGuard, LeaseRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineMakeStoreCase, defineTwoStoreCase } from '../define-case.js'
import { present } from './assertions.js'
import { sleep } from './sleep.js'

/** `tx.leases`: one holder at a time, by database time. Source: docs/spec/monitor.md §3. */
export const leaseCases: readonly ContractCase[] = [
  defineCase(
    'leases: a task nobody ever ran can be claimed, and the lease says by whom and until when',
    async (store) => {
      const before = Date.now()
      const claim = await store.write((tx) =>
        tx.leases.claim({ taskName: 'send', ownerId: 'one', ttlMs: 30_000, note: 'host 1' }),
      )
      const lease = leaseOf(claim)
      assert.deepInclude(lease, { taskName: 'send', ownerId: 'one', renewCount: 0, note: 'host 1' })
      assert.isAbove(lease.fence, 0)
      assert.closeTo(lease.expiresAt.getTime(), before + 30_000, CLOCK_TOLERANCE_MS)
      assert.deepEqual(await store.read((tx) => tx.leases.find('send')), lease)
      assert.deepEqual(await store.read((tx) => tx.leases.list()), [lease])
    },
  ),

  defineCase('leases: a held lease is refused to everybody, its holder included', async (store) => {
    const lease = await take(store, 'one', LONG_MS)
    for (const ownerId of ['two', 'one']) {
      for (const evenIfNotDue of [false, true]) {
        const again = await store.write((tx) =>
          tx.leases.claim({ taskName: TASK, ownerId, ttlMs: LONG_MS, evenIfNotDue }),
        )
        assert.deepEqual(again, { claimed: false, reason: 'held' })
      }
    }
    assert.deepEqual(await store.read((tx) => tx.leases.find(TASK)), lease)
  }),

  defineCase('leases: tasks do not stand in each other’s way', async (store) => {
    await take(store, 'one', LONG_MS)
    const other = await store.write((tx) => tx.leases.claim({ taskName: 'proof', ownerId: 'two', ttlMs: LONG_MS }))
    assert.isTrue(other.claimed)
    const names = (await store.read((tx) => tx.leases.list())).map((lease) => lease.taskName)
    assert.sameMembers(names, [TASK, 'proof'])
  }),

  defineTwoStoreCase('leases: of concurrent claims one wins', async (first, second) => {
    const claims = await Promise.all(
      [first, second, first, second].map((store, index) =>
        store.write((tx) => tx.leases.claim({ taskName: TASK, ownerId: `owner ${index}`, ttlMs: LONG_MS })),
      ),
    )
    const winners = claims.filter((claim) => claim.claimed)
    assert.lengthOf(winners, 1)
    for (const claim of claims) if (!claim.claimed) assert.strictEqual(claim.reason, 'held')
  }),

  defineCase('leases: every claim has a higher fence than ever before, released or not', async (store) => {
    let last = 0
    for (let round = 0; round < 4; round++) {
      const lease = await take(store, `owner ${round}`, LONG_MS)
      assert.isAbove(lease.fence, last)
      last = lease.fence
      assert.isTrue(await store.write((tx) => tx.leases.release(lease)))
      assert.isUndefined(await store.read((tx) => tx.leases.find(TASK)))
    }
  }),

  defineCase(
    'leases: an expired lease is taken over with a higher fence, and its old holder has lost it',
    async (store) => {
      const old = await take(store, 'old', SHORT_MS)
      await sleep(SHORT_MS * 2)
      const taken = await take(store, 'new', LONG_MS)
      assert.strictEqual(taken.ownerId, 'new')
      assert.isAbove(taken.fence, old.fence)
      assert.strictEqual(taken.renewCount, 0)
      await store.write(async ({ leases }) => {
        assert.isFalse(await leases.holds(old))
        assert.isUndefined(await leases.renew(old, LONG_MS))
        assert.isFalse(await leases.release(old, { dueInMs: LONG_MS, cursor: 'stale' }))
        assert.isTrue(await leases.holds(taken))
      })
      assert.deepEqual(await store.read((tx) => tx.leases.find(TASK)), taken)
    },
  ),

  defineCase('leases: one that ran out is lost even if nobody took it', async (store) => {
    const lease = await take(store, 'one', SHORT_MS)
    await sleep(SHORT_MS * 2)
    await store.write(async ({ leases }) => {
      assert.isFalse(await leases.holds(lease))
      assert.isUndefined(await leases.renew(lease, LONG_MS))
      assert.isFalse(await leases.release(lease, { dueInMs: LONG_MS, cursor: 'late' }))
    })
    const task = await store.read((tx) => tx.tasks.find(TASK))
    assert.isNull(task?.cursor ?? null, 'a release that came too late writes nothing')
    assert.isTrue((await claimAs(store, 'two')).claimed, 'the task is due as before')
  }),

  defineCase('leases: renew extends from now and counts', async (store) => {
    const lease = await take(store, 'one', LONG_MS)
    const before = Date.now()
    const renewed = present(await store.write((tx) => tx.leases.renew(lease, 2 * LONG_MS)), 'the renewed lease')
    assert.deepInclude(renewed, { taskName: TASK, ownerId: 'one', fence: lease.fence, renewCount: 1 })
    assert.closeTo(renewed.expiresAt.getTime(), before + 2 * LONG_MS, CLOCK_TOLERANCE_MS)
    assert.deepEqual(await store.read((tx) => tx.leases.find(TASK)), renewed)
    assert.isTrue(await store.write((tx) => tx.leases.holds(lease)))
    const shortened = await store.write((tx) => tx.leases.renew(lease, SHORT_MS))
    assert.strictEqual(shortened?.renewCount, 2)
    await sleep(SHORT_MS * 2)
    assert.isFalse(await store.write((tx) => tx.leases.holds(lease)), 'a renewal counts from now')
  }),

  defineCase('leases: renew, release and holds refuse another fence, another owner and another task', async (store) => {
    const lease = await take(store, 'one', LONG_MS)
    const strangers: LeaseGuard[] = [
      { ...guardOf(lease), fence: lease.fence + 1 },
      { ...guardOf(lease), fence: lease.fence - 1 },
      { ...guardOf(lease), ownerId: 'One' },
      { ...guardOf(lease), taskName: 'other' },
    ]
    for (const guard of strangers) {
      await store.write(async ({ leases }) => {
        assert.isFalse(await leases.holds(guard))
        assert.isUndefined(await leases.renew(guard, LONG_MS))
        assert.isFalse(await leases.release(guard, { dueInMs: 0, outcomeJson: '{}' }))
      })
    }
    assert.deepEqual(await store.read((tx) => tx.leases.find(TASK)), lease)
    assert.isNull((await store.read((tx) => tx.tasks.find(TASK)))?.lastOutcomeJson ?? null)
  }),

  defineMakeStoreCase('leases: a clock that is wrong by hours decides nothing', async (makeStore) => {
    for (const hours of [-5, 5]) {
      const clock = { now: () => new Date(Date.now() + hours * 3_600_000) }
      const { store } = await makeStore({ clock })
      const lease = await take(store, 'one', LONG_MS)
      assert.closeTo(lease.expiresAt.getTime(), Date.now() + LONG_MS, CLOCK_TOLERANCE_MS)
      assert.isTrue(await store.write((tx) => tx.leases.holds(lease)))
      assert.deepEqual(await claimAs(store, 'two'), { claimed: false, reason: 'held' })
      await store.write((tx) => tx.leases.release(lease, { dueInMs: LONG_MS }))
      assert.deepEqual(await claimAs(store, 'two'), { claimed: false, reason: 'not-due' })
    }
  }),
]

const TASK = 'send'
/** A lease that ends within the case. */
const SHORT_MS = 40
/** A lease, or a pause, that outlasts the case. */
const LONG_MS = 60_000
/** What a database's clock and this machine's may differ by. */
const CLOCK_TOLERANCE_MS = 5_000

function claimAs(store: Store, ownerId: string): Promise<LeaseClaim> {
  return store.write((tx) => tx.leases.claim({ taskName: TASK, ownerId, ttlMs: LONG_MS }))
}

async function take(store: Store, ownerId: string, ttlMs: number): Promise<LeaseRow> {
  return leaseOf(await store.write((tx) => tx.leases.claim({ taskName: TASK, ownerId, ttlMs })))
}

function leaseOf(claim: LeaseClaim): LeaseRow {
  return claim.claimed ? claim.lease : assert.fail(`the lease should have been claimed, but is ${claim.reason}`)
}

function guardOf({ taskName, ownerId, fence }: LeaseRow): LeaseGuard {
  return { taskName, ownerId, fence }
}
