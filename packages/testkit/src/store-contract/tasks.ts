import type { LeaseClaim, LeaseRow, Store, TaskRow } from '@txkeep/core'
import { assert } from 'chai'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { present } from './assertions.js'
import { sleep } from './sleep.js'

/** `tx.tasks` and the schedule a release writes: the same for however many machines. */
export const taskCases: readonly ContractCase[] = [
  defineCase('tasks: a release writes when the task is due again, its cursor and its outcome', async (store) => {
    const lease = await take(store, 'one')
    const before = Date.now()
    const outcome = { dueInMs: LONG_MS, doneSeq: 0, cursor: 'at 7', outcomeJson: '{"done":7}' }
    assert.isTrue(await store.write((tx) => tx.leases.release(lease, outcome)))
    const task = await taskOf(store)
    assert.include(task, { taskName: TASK, fence: lease.fence, cursor: 'at 7', lastOutcomeJson: '{"done":7}' })
    assert.closeTo(task.nextDueAt?.getTime() ?? 0, before + LONG_MS, CLOCK_TOLERANCE_MS)
    assert.deepEqual(await store.read((tx) => tx.tasks.list()), [task])
  }),

  defineCase('tasks: one that is not due cannot be claimed, unless the schedule is ignored', async (store) => {
    await store.write(async ({ leases }) => {
      const lease = leaseOf(await leases.claim({ taskName: TASK, ownerId: 'one', ttlMs: LONG_MS }))
      await leases.release(lease, { dueInMs: LONG_MS })
    })
    assert.deepEqual(await claimAs(store, 'two'), { claimed: false, reason: 'not-due' })
    const forced = await store.write((tx) =>
      tx.leases.claim({ taskName: TASK, ownerId: 'two', ttlMs: LONG_MS, evenIfNotDue: true }),
    )
    assert.isTrue(forced.claimed)
  }),

  defineCase('tasks: a task becomes due by database time', async (store) => {
    const lease = await take(store, 'one')
    const released = Date.now()
    await store.write((tx) => tx.leases.release(lease, { dueInMs: 60 }))
    while (!(await claimAs(store, 'two')).claimed) await sleep(5)
    assert.isAtLeast(Date.now() - released, 60 - CLOCK_STEP_MS, 'milliseconds until it was due')
  }),

  defineCase('tasks: a release without a schedule leaves the schedule as it was', async (store) => {
    const first = await take(store, 'one')
    await store.write((tx) => tx.leases.release(first, { dueInMs: 0, cursor: 'kept', outcomeJson: '{}' }))
    const before = await taskOf(store)
    const second = await take(store, 'two')
    assert.isTrue(await store.write((tx) => tx.leases.release(second)))
    const after = await taskOf(store)
    assert.deepEqual(
      [after.nextDueAt, after.cursor, after.lastOutcomeJson],
      [before.nextDueAt, before.cursor, before.lastOutcomeJson],
    )
  }),

  defineCase('tasks: a release changes only what its schedule names', async (store) => {
    const first = await take(store, 'one')
    await store.write((tx) => tx.leases.release(first, { dueInMs: 0, cursor: 'kept', outcomeJson: '{"a":1}' }))
    const second = await take(store, 'two')
    await store.write((tx) => tx.leases.release(second, { dueInMs: LONG_MS, outcomeJson: null }))
    assert.include(await taskOf(store), { cursor: 'kept', lastOutcomeJson: null })
  }),

  defineCase('tasks: wake makes a task that is not due claimable, and one never seen too', async (store) => {
    const lease = await take(store, 'one')
    await store.write((tx) => tx.leases.release(lease, { dueInMs: LONG_MS }))
    await store.write((tx) => tx.tasks.wake([TASK, 'never seen']))
    assert.isTrue((await claimAs(store, 'two')).claimed)
    assert.isTrue((await store.write((tx) => tx.leases.claim({ ...OTHER, ownerId: 'two' }))).claimed)
    assert.isAbove((await taskOf(store)).wakeSeq, (await taskOf(store)).doneSeq)
  }),

  defineCase('tasks: a wake that the run had seen is done with its release', async (store) => {
    await store.write((tx) => tx.tasks.wake([TASK]))
    const lease = await take(store, 'one')
    const { wakeSeq } = await taskOf(store)
    await store.write((tx) => tx.leases.release(lease, { dueInMs: LONG_MS, doneSeq: wakeSeq }))
    assert.strictEqual((await taskOf(store)).doneSeq, wakeSeq)
    assert.deepEqual(await claimAs(store, 'two'), { claimed: false, reason: 'not-due' })
  }),

  defineCase('tasks: a wake during the run makes the task run again', async (store) => {
    const lease = await take(store, 'one')
    const { wakeSeq } = await taskOf(store)
    await store.write((tx) => tx.tasks.wake([TASK]))
    assert.deepEqual(await claimAs(store, 'two'), { claimed: false, reason: 'held' }, 'a wake breaks no lease')
    await store.write((tx) => tx.leases.release(lease, { dueInMs: LONG_MS, doneSeq: wakeSeq }))
    assert.isTrue((await claimAs(store, 'two')).claimed)
  }),

  defineTwoStoreCase('tasks: concurrent wakes all count', async (first, second) => {
    await Promise.all([first, second, first, second].map((store) => store.write((tx) => tx.tasks.wake([TASK]))))
    assert.strictEqual((await taskOf(first)).wakeSeq, 4)
  }),

  defineCase('tasks: a wake of nothing does nothing', async (store) => {
    await store.write((tx) => tx.tasks.wake([]))
    assert.deepEqual(await store.read((tx) => tx.tasks.list()), [])
    assert.isUndefined(await store.read((tx) => tx.tasks.find(TASK)))
  }),

  defineCase('tasks: setCursor changes the cursor of one task alone', async (store) => {
    await take(store, 'one')
    await store.write((tx) => tx.leases.claim({ ...OTHER, ownerId: 'one' }))
    await store.write((tx) => tx.tasks.setCursor(TASK, 'page 2'))
    assert.strictEqual((await taskOf(store)).cursor, 'page 2')
    assert.isNull((await store.read((tx) => tx.tasks.find(OTHER.taskName)))?.cursor)
    await store.write((tx) => tx.tasks.setCursor(TASK, null))
    assert.isNull((await taskOf(store)).cursor)
  }),

  defineCase('tasks: the cursor outlives the lease that wrote it', async (store) => {
    await store.write(async ({ leases, tasks }) => {
      await leases.claim({ taskName: TASK, ownerId: 'old', ttlMs: 40 })
      await tasks.setCursor(TASK, 'page 3')
    })
    await sleep(80)
    await take(store, 'new')
    assert.strictEqual((await taskOf(store)).cursor, 'page 3')
  }),
]

const TASK = 'proof'
const LONG_MS = 60_000
const CLOCK_TOLERANCE_MS = 5_000
/** Two clocks count their milliseconds from different moments. */
const CLOCK_STEP_MS = 2
const OTHER = { taskName: 'never seen', ttlMs: LONG_MS }

function claimAs(store: Store, ownerId: string): Promise<LeaseClaim> {
  return store.write((tx) => tx.leases.claim({ taskName: TASK, ownerId, ttlMs: LONG_MS }))
}

async function take(store: Store, ownerId: string): Promise<LeaseRow> {
  return leaseOf(await claimAs(store, ownerId))
}

function leaseOf(claim: LeaseClaim): LeaseRow {
  return claim.claimed ? claim.lease : assert.fail(`the lease should have been claimed, but is ${claim.reason}`)
}

async function taskOf(store: Store): Promise<TaskRow> {
  return present(await store.read((tx) => tx.tasks.find(TASK)), 'the task')
}
