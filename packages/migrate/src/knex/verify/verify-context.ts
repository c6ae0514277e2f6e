import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

/** What every check works with: one snapshot, the legacy model over it, and the keys that are on their way. */
export interface VerifyContext {
  readonly session: SqlSession
  readonly db: LegacyDatabase
  /** The height our chain tip has, or null. */
  readonly tipHeight: number | null
  /** Whether keys wait in an outbox: rows they touch may differ (`dirty_*` tables name them). */
  readonly isDirty: boolean
  readonly signal: AbortSignal | undefined
}
