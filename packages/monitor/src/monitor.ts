import { InvalidParameterError, type Clock, type NetworkServices, type Store, type Telemetry } from '@txkeep/core'
import type { LeaseTiming } from './lease-keeper.js'
import { LeasedMonitorTask, type LeasedRun } from './leased-monitor-task.js'
import type { MonitorTask } from './monitor-task.js'
import { systemTimers, type Timers } from './timers.js'

export interface MonitorOptions {
  readonly store: Store
  readonly services: NetworkServices
  /** In the order `runOnce` runs them; `defaultTasks()` for all of ours. */
  readonly tasks: readonly MonitorTask[]
  readonly clock?: Clock
  readonly telemetry?: Telemetry
  readonly timers?: Timers
  readonly timing?: LeaseTiming
  /** Left out: something fresh. Put host and pid in, so that an operator sees who holds a lease. */
  readonly ownerId?: string
  /** How often it looks for due tasks, in ms; each wait is up to a fifth longer. Default 1000. */
  readonly pollMs?: number
  /** 0 ≤ x < 1, for jitter. */
  readonly random?: () => number
  /** Told of every run, and of every look for due tasks that failed. */
  readonly onRun?: (run: LeasedRun) => void
  readonly onError?: (error: unknown) => void
}

/**
 * Runs tasks when they are due, each under its lease: any number of monitors may share one database, and each task runs on one of
 * them at a time. Source: docs/spec/monitor.md.
 *
 * @example
 * const monitor = new Monitor({ store, services, tasks: defaultTasks() })
 * monitor.start()
 * await monitor.stop()
 */
export class Monitor {
  readonly #options: MonitorOptions
  readonly #timers: Timers
  readonly #tasks: ReadonlyMap<string, LeasedMonitorTask>
  readonly #running: Map<string, Promise<void>> = new Map()
  #stopping: AbortController | undefined
  #loop: Promise<void> | undefined

  /** @throws {InvalidParameterError} if two tasks share a name. */
  constructor(options: MonitorOptions) {
    this.#options = options
    this.#timers = options.timers ?? systemTimers
    const ownerId = options.ownerId ?? `monitor ${globalThis.crypto.randomUUID()}`
    const tasks = new Map<string, LeasedMonitorTask>()
    for (const task of options.tasks) {
      if (tasks.has(task.name)) throw new InvalidParameterError('tasks', task.name, 'each name once')
      tasks.set(task.name, new LeasedMonitorTask({ ...options, task, ownerId }))
    }
    this.#tasks = tasks
  }

  /** Begins to look for due tasks. Calling it while it runs does nothing. */
  start(): void {
    if (this.#stopping !== undefined) return
    const stopping = new AbortController()
    this.#stopping = stopping
    this.#loop = this.#poll(stopping.signal)
  }

  /** Tells every run to stop and waits for it, 10 s at most: a run that hangs keeps its lease until that runs out. */
  async stop(): Promise<void> {
    const stopping = this.#stopping
    if (stopping === undefined) return
    stopping.abort()
    const waited = new AbortController()
    await Promise.race([
      Promise.all([this.#loop, ...this.#running.values()]),
      this.#timers.sleep(STOP_MS, waited.signal),
    ])
    waited.abort()
    this.#stopping = undefined
  }

  /**
   * Runs what is due once, one task after the other; with `evenIfNotDue` whatever nobody holds.
   *
   * @throws {InvalidParameterError} if it is asked for a task it does not have.
   */
  async runOnce(
    request: {
      readonly tasks?: readonly string[]
      readonly evenIfNotDue?: boolean
      readonly signal?: AbortSignal
    } = {},
  ): Promise<readonly LeasedRun[]> {
    const { tasks: names = [...this.#tasks.keys()], evenIfNotDue = false } = request
    const signal = request.signal ?? new AbortController().signal
    const runs: LeasedRun[] = []
    for (const name of names) {
      const task = this.#tasks.get(name)
      if (task === undefined) throw new InvalidParameterError('tasks', name, [...this.#tasks.keys()].join(', '))
      if (signal.aborted) break
      // Asked one by one: what runs before may wake what comes after.
      if (!evenIfNotDue && !(await this.#findClaimable([name])).includes(name)) continue
      const run = await task.run({ signal, evenIfNotDue })
      this.#options.onRun?.(run)
      runs.push(run)
    }
    return runs
  }

  async #poll(signal: AbortSignal): Promise<void> {
    const { pollMs = 1000, random = Math.random, onError } = this.#options
    while (!signal.aborted) {
      try {
        const idle = [...this.#tasks.keys()].filter((name) => !this.#running.has(name))
        for (const name of await this.#findClaimable(idle)) if (!signal.aborted) this.#begin(name, signal)
      } catch (error) {
        onError?.(error)
      }
      await this.#timers.sleep(pollMs * (1 + random() / 5), signal)
    }
  }

  #findClaimable(names: readonly string[]): Promise<string[]> {
    return this.#options.store.read((tx) => tx.tasks.listClaimable(names))
  }

  #begin(name: string, signal: AbortSignal): void {
    const task = this.#tasks.get(name)
    if (task === undefined) return
    const run = task.run({ signal }).then((result) => {
      this.#running.delete(name)
      this.#options.onRun?.(result)
    })
    this.#running.set(name, run)
  }
}

const STOP_MS = 10_000
