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
       FROM model_txid GROUP BY statuses, requestStatus, proofId IS NOT NULL, processing`,
  )
  // By code, not by the database: each sorts text its own way.
  const keyOf = ({ statuses, requestStatus }: (typeof rows)[number]): string =>
    `${statuses ?? ''}\u0000${requestStatus ?? ''}`
  rows.sort(
    (a, b) => b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : b.hasProof - a.hasProof),
  )
  return rows.map((row) => ({
    transaction: row.statuses === null ? [] : (JSON.parse(row.statuses) as string[]),
    request: row.requestStatus,
    hasProof: row.hasProof === 1,
    processing: row.processing,
    count: row.count,
  }))
}
