/** A lease exists only while a task runs. Times are database time. Source: docs/spec/monitor.md §3. */
export interface LeaseRow {
  readonly taskName: string
  readonly ownerId: string
  /** Rises with every claim; a write guarded by an older one is refused. */
  readonly fence: number
  readonly expiresAt: Date
  readonly renewCount: number
  readonly note: string | null
}

/** The permanent schedule of a task. */
export interface TaskRow {
  readonly taskName: string
  readonly fence: number
  readonly nextDueAt: Date | null
  readonly wakeSeq: number
  readonly doneSeq: number
  readonly cursor: string | null
  readonly lastOutcomeJson: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}
