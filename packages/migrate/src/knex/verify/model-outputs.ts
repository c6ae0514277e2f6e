import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { hashRawTransaction, parseRawTransaction } from './raw-transaction.js'

/**
 * Fills `model_place`. One place (action and output index) holds one output: the keeper's own row first, then the row of the
 * action's own user (of a missing row the lowest user it names), then the lowest number; it is spent when any of its rows
 * is. The others are twins: one stays with its own row, and what finds no place there either gets an action of its own,
 * numbered by the output below zero.
 */
export async function findPlaces(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const outputs = db.legacy('outputs')
  const isOthers = session.dialect.differs('o.userId', 'o.ownerUserId')
  await session.run(
    `INSERT INTO model_place (outputId, actionId, isTwin, spentBy)
     SELECT outputId,
            CASE WHEN place = 1 THEN owner WHEN owner <> transactionId AND ownPlace = 1 THEN transactionId ELSE -outputId END,
            CASE WHEN place > 1 THEN 1 ELSE 0 END, CASE WHEN place = 1 THEN spentBy END
       FROM (SELECT o.outputId, o.transactionId, coalesce(l.keeperId, o.transactionId) AS owner,
                    row_number() OVER (PARTITION BY coalesce(l.keeperId, o.transactionId), o.vout
                      ORDER BY o.transactionId <> coalesce(l.keeperId, o.transactionId), ${isOthers}, o.outputId) AS place,
                    row_number() OVER (PARTITION BY o.transactionId, o.vout
                      ORDER BY ${isOthers}, o.outputId) AS ownPlace,
                    count(*) OVER (PARTITION BY coalesce(l.keeperId, o.transactionId), o.vout) AS rivals,
                    max(o.spentBy) OVER (PARTITION BY coalesce(l.keeperId, o.transactionId), o.vout) AS spentBy
               FROM (SELECT x.outputId, x.transactionId, x.userId, x.vout, x.spentBy,
                            coalesce(u.userId, min(x.userId) OVER (PARTITION BY x.transactionId)) AS ownerUserId
                       FROM (SELECT transactionId FROM model_loser UNION SELECT keeperId FROM model_loser
                             UNION SELECT transactionId FROM ${outputs} GROUP BY transactionId, vout HAVING count(*) > 1) involved
                       JOIN ${outputs} x ON x.transactionId = involved.transactionId AND x.vout IS NOT NULL
                       LEFT JOIN model_loser xl ON xl.transactionId = x.transactionId
                       LEFT JOIN ${db.legacy('transactions')} u ON u.transactionId = coalesce(xl.keeperId, x.transactionId)) o
               LEFT JOIN model_loser l ON l.transactionId = o.transactionId) ranked
      WHERE rivals > 1 OR owner <> transactionId`,
  )
  await session.run(
    `INSERT INTO model_placeholder (actionId)
     SELECT actionId FROM model_place WHERE actionId < 0
     UNION SELECT ${legacyOwnerOf('o')} FROM ${outputs} o
             LEFT JOIN ${db.legacy('transactions')} t ON t.transactionId = ${legacyOwnerOf('o')}
            WHERE t.transactionId IS NULL`,
  )
}

/** The legacy transaction an output is of. Without one, or without a place in it, an output stands alone under its own number. */
export function legacyOwnerOf(output: string): string {
  return `CASE WHEN ${output}.vout IS NULL THEN -${output}.outputId ELSE coalesce(${output}.transactionId, -${output}.outputId) END`
}

/**
 * Fills `model_taken` and `model_robbed`: outputs that a live transaction's raw bytes consume while the legacy rows say that
 * nobody does, or a row that is gone, a draft, or a failed transaction. The spender is the action of the output's own user,
 * the keeper if he has several; null when he has none.
 */
export async function findTakenOutputs(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const transactions = db.legacy('transactions')
  await session.run(
    `INSERT INTO model_taken (outputId, spenderId, robbedId)
     SELECT x.outputId,
            (SELECT min(t.transactionId) FROM model_action a JOIN ${transactions} t ON t.transactionId = a.transactionId
              WHERE a.model = x.consumer AND t.userId = x.userId
                AND t.transactionId NOT IN (SELECT transactionId FROM model_loser)),
            CASE WHEN x.holderModel IS NULL THEN x.holderId END
       FROM (SELECT o.outputId, o.userId, h.transactionId AS holderId, h.model AS holderModel,
                    (SELECT c.consumer FROM model_consumed c JOIN model_txid cm ON cm.model = c.consumer
                      WHERE c.producer = own.model AND c.vout = o.vout
                      ORDER BY cm.processing IN ('sending', 'frozen'), cm.txid LIMIT 1) AS consumer
               FROM ${db.legacy('outputs')} o
               LEFT JOIN model_place p ON p.outputId = o.outputId
               JOIN model_action own ON own.transactionId = coalesce(p.actionId, o.transactionId) AND own.model IS NOT NULL
               LEFT JOIN model_loser hl ON hl.transactionId = coalesce(p.spentBy, o.spentBy)
               LEFT JOIN model_action h ON h.transactionId = coalesce(hl.keeperId, p.spentBy, o.spentBy)
              WHERE coalesce(p.isTwin, 0) = 0 AND (h.model IS NULL OR h.processing IN ('invalid', 'doubleSpend'))
                AND EXISTS (SELECT 1 FROM model_consumed c WHERE c.producer = own.model AND c.vout = o.vout)) x`,
  )
  await session.run(
    `INSERT INTO model_robbed (actionId) SELECT DISTINCT robbedId FROM model_taken WHERE robbedId IS NOT NULL`,
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
       JOIN model_action a ON a.transactionId = o.transactionId
       JOIN model_txid m ON m.model = a.model
       LEFT JOIN ${db.legacy('proven_txs')} p ON m.rawSource = 'proof' AND p.provenTxId = m.rawId
       LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON m.rawSource = 'request' AND r.provenTxReqId = m.rawId
       LEFT JOIN ${db.legacy('transactions')} u ON m.rawSource = 'action' AND u.transactionId = m.rawId
      WHERE lower(coalesce(o.txid, '')) <> m.txid`,
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
  if (lockingScript === null) {
    return scriptOffset === null || (output.scriptOffset === scriptOffset && output.scriptLength === scriptLength)
  }
  const place = rawTx.subarray(output.scriptOffset, output.scriptOffset + output.scriptLength)
  return Buffer.compare(place, lockingScript) === 0
}
