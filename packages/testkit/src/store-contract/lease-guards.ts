import type { LeaseGuard, Store } from '@txkeep/core'
import { assert } from 'chai'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { assertRefused } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'
import { sleep } from './sleep.js'

/** `store.write(work, { guard })`: who lost the lease cannot write, even without knowing it. */
export const leaseGuardCases: readonly ContractCase[] = [
  defineCase('lease guards: a write under a held lease commits', async (store) => {
    const guard = await hold(store, 'one', 60_000)
    assert.strictEqual(await guardedWrite(store, guard, 'kept'), 'kept')
    assert.deepEqual(await events(store), ['kept'])
  }),

  defineCase('lease guards: a write under a lease nobody claimed is refused before its work runs', async (store) => {
    await assertGuardRefused(store, { taskName: 'send', ownerId: 'one', fence: 1 })
  }),

  defineCase('lease guards: another fence or owner is refused before its work runs', async (store) => {
    const guard = await hold(store, 'one', 60_000)
    await assertGuardRefused(store, { ...guard, fence: guard.fence - 1 })
    await assertGuardRefused(store, { ...guard, fence: guard.fence + 1 })
    await assertGuardRefused(store, { ...guard, ownerId: 'two' })
  }),

  defineCase('lease guards: an expired lease is refused even if nobody took it', async (store) => {
    const guard = await hold(store, 'one', 40)
    await sleep(80)
    await assertGuardRefused(store, guard)
  }),

  defineCase('lease guards: a released lease is refused', async (store) => {
    const guard = await hold(store, 'one', 60_000)
    await store.write((tx) => tx.leases.release(guard))
    await assertGuardRefused(store, guard)
  }),

  defineTwoStoreCase(
    'lease guards: after a takeover the old holder writes nothing and the new one does',
    async (first, second) => {
      const old = await hold(first, 'old', 40)
      await sleep(80)
      const taken = await hold(second, 'new', 60_000)
      await assertGuardRefused(first, old)
      assert.strictEqual(await guardedWrite(second, taken, 'new holder'), 'new holder')
      assert.deepEqual(await events(first), ['new holder'])
    },
  ),

  defineTwoStoreCase(
    'lease guards: a write that outlives its lease commits before the takeover or not at all',
    async (first, second) => {
      await untilInTime(async (ttlMs) => {
        const old = await hold(first, 'old', ttlMs)
        const [committed, takeover] = await overlap(
          (reached) =>
            first
              .write(
                async (tx) => {
                  await tx.monitorEvents.insert({ event: 'while held', details: null })
                  reached()
                  await holdOpen(tx, ttlMs * 3)
                  await tx.monitorEvents.insert({ event: 'after it ran out', details: null })
                },
                { guard: old },
              )
              .then(
                () => true,
                () => false,
              ),
          () => takeOver(second),
        )
        const final = await events(second)
        assert.deepEqual(final, committed ? ['while held', 'after it ran out'] : [])
        assert.deepEqual(takeover.events, final, 'what the new holder saw at its claim')
        await second.write((tx) => tx.leases.release(takeover.guard))
        return committed
      })
    },
  ),

  defineTwoStoreCase(
    'lease guards: a unit that asked whether it holds the lease is not overtaken before it ends',
    async (first, second) => {
      const wasInTime = await untilInTime(async (ttlMs) => {
        const guard = await hold(first, 'old', ttlMs)
        let hasEnded = false
        const [held, takeover] = await overlap(
          (reached) =>
            first.write(async (tx) => {
              const holds = await tx.leases.holds(guard)
              reached()
              await holdOpen(tx, ttlMs * 3)
              hasEnded = true
              return holds
            }),
          async () => ({ ...(await takeOver(second)), hadEnded: hasEnded }),
        )
        if (held) assert.isTrue(takeover.hadEnded, 'the lease was taken over while a unit that holds it was open')
        await second.write((tx) => tx.leases.release(takeover.guard))
        return held
      })
      assert.isTrue(wasInTime, 'the lease is held right after it was claimed')
    },
  ),
]

/** Tries with longer and longer leases until one outlasts the way to its use: a busy machine is no fault of the store. */
async function untilInTime(attempt: (ttlMs: number) => Promise<boolean>): Promise<boolean> {
  for (const ttlMs of [40, 200, 1_000, 5_000]) if (await attempt(ttlMs)) return true
  return false
}

/** What the new holder sees in the very unit that gives it the lease. Tries again and again, as a daemon does. */
async function takeOver(store: Store): Promise<{ readonly guard: LeaseGuard; readonly events: string[] }> {
  for (;;) {
    const seen = await store.write(async (tx) => {
      const claim = await tx.leases.claim({ taskName: 'send', ownerId: 'new', ttlMs: 60_000 })
      if (!claim.claimed) return undefined
      const rows = await tx.monitorEvents.find({})
      return { guard: claim.lease, events: rows.map((row) => row.event) }
    })
    if (seen !== undefined) return seen
  }
}

async function hold(store: Store, ownerId: string, ttlMs: number): Promise<LeaseGuard> {
  const claim = await store.write((tx) => tx.leases.claim({ taskName: 'send', ownerId, ttlMs }))
  if (!claim.claimed) return assert.fail(`the lease should have been claimed, but is ${claim.reason}`)
  return { taskName: 'send', ownerId, fence: claim.lease.fence }
}

function guardedWrite(store: Store, guard: LeaseGuard, event: string): Promise<string> {
  return store.write(async (tx) => (await tx.monitorEvents.insert({ event, details: null })).event, { guard })
}

async function assertGuardRefused(store: Store, guard: LeaseGuard): Promise<void> {
  const before = await events(store)
  let ran = false
  const write = store.write(
    async (tx) => {
      ran = true
      await tx.monitorEvents.insert({ event: 'stale', details: null })
    },
    { guard },
  )
  await assertRefused(write, 'LEASE_LOST', `a write guarded by ${JSON.stringify(guard)}`)
  assert.isFalse(ran, 'the work of a refused write must not run')
  assert.deepEqual(await events(store), before)
}

async function events(store: Store): Promise<string[]> {
  return (await store.read((tx) => tx.monitorEvents.find({}))).map((row) => row.event)
}
