import type { SqlSession } from '../sql-session.js'
import type { ExpectedCoins } from '../verify/expected-coins.js'
import { readExpectedCoins } from '../verify/expected-coins.js'
import { SWAPPED_TABLES, type LegacyDatabase } from '../verify/legacy-database.js'

/** What a wallet held before the cutover: to be compared with afterwards, and kept. */
export interface CutoverSnapshot {
  readonly takenAt: string
  readonly environment: string
  /** Rows per legacy table. */
  readonly rows: Readonly<Record<string, number>>
  /** Coins per user and basket, their sums and the hash of the set: as legacy has them, and as the move will have them. */
  readonly coins: ExpectedCoins
}

/** Needs the model of `buildLegacyModel`. */
export async function takeSnapshot(
  session: SqlSession,
  db: LegacyDatabase,
  environment: string,
  now: Date,
): Promise<CutoverSnapshot> {
  const rows: Record<string, number> = {}
  for (const table of SWAPPED_TABLES) {
    const row = await session.get<{ rows: number }>(`SELECT count(*) AS rows FROM ${db.legacy(table)}`)
    rows[table] = row?.rows ?? 0
  }
  return { takenAt: now.toISOString(), environment, rows, coins: await readExpectedCoins(session, db) }
}
