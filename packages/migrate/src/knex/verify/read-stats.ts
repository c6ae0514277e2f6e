import type { MigrationStats } from '../../migration-stats.js'
import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

/** How many rows of each kind were moved. */
export async function readStats(session: SqlSession, db: LegacyDatabase): Promise<MigrationStats> {
  const count = async (from: string): Promise<number> =>
    (await session.get<{ count: number }>(`SELECT count(*) AS count FROM ${from}`))?.count ?? 0
  return {
    requests: await count(db.legacy('proven_tx_reqs')),
    proofs: await count(db.legacy('proven_txs')),
    transactions: await count(db.ours('transactions')),
    actions: await count('actions'),
    drafts: await count('actions WHERE transactionId IS NULL'),
    outputs: await count(db.ours('outputs')),
    labels: await count(db.ours('tx_labels_map')),
    findings: db.catalogue.has('migration_findings') ? await count('migration_findings') : 0,
  }
}
