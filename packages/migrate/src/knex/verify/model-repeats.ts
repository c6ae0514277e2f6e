import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

/**
 * Fills `model_repeated_reference`, `model_repeated_commission` and `model_repeated_map`: rows that come more than once where the
 * legacy schema has a unique index. Only databases that lack one are looked through.
 */
export async function findRepeatedRows(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const isUnique = async (table: string, ...columns: string[]): Promise<boolean> =>
    await session.dialect.hasUniqueIndex(session, table, columns)
  const transactions = db.legacy('transactions')
  if (!(await isUnique(transactions, 'userId', 'reference')))
    await session.run(
      `INSERT INTO model_repeated_reference (transactionId)
       SELECT t.transactionId FROM ${transactions} t
         JOIN (SELECT userId, reference, min(transactionId) AS first FROM ${transactions} GROUP BY userId, reference HAVING count(*) > 1) twice
           ON twice.userId = t.userId AND twice.reference = t.reference AND twice.first < t.transactionId`,
    )
  const commissions = db.legacy('commissions')
  if (!(await isUnique(commissions, 'transactionId')))
    await session.run(
      `INSERT INTO model_repeated_commission (commissionId)
       SELECT c.commissionId FROM ${commissions} c
         JOIN (SELECT transactionId, min(commissionId) AS first FROM ${commissions} GROUP BY transactionId HAVING count(*) > 1) twice
           ON twice.transactionId = c.transactionId AND twice.first < c.commissionId`,
    )
  for (const [table, one, other] of [
    ['tx_labels_map', 'txLabelId', 'transactionId'],
    ['output_tags_map', 'outputTagId', 'outputId'],
  ] as const) {
    const name = db.legacy(table)
    if (await isUnique(name, one, other)) continue
    await session.run(
      `INSERT INTO model_repeated_map (kind, one, other)
       SELECT '${table}', ${one}, ${other} FROM ${name} GROUP BY ${one}, ${other} HAVING count(*) > 1`,
    )
  }
}
