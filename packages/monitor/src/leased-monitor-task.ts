import {
  LeaseLostError,
  METRICS,
  silentTelemetry,
  systemClock,
  type Clock,
  type LeaseGuard,
  type LeaseRow,
  type NetworkServices,
  type Store,
  type TaskOutcome,
  type TaskRow,
  type Telemetry,
} from '@txkeep/core'
import { TransactionService } from '@txkeep/lifecycle'
import { LEASE_TIMING, keepLease, type LeaseTiming, type Renewal } from './lease-keeper.js'
import type { MonitorTask, TaskContext, TaskResult } from './monitor-task.js'
import { systemTimers, type Timers } from './timers.js'

export interface LeasedMonitorTaskOptions {
  readonly task: MonitorTask
  readonly store: Store
  readonly services: NetworkServices
  /** Host, pid and something fresh per start: no two monitors share one. */
  readonly ownerId: string
  readonly clock?: Clock
  readonly telemetry?: Telemetry
  readonly timers?: Timers
  readonly timing?: LeaseTiming
  /** What every rule asks beside the database; see `TransactionServiceOptions`. */
  readonly random?: () => number
}

/**
 * - `done`, `failed`: it ran; the schedule was written.
 * - `stopped`: told to stop; the lease is free again and the schedule as it was.
 * - `lost`: the lease was lost on the way; nothing was written after that.
 * - `raced`: somebody else was faster, or it is not due. `unclaimed`: the claim failed. `running`: this one runs already.
 */
export type RunOutcome = 'done' | 'failed' | 'stopped' | 'lost' | 'raced' | 'unclaimed' | 'running'

export interface LeasedRun {
  readonly task: string
  readonly outcome: RunOutcome
  readonly facts?: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

interface Claimed {
  readonly lease: LeaseRow
  readonly task: TaskRow | undefined
}

/** A task that runs only while it holds its lease, on one machine at a time. Source: docs/spec/monitor.md §3. */
export class LeasedMonitorTask {
  readonly #options: LeasedMonitorTaskOptions
  readonly #timers: Timers
  readonly #timing: LeaseTiming
  readonly #telemetry: Telemetry
  #isRunning = false

  constructor(options: LeasedMonitorTaskOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    this.#timing = options.timing ?? LEASE_TIMING
    this.#telemetry = options.telemetry ?? silentTelemetry
  }

  get name(): string {
    return this.#options.task.name
  }

  /** One run, if the task is due or woken (or `evenIfNotDue`) and nobody else holds it. Never throws. */
  async run(request: { readonly signal: AbortSignal; readonly evenIfNotDue?: boolean }): Promise<LeasedRun> {
    if (this.#isRunning) return { task: this.name, outcome: 'running' }
    this.#isRunning = true
    try {
      return await this.#claimAndRun(request.signal, request.evenIfNotDue ?? false)
    } finally {
      this.#isRunning = false
    }
  }

  async #claimAndRun(signal: AbortSignal, evenIfNotDue: boolean): Promise<LeasedRun> {
    const askedAt = this.#timers.now()
    let claimed: Claimed | undefined
    try {
      claimed = await this.#claim(evenIfNotDue)
    } catch (error) {
      this.#count('claim', 'error')
      return { task: this.name, outcome: 'unclaimed', error }
    }
    this.#count('claim', claimed === undefined ? 'raced' : 'ok')
    if (claimed === undefined) return { task: this.name, outcome: 'raced' }
    const run = await this.#runHeld(claimed, askedAt, signal)
    this.#telemetry.observe(METRICS.taskSeconds, (this.#timers.now() - askedAt) / 1000, { task: this.name })
    return run
  }

