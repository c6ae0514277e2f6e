import type { MigrationStats } from '../../migration-stats.js'
import { newName } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'

/** Counts of the filled tables, before the swap. */
export async function readStats(session: SqlSession): Promise<MigrationStats> {
  const count = async (from: string): Promise<number> =>
    (await session.get<{ n: number }>(`select count(*) as n from ${from}`))?.n ?? 0
  return {
    requests: await count('proven_tx_reqs'),
    proofs: await count('proven_txs'),
    transactions: await count(newName('transactions')),
    actions: await count('actions'),
    drafts: await count('actions where "transactionId" is null'),
    outputs: await count(newName('outputs')),
    labels: await count(newName('tx_labels_map')),
    findings: await count('migration_findings'),
  }
}
