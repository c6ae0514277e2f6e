import { METRICS, type Store, type Telemetry } from '@txkeep/core'
import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import { MockChain } from '@txkeep/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { LeasedMonitorTask, Monitor, type MonitorTask, type TaskContext } from '../src/index.js'

await describeOnEngines('leases', (engine) => {
  test('a task runs on one of two machines at a time, and once per period on both together', async () => {
    const { first, second } = await open()
    let running = 0
    let most = 0
    let runs = 0
    const task = taskOf(async () => {
      running += 1
      runs += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 50))
      running -= 1
    })
    const monitors = [leased(first, task, 'one'), leased(second, task, 'two')]
    const outcomes = (await Promise.all(monitors.map((each) => each.run({ signal: never() })))).map(
      (run) => run.outcome,
    )
    expect([most, runs]).toEqual([1, 1])
    expect(outcomes.toSorted()).toEqual(['done', 'raced'])
    expect(await first.read((tx) => tx.tasks.listClaimable(['work']))).toEqual([])
  })

  test('a run never begins while it runs already in this process', async () => {
    const { first } = await open()
    let again: string | undefined
    const task: LeasedMonitorTask = leased(
      first,
      taskOf(async () => {
        again = (await task.run({ signal: never(), evenIfNotDue: true })).outcome
      }),
      'one',
    )
    await task.run({ signal: never() })
    expect(again).toBe('running')
  })

  test('a lease that ran out is taken over, and its old owner writes nothing more', async () => {
    const { first, second } = await open()
    const claim = await first.write((tx) => tx.leases.claim({ taskName: 'work', ownerId: 'dead', ttlMs: 30 }))
    if (!claim.claimed) throw new Error('not claimed')
    await new Promise((resolve) => setTimeout(resolve, 60))
    const counts = new Map<string, number>()
    const telemetry: Telemetry = {
      observe: () => undefined,
      count: (metric, by = 1) => void counts.set(metric, (counts.get(metric) ?? 0) + by),
    }
    let oldWrite: unknown
    const task = taskOf(async () => {
      oldWrite = await first.write((tx) => tx.tasks.setCursor('work', 'old'), { guard: claim.lease }).catch((e) => e)
    })
    const run = await leased(second, task, 'new', telemetry).run({ signal: never() })
    expect(run.outcome).toBe('done')
    expect(oldWrite).toMatchObject({ code: 'LEASE_LOST' })
    expect(counts.get(METRICS.leaseTakeovers)).toBe(1)
  })

  test('a run that lost its lease is refused its writes and leaves the schedule alone', async () => {
    const { first, second } = await open()
    const task = taskOf(async ({ store }) => {
      await second.write(async (tx) => {
        const lease = await tx.leases.find('work')
        if (lease !== undefined) await tx.leases.release(lease)
      })
      await store.write((tx) => tx.tasks.setCursor('work', 'too late'))
    })
    expect(await leased(first, task, 'one').run({ signal: never() })).toMatchObject({ outcome: 'lost' })
    expect(await first.read((tx) => tx.tasks.find('work'))).toMatchObject({ cursor: null, nextDueAt: null })
  })

  test('a wake during a run makes it due again; a wake before it is done with it', async () => {
    const { first } = await open()
    let wakes = 1
    const task = taskOf(async ({ store }) => {
      if (wakes-- > 0) await store.write((tx) => tx.tasks.wake(['work']))
    })
    const runner = leased(first, task, 'one')
    await runner.run({ signal: never() })
    expect(await first.read((tx) => tx.tasks.listClaimable(['work']))).toEqual(['work'])
    await runner.run({ signal: never() })
    expect(await first.read((tx) => tx.tasks.listClaimable(['work']))).toEqual([])
  })

  test('a failed run says why and is due again soon, so that a wake is not lost with it', async () => {
    const { first } = await open()
    await first.write((tx) => tx.tasks.wake(['work']))
    const runner = leased(
      first,
      taskOf(() => Promise.reject(new Error('no network'))),
      'one',
    )
    expect(await runner.run({ signal: never() })).toMatchObject({ outcome: 'failed' })
    const row = await first.read((tx) => tx.tasks.find('work'))
    expect(JSON.parse(row?.lastOutcomeJson ?? '{}')).toEqual({
      outcome: 'failed',
      failures: 1,
      error: 'Error: no network',
    })
    const dueInMs = (row?.nextDueAt?.getTime() ?? 0) - Date.now()
    expect(dueInMs).toBeLessThan(PERIOD_MS)
    expect(await first.read((tx) => tx.leases.list())).toEqual([])
  })

  test('stop ends a run, frees its lease and leaves it due', async () => {
    const { first } = await open()
    let began: () => void = () => undefined
    const isRunning = new Promise<void>((resolve) => (began = resolve))
    const task = taskOf(async ({ signal }) => {
      began()
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    })
    const outcomes: string[] = []
    const monitor = new Monitor({
      store: first,
      services: new MockChain(),
      tasks: [task],
      pollMs: 10,
      onRun: ({ outcome }) => outcomes.push(outcome),
    })
    monitor.start()
    await isRunning
    await monitor.stop()
    expect(outcomes).toEqual(['stopped'])
    expect(await first.read((tx) => tx.leases.list())).toEqual([])
    expect(await first.read((tx) => tx.tasks.listClaimable(['work']))).toEqual(['work'])
  })

  /** Two connections to one database, as two machines have them. */
  async function open(): Promise<{ readonly first: Store; readonly second: Store }> {
    const database = await engine.makeDatabase()
    const first = await openStore(database.url, { create: true, synchronous: 'normal' })
    const second = await openStore(database.url, { synchronous: 'normal' })
    onTestFinished(async () => {
      await first.close()
      await second.close()
      await database.drop()
    })
    return { first, second }
  }
})

const PERIOD_MS = 600_000

function taskOf(run: (context: TaskContext) => Promise<void>): MonitorTask {
  return {
    name: 'work',
    everyMs: PERIOD_MS,
    run: async (context) => {
      await run(context)
      return {}
    },
  }
}

function leased(store: Store, task: MonitorTask, ownerId: string, telemetry?: Telemetry): LeasedMonitorTask {
  return new LeasedMonitorTask({ task, store, services: new MockChain(), ownerId, ...(telemetry && { telemetry }) })
}

function never(): AbortSignal {
  return new AbortController().signal
}
