import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { hashRawTransaction, parseRawTransaction } from './raw-transaction.js'

/**
 * Fills `model_taken`: outputs that nobody spends in the legacy rows although the raw bytes of a live transaction do. The
 * spender is the action of the output's own user, the keeper if he has several; null when he has none.
 */
export async function findTakenOutputs(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const transactions = db.legacy('transactions')
  await session.run(
    `INSERT INTO model_taken (outputId, spenderId)
     SELECT taken.outputId, a.transactionId
       FROM (SELECT o.outputId, o.userId, c.consumer
               FROM ${db.legacy('outputs')} o
               JOIN ${transactions} t ON t.transactionId = o.transactionId
               JOIN model_consumed c ON c.txid = lower(t.txid) AND c.vout = o.vout
               LEFT JOIN ${transactions} s ON s.transactionId = o.spentBy
              WHERE s.transactionId IS NULL) taken
       LEFT JOIN (SELECT min(t.transactionId) AS transactionId, t.userId, lower(t.txid) AS txid
                    FROM ${transactions} t
                   WHERE t.txid <> '' AND t.transactionId NOT IN (SELECT transactionId FROM model_loser)
                   GROUP BY t.userId, lower(t.txid)) a ON a.txid = taken.consumer AND a.userId = taken.userId`,
  )
}

interface ForeignRow {
  readonly outputId: number
  readonly vout: number
  readonly txid: string
  readonly lockingScript: Uint8Array | null
  readonly scriptOffset: number | null
  readonly scriptLength: number | null
  readonly rawTx: Uint8Array | null
}

/** Fills `model_wrong_script` by reading the raw transactions of the few outputs that carry another txid. */
export async function findMismatchedScripts(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const rows = await session.all<ForeignRow>(
    `SELECT o.outputId, o.vout, m.txid, o.lockingScript, o.scriptOffset, o.scriptLength,
            coalesce(p.rawTx, r.rawTx, u.rawTx) AS rawTx
       FROM ${db.legacy('outputs')} o
       JOIN ${db.legacy('transactions')} t ON t.transactionId = o.transactionId
       JOIN model_txid m ON m.txid = lower(t.txid)
       LEFT JOIN ${db.legacy('proven_txs')} p ON m.rawSource = 'proof' AND p.provenTxId = m.rawId
       LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON m.rawSource = 'request' AND r.provenTxReqId = m.rawId
       LEFT JOIN ${db.legacy('transactions')} u ON m.rawSource = 'action' AND u.transactionId = m.rawId
      WHERE o.txid <> '' AND lower(o.txid) <> m.txid`,
  )
  for (const row of rows) {
    if (!isScriptInPlace(row)) await session.run(`INSERT INTO model_wrong_script (outputId) VALUES (?)`, [row.outputId])
  }
}

/** Whether the transaction has, at this output's place, the script the output claims. Unknown counts as no. */
function isScriptInPlace({ rawTx, txid, vout, lockingScript, scriptOffset, scriptLength }: ForeignRow): boolean {
  if (rawTx === null || hashRawTransaction(rawTx) !== txid) return false
  const output = parseRawTransaction(rawTx)?.outputs[vout]
  if (output === undefined) return false
  if (lockingScript === null) return output.scriptOffset === scriptOffset && output.scriptLength === scriptLength
  const place = rawTx.subarray(output.scriptOffset, output.scriptOffset + output.scriptLength)
  return Buffer.compare(place, lockingScript) === 0
}
