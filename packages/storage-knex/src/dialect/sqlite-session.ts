import type Database from 'better-sqlite3'

import { LEGACY_FENCE_SENTENCE } from './legacy-fence.js'

/** The SQL function every connection of ours has. Triggers that find it know the writer is not a legacy application. */
export const SESSION_MARKER_FUNCTION = 'txkeep_session'

export interface SqliteSessionOptions {
  /** How long one attempt to get a lock blocks this thread. */
  readonly busyTimeoutMs: number
  /** `full` survives a power cut; `normal` may lose the last commits in one (never the file). */
  readonly synchronous: 'full' | 'normal'
  /** Turns every write of this connection into an error. */
  readonly queryOnly: boolean
  /** Set once for a new file; left out, the journal mode stays as the file has it. */
  readonly journalMode: 'wal' | undefined
}

/** Sets one better-sqlite3 connection up. */
export function prepareSqliteSession(database: Database.Database, options: SqliteSessionOptions): void {
  markSqliteSession(database)
  database.pragma(`busy_timeout = ${options.busyTimeoutMs}`)
  if (options.journalMode !== undefined) database.pragma(`journal_mode = ${options.journalMode}`)
  database.pragma(`synchronous = ${options.synchronous}`)
  if (options.queryOnly) database.pragma('query_only = on')
}

/** The part no connection of ours goes without, also one of a pool the caller made: session marker and foreign keys. */
export function markSqliteSession(database: Database.Database): void {
  database.function(SESSION_MARKER_FUNCTION, { deterministic: true }, () => 1)
  database.function(LEGACY_FENCE_SENTENCE, { deterministic: true }, () => 1)
  database.pragma('foreign_keys = on')
}
