import type { Clock, NetworkServices, Store } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'

/** One background task: what it does between claiming its lease and releasing it. */
export interface MonitorTask {
  /** Unique; its lease, its schedule and `task:<name>` in the audit. At most 64 characters. */
  readonly name: string
  /** How long after a run it is due again, in ms, by database time. A wake makes it due at once. */
  readonly everyMs: number
  /** Does one run. What it throws ends the run as a failure, which is tried again after a while. */
  run(context: TaskContext): Promise<TaskResult>
}

/** What a run works with. Every write through `store` and `service` is refused once the lease is lost. */
export interface TaskContext {
  readonly store: Store
  /** Acts as `task:<name>`. */
  readonly service: TransactionService
  readonly network: NetworkServices
  readonly clock: Clock
  /** Fires when the lease is lost or the monitor stops: begin nothing new. */
  readonly signal: AbortSignal
  /** What the last run left behind. */
  readonly cursor: string | null
  /** Database time at the claim, which every machine agrees on. */
  readonly databaseNow: Date
}

export interface TaskResult {
  /** When it is due again, in ms, if not after its period. */
  readonly dueInMs?: number
  /** Kept for the next run. Left out: the old one stays. */
  readonly cursor?: string | null
  /** Counts and the like, for logs and `monitor_task.last_outcome_json`. No secrets. */
  readonly facts?: Readonly<Record<string, unknown>>
}
