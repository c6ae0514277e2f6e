import type { SqlSession } from '../sql-session.js'

/** How many txids have these statuses, and what they become. */
export interface StatusCell {
  /** The distinct statuses of users' rows; empty when no user has one. */
  readonly transaction: readonly string[]
  readonly request: string | null
  readonly hasProof: boolean
  /** The status in our schema. Drafts have no txid and are counted apart. */
  readonly processing: string
  readonly count: number
}

/** One cell per combination that occurs, the most frequent first. Needs the model of `buildLegacyModel`. */
export async function readStatusCrosstab(session: SqlSession): Promise<StatusCell[]> {
  const rows = await session.all<{
    statuses: string | null
    requestStatus: string | null
    hasProof: number
    processing: string
    count: number
  }>(
    `SELECT statuses, requestStatus, proofId IS NOT NULL AS hasProof, processing, count(*) AS count
       FROM model_txid GROUP BY statuses, requestStatus, proofId IS NOT NULL, processing ORDER BY count(*) DESC, 1, 2`,
  )
  return rows.map((row) => ({
    transaction: row.statuses === null ? [] : (JSON.parse(row.statuses) as string[]),
    request: row.requestStatus,
    hasProof: row.hasProof === 1,
    processing: row.processing,
    count: row.count,
  }))
}
