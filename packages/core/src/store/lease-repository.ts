import type { LeaseRow, TaskRow } from '../rows/lease-row.js'

/** Proof of a held lease. A write that carries it is refused once the lease is lost. */
export interface LeaseGuard {
  readonly taskName: string
  readonly ownerId: string
  readonly fence: number
}

export type LeaseClaim =
  | { readonly claimed: true; readonly lease: LeaseRow }
  | { readonly claimed: false; readonly reason: 'held' | 'not-due' }

export interface LeaseReader {
  find(taskName: string): Promise<LeaseRow | undefined>
  list(): Promise<LeaseRow[]>
}

/** Every time in here is database time, so that no machine's clock decides who holds a lease. */
export interface LeaseWriter extends LeaseReader {
  /**
   * Takes the lease of a task, with a higher fence than ever before, unless somebody holds it, or the task is neither due
   * nor woken. An expired lease is taken over. `evenIfNotDue` ignores the schedule. Not re-entrant.
   */
  claim(claim: {
    readonly taskName: string
    readonly ownerId: string
    readonly ttlMs: number
    readonly evenIfNotDue?: boolean
    readonly note?: string
  }): Promise<LeaseClaim>
  /** The renewed lease, or undefined when it is lost. A lease that ran out is lost even if nobody took it. */
  renew(guard: LeaseGuard, ttlMs: number): Promise<LeaseRow | undefined>
  /** Whether the lease was still held. Writes the schedule together with the release, or nothing at all. */
  release(guard: LeaseGuard, schedule?: TaskOutcome): Promise<boolean>
  /** Whether the lease is held right now; locks it until the unit of work ends. */
  holds(guard: LeaseGuard): Promise<boolean>
}

export interface TaskOutcome {
  /** When the task is due again, in milliseconds from now by database time. */
  readonly dueInMs?: number
  /** The wake sequence read at claim: a wake during the run makes the task run again. */
  readonly doneSeq?: number
  readonly cursor?: string | null
  readonly outcomeJson?: string | null
}

export interface TaskReader {
  find(taskName: string): Promise<TaskRow | undefined>
  list(): Promise<TaskRow[]>
  /**
   * Those of these tasks that are due or woken, and whose lease nobody holds, by database time; one never seen is due. Locks
   * nothing, so that asking is cheap: a claim may still come too late.
   */
  listClaimable(taskNames: readonly string[]): Promise<string[]>
}

export interface TaskWriter extends TaskReader {
  /** Asks for a run as soon as possible by raising `wakeSeq`, creating the task's row if need be. */
  wake(taskNames: readonly string[]): Promise<void>
  /** Changes the cursor of a task that runs. */
  setCursor(taskName: string, cursor: string | null): Promise<void>
}
