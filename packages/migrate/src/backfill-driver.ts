import type { MigrationStats } from './migration-stats.js'

/** One walk over the keys of a legacy table. */
export interface BackfillStage {
  readonly name: string
  readonly title: string
}

/** Where a backfill stands; committed together with the rows it tells of. */
export interface BackfillPosition {
  /** The stage that is under way; undefined when all are done. */
  readonly stage: string | undefined
  /** The last legacy key of it that was worked on. */
  readonly after: number
}

export interface RangeResult {
  readonly position: BackfillPosition
  /** Legacy keys this range covered. */
  readonly keys: number
  /** How much of its time went into following the application's writes, in milliseconds: the size of a range has no part in it. */
  readonly followingMs?: number
}

/**
 * What an engine does for `runBackfill`: it owns the database, and every method is one or more whole units of work, so that the
 * process may end between any two of them. Calling anything again after that goes on where the last commit was.
 */
export interface BackfillDriver {
  readonly stages: readonly BackfillStage[]
  /** Prepares the session and tells where an earlier run got to. `online`: others are writing. */
  begin(options: { readonly online: boolean }): Promise<BackfillPosition>
  /** How many legacy keys a stage has, about. */
  estimate(stage: string): Promise<number>
  /** One range of at most `size` keys, rows and position in one commit. Follows pending writes of the application first. */
  runRange(position: BackfillPosition, size: number): Promise<RangeResult>
  /** Follows a batch of what the application wrote meanwhile; resolves to the number of changes taken. */
  catchUp(): Promise<number>
  /** Marks the database as backfilled. */
  finish(): Promise<MigrationStats>
}
