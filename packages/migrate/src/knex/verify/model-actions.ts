import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

/**
 * Fills `model_action`: for every user's row the number of its txid (null while it is a draft), its status, the status its
 * transaction ends in, and whether its action is aborted. Small rows under the row's own number: what asks after the owner or
 * spender of a coin, or after the rows of a txid, needs not read the wide legacy rows or look txids up again.
 */
export async function findActions(session: SqlSession, db: LegacyDatabase): Promise<void> {
  await session.run(
    `INSERT INTO model_action (transactionId, model, status, processing, aborted)
     SELECT t.transactionId, m.model, t.status, m.processing,
            CASE WHEN m.model IS NULL THEN CASE WHEN t.status = 'failed' THEN 1 ELSE 0 END ELSE coalesce(ab.aborted, 0) END
       FROM ${db.legacy('transactions')} t
       LEFT JOIN model_txid m ON t.txid <> '' AND m.txid = lower(t.txid)
       LEFT JOIN model_abort ab ON ab.cell = m.cell AND ab.status = t.status
      ORDER BY t.transactionId`,
  )
  const index = session.dialect.reading.temporaryIndex('model_action_model', 'model_action', 'model')
  if (index !== undefined) await session.run(index)
}