  async #claim(evenIfNotDue: boolean): Promise<Claimed | undefined> {
    const { store, ownerId } = this.#options
    const taskName = this.name
    const claim = await store.write(async (tx) => {
      const before = await tx.leases.find(taskName)
      const answer = await tx.leases.claim({ taskName, ownerId, ttlMs: this.#timing.ttlMs, evenIfNotDue })
      if (!answer.claimed) return undefined
      return { lease: answer.lease, task: await tx.tasks.find(taskName), isTakeover: before !== undefined }
    })
    if (claim?.isTakeover === true) this.#telemetry.count(METRICS.leaseTakeovers, 1, { task: taskName })
    return claim
  }

  async #runHeld({ lease, task }: Claimed, askedAt: number, stopped: AbortSignal): Promise<LeasedRun> {
    const guard: LeaseGuard = { taskName: this.name, ownerId: lease.ownerId, fence: lease.fence }
    const ended = new AbortController()
    const body = new AbortController()
    const stop = (): void => body.abort()
    stopped.addEventListener('abort', stop)
    if (stopped.aborted) stop()
    let isLost = false
    const keeping = keepLease(() => this.#renew(guard), askedAt, this.#timing, this.#timers, ended.signal).then(
      (outcome) => {
        isLost = outcome === 'lost'
        if (isLost) body.abort()
      },
    )
    const databaseNow = new Date(lease.expiresAt.getTime() - this.#timing.ttlMs)
    let result: TaskResult | undefined
    let failure: { readonly error: unknown } | undefined
    try {
      result = await this.#options.task.run(this.#context(guard, task, databaseNow, body.signal))
    } catch (error) {
      failure = { error }
    } finally {
      stopped.removeEventListener('abort', stop)
      ended.abort()
      await keeping
    }
    if (failure?.error instanceof LeaseLostError) {
      this.#telemetry.count(METRICS.fenceRefusals, 1, { task: this.name })
      return { task: this.name, outcome: 'lost', ...failure }
    }
    if (isLost) return { task: this.name, outcome: 'lost', ...failure }
    return this.#release(guard, task, stopped.aborted, result, failure)
  }

  #context(guard: LeaseGuard, task: TaskRow | undefined, databaseNow: Date, signal: AbortSignal): TaskContext {
    const { store, services, clock = systemClock, random } = this.#options
    const service = new TransactionService({ store, clock, who: `task:${this.name}`, guard, ...(random && { random }) })
    const guarded: Store = {
      read: (work) => store.read(work),
      write: (work) => store.write(work, { guard }),
      close: async () => undefined,
      engineName: store.engineName,
    }
    const network = services.withSignal?.(signal) ?? services
    return { store: guarded, service, network, clock, signal, cursor: task?.cursor ?? null, databaseNow }
  }

  async #renew(guard: LeaseGuard): Promise<Renewal> {
    try {
      const lease = await this.#options.store.write((tx) => tx.leases.renew(guard, this.#timing.ttlMs))
      this.#count('renew', lease === undefined ? 'lost' : 'ok')
      return lease === undefined ? 'lost' : 'renewed'
    } catch {
      this.#count('renew', 'error')
      return 'failed'
    }
  }

  async #release(
    guard: LeaseGuard,
    task: TaskRow | undefined,
    isStopped: boolean,
    result: TaskResult | undefined,
    failure: { readonly error: unknown } | undefined,
  ): Promise<LeasedRun> {
    const schedule = isStopped ? {} : this.#schedule(task, result, failure)
    let released: boolean
    try {
      released = await this.#options.store.write((tx) => tx.leases.release(guard, schedule))
    } catch (error) {
      // The lease runs out by itself, and the schedule is as it was: somebody runs the task again.
      this.#count('release', 'error')
      return { task: this.name, outcome: 'lost', error }
    }
    this.#count('release', released ? 'ok' : 'lost')
    const outcome = !released ? 'lost' : isStopped ? 'stopped' : failure === undefined ? 'done' : 'failed'
    if (outcome === 'done') {
      this.#telemetry.set?.(METRICS.taskLastSuccess, Math.floor(Date.now() / 1000), { task: this.name })
    }
    return { task: this.name, outcome, ...(result?.facts && { facts: result.facts }), ...failure }
  }

  /** A failed run clears the wake it answered too, but is due again soon: neither is a wake lost, nor does it spin. */
  #schedule(
    task: TaskRow | undefined,
    result: TaskResult | undefined,
    failure: { readonly error: unknown } | undefined,
  ): TaskOutcome {
    const { everyMs } = this.#options.task
    const doneSeq = task?.wakeSeq ?? 0
    if (failure === undefined) {
      const { dueInMs = everyMs, cursor, facts = {} } = result ?? {}
      const outcomeJson = JSON.stringify({ outcome: 'done', ...facts })
      return { dueInMs, doneSeq, outcomeJson, ...(cursor === undefined ? {} : { cursor }) }
    }
    const failures = failuresIn(task) + 1
    const dueInMs = Math.min(everyMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10))
    return { dueInMs, doneSeq, outcomeJson: JSON.stringify({ outcome: 'failed', failures, ...reasonOf(failure) }) }
  }

  #count(op: 'claim' | 'renew' | 'release', result: 'ok' | 'raced' | 'lost' | 'error'): void {
    this.#telemetry.count(METRICS.leaseOperations, 1, { task: this.name, op, result })
  }
}

const FIRST_RETRY_MS = 5_000

function failuresIn(task: TaskRow | undefined): number {
  try {
    const { failures } = JSON.parse(task?.lastOutcomeJson ?? '{}') as { readonly failures?: unknown }
    return typeof failures === 'number' && failures > 0 ? failures : 0
  } catch {
    return 0
  }
}

function reasonOf({ error }: { readonly error: unknown }): { readonly error: string } {
  return { error: (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 500) }
}
