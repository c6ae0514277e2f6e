import { LEGACY_REQUEST_STATUSES, LEGACY_TRANSACTION_STATUSES, MAX_SATOSHIS } from '@txkeep/core'
import type { FindingClass } from '../../finding-class.js'
import type { ReadingDialect } from '../dialect/reading-dialect.js'
import type { LegacyDatabase } from '../verify/legacy-database.js'

/** Finds the rows of one class. The statement answers with `tableName`, `key1`, `key2` and a short `note`. */
export interface AnomalyQuery {
  readonly class: FindingClass
  readonly sql: string
}

const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ')
const ACCEPTED = `'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed'`

/** One statement per class. They read the legacy tables and the model of `buildLegacyModel`. */
export function anomalyQueries(db: LegacyDatabase, reading: ReadingDialect): readonly AnomalyQuery[] {
  const isNoWholeNumber = (column: string): string => `NOT coalesce(${reading.isWholeNumber(column)}, false)`
  const transactions = db.legacy('transactions')
  const requests = db.legacy('proven_tx_reqs')
  const proofs = db.legacy('proven_txs')
  const outputs = db.legacy('outputs')
  const commissions = db.legacy('commissions')
  const labelMaps = db.legacy('tx_labels_map')
  const tagMaps = db.legacy('output_tags_map')
  return [
    {
      class: 'duplicate-action',
      sql: `SELECT 'transactions' AS tableName, l.transactionId AS key1, NULL AS key2, 'kept by ' || l.keeperId AS note
              FROM model_loser l`,
    },
    {
      class: 'duplicate-output',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'ends at action ' || p.actionId AS note
              FROM model_place p JOIN ${outputs} o ON o.outputId = p.outputId`,
    },
    {
      class: 'raw-tx-hash-mismatch',
      sql: `SELECT 'transactions' AS tableName, m.txid AS key1, NULL AS key2, NULL AS note FROM model_raw_mismatch m`,
    },
    {
      class: 'script-slice-outside',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, NULL AS note
              FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId
              JOIN model_txid m ON m.txid = lower(t.txid)
             WHERE o.lockingScript IS NULL AND m.rawLength IS NOT NULL
               AND (o.scriptLength <= 0 OR o.scriptOffset < 0 OR o.scriptOffset + o.scriptLength > m.rawLength)
            UNION SELECT 'outputs', o.outputId, NULL, NULL FROM ${outputs} o
             WHERE (o.scriptLength IS NOT NULL AND ${isNoWholeNumber('o.scriptLength')})
                OR (o.scriptOffset IS NOT NULL AND ${isNoWholeNumber('o.scriptOffset')})`,
    },
    {
      class: 'foreign-output-owner',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, NULL AS note
              FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId WHERE t.userId <> o.userId`,
    },
    {
      class: 'txid-case',
      sql: `SELECT 'proven_tx_reqs' AS tableName, provenTxReqId AS key1, NULL AS key2, NULL AS note
              FROM ${requests} WHERE txid <> lower(txid)
            UNION ALL SELECT 'proven_txs', provenTxId, NULL, NULL FROM ${proofs} WHERE txid <> lower(txid)
            UNION ALL SELECT 'transactions', transactionId, NULL, NULL FROM ${transactions} WHERE txid <> lower(txid)`,
    },
    {
      class: 'dangling-spent-by',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'spentBy ' || o.spentBy AS note
              FROM ${outputs} o LEFT JOIN ${transactions} t ON t.transactionId = o.spentBy
             WHERE o.spentBy IS NOT NULL AND t.transactionId IS NULL`,
    },
    {
      class: 'orphan-label-map',
      sql: `SELECT 'tx_labels_map' AS tableName, x.txLabelId AS key1, x.transactionId AS key2, NULL AS note
              FROM ${labelMaps} x LEFT JOIN ${transactions} t ON t.transactionId = x.transactionId
              LEFT JOIN tx_labels l ON l.txLabelId = x.txLabelId
             WHERE t.transactionId IS NULL OR l.txLabelId IS NULL`,
    },
    {
      class: 'orphan-basket',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'basketId ' || o.basketId AS note
              FROM ${outputs} o LEFT JOIN output_baskets b ON b.basketId = o.basketId
             WHERE o.basketId IS NOT NULL AND b.basketId IS NULL`,
    },
    { class: 'missing-value', sql: missingValues(db) },
    {
      class: 'wrong-type',
      sql: `SELECT 'proven_tx_reqs' AS tableName, provenTxReqId AS key1, NULL AS key2, NULL AS note
              FROM ${requests} r WHERE ${db.column('proven_tx_reqs', 'r', 'wasBroadcast', '0')} NOT IN (0, 1)`,
    },
    {
      class: 'duplicate-reference',
      sql: `SELECT 'transactions' AS tableName, transactionId AS key1, NULL AS key2, NULL AS note FROM model_repeated_reference`,
    },
    {
      class: 'duplicate-commission',
      sql: `SELECT 'commissions' AS tableName, commissionId AS key1, NULL AS key2, NULL AS note FROM model_repeated_commission`,
    },
    {
      class: 'duplicate-map',
      sql: `SELECT kind AS tableName, one AS key1, other AS key2, NULL AS note FROM model_repeated_map`,
    },
    {
      class: 'orphan-tag-map',
      sql: `SELECT 'output_tags_map' AS tableName, x.outputTagId AS key1, x.outputId AS key2, NULL AS note
              FROM ${tagMaps} x LEFT JOIN ${outputs} o ON o.outputId = x.outputId
              LEFT JOIN output_tags g ON g.outputTagId = x.outputTagId
             WHERE o.outputId IS NULL OR g.outputTagId IS NULL`,
    },
    {
      class: 'orphan-commission',
      sql: `SELECT 'commissions' AS tableName, c.commissionId AS key1, NULL AS key2, NULL AS note
              FROM ${commissions} c LEFT JOIN ${transactions} t ON t.transactionId = c.transactionId
             WHERE t.transactionId IS NULL`,
    },
    {
      class: 'orphan-output',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'transactionId ' || o.transactionId AS note
              FROM ${outputs} o LEFT JOIN ${transactions} t ON t.transactionId = o.transactionId
             WHERE t.transactionId IS NULL`,
    },
    {
      class: 'output-txid-mismatch',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, NULL AS note
              FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId
             WHERE t.txid <> '' AND lower(coalesce(o.txid, '')) <> lower(t.txid)`,
    },
    {
      class: 'missing-raw-tx',
      sql: `SELECT 'transactions' AS tableName, m.txid AS key1, NULL AS key2, NULL AS note
              FROM model_txid m WHERE m.rawLength IS NULL`,
    },
    {
      class: 'missing-script',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, NULL AS note
              FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId
             WHERE t.txid <> '' AND o.lockingScript IS NULL AND (o.scriptLength IS NULL OR o.scriptOffset IS NULL)`,
    },
    {
      class: 'unknown-status',
      sql: `SELECT 'transactions' AS tableName, transactionId AS key1, NULL AS key2, substr(status, 1, 40) AS note
              FROM ${transactions} WHERE status NOT IN (${quoted(LEGACY_TRANSACTION_STATUSES)})
            UNION ALL SELECT 'proven_tx_reqs', provenTxReqId, NULL, substr(status, 1, 40)
              FROM ${requests} WHERE status NOT IN (${quoted(LEGACY_REQUEST_STATUSES)})`,
    },
    {
      class: 'bad-proof',
      sql: `SELECT 'proven_txs' AS tableName, provenTxId AS key1, NULL AS key2, NULL AS note FROM model_bad_proof`,
    },
    {
      class: 'completed-without-proof',
      sql: `SELECT 'transactions' AS tableName, m.txid AS key1, NULL AS key2, NULL AS note
              FROM model_txid m WHERE m.proofId IS NULL
               AND (m.requestStatus = 'completed' OR m.statuses LIKE '%"completed"%')`,
    },
    {
      class: 'empty-txid',
      sql: `SELECT 'transactions' AS tableName, transactionId AS key1, NULL AS key2, NULL AS note
              FROM ${transactions} WHERE txid = ''
            UNION ALL SELECT 'proven_tx_reqs', provenTxReqId, NULL, NULL FROM ${requests} WHERE txid = '' OR txid IS NULL
            UNION ALL SELECT 'proven_txs', provenTxId, NULL, NULL FROM ${proofs} WHERE txid = '' OR txid IS NULL`,
    },
    {
      class: 'phantom-coin',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'spent by action ' || c.spenderId AS note
              FROM model_taken c JOIN ${outputs} o ON o.outputId = c.outputId`,
    },
    {
      class: 'users-disagree',
      sql: `SELECT 'transactions' AS tableName, m.txid AS key1, NULL AS key2, m.statuses AS note
              FROM model_txid m JOIN ${transactions} t ON lower(t.txid) = m.txid
             WHERE ${reading.jsonArrayLength('m.statuses')} > 1 GROUP BY m.txid, m.statuses HAVING count(DISTINCT t.userId) > 1`,
    },
    {
      class: 'broken-history',
      sql: `SELECT 'proven_tx_reqs' AS tableName, provenTxReqId AS key1, NULL AS key2, NULL AS note
              FROM ${requests} WHERE NOT coalesce(${reading.isJsonObject('history')}, false)`,
    },
    {
      class: 'stale-request',
      sql: `SELECT 'proven_tx_reqs' AS tableName, m.requestId AS key1, NULL AS key2, m.requestStatus AS note
              FROM model_txid m
             WHERE m.requestId IS NOT NULL AND m.proofId IS NOT NULL AND m.requestStatus <> 'completed'`,
    },
    {
      class: 'immature-coinbase',
      sql: `SELECT 'outputs' AS tableName, o.outputId AS key1, NULL AS key2, 'height ' || m.height AS note
              FROM model_txid m JOIN ${transactions} t ON lower(t.txid) = m.txid
              JOIN ${outputs} o ON o.transactionId = t.transactionId
             WHERE m.isCoinbase = 1 AND m.processing IN (${ACCEPTED})
               AND (m.height IS NULL OR m.height + 100 > (SELECT max(height) FROM model_txid))`,
    },
    { class: 'unreadable-timestamp', sql: unreadableTimestamps(db, reading) },
    {
      class: 'satoshis-out-of-range',
      sql: `SELECT 'outputs' AS tableName, outputId AS key1, NULL AS key2, 'satoshis ' || satoshis AS note
              FROM ${outputs} WHERE satoshis < 0 OR satoshis > ${MAX_SATOSHIS} OR ${isNoWholeNumber('satoshis')}
            UNION ALL SELECT 'transactions', transactionId, NULL, 'satoshis ' || satoshis
              FROM ${transactions} WHERE abs(satoshis) > ${MAX_SATOSHIS} OR ${isNoWholeNumber('satoshis')}`,
    },
    {
      class: 'orphan-proof',
      sql: `SELECT 'proven_txs' AS tableName, m.proofId AS key1, NULL AS key2, NULL AS note
              FROM model_txid m WHERE m.proofId IS NOT NULL AND m.requestId IS NULL AND m.statuses IS NULL`,
    },
    {
      class: 'orphan-request',
      sql: `SELECT 'proven_tx_reqs' AS tableName, m.requestId AS key1, NULL AS key2, m.requestStatus AS note
              FROM model_txid m WHERE m.requestId IS NOT NULL AND m.statuses IS NULL`,
    },
  ]
}

/** Columns every legacy version writes, and the number of the row they are missing in. */
const WRITTEN = [
  { table: 'transactions', key: 'transactionId', columns: ['status', 'reference', 'isOutgoing', 'satoshis'] },
  { table: 'proven_tx_reqs', key: 'provenTxReqId', columns: ['status', 'attempts', 'history', 'notify'] },
  {
    table: 'outputs',
    key: 'outputId',
    columns: ['transactionId', 'spendable', 'change', 'vout', 'satoshis', 'providedBy', 'purpose', 'type'],
  },
  { table: 'commissions', key: 'commissionId', columns: ['satoshis', 'keyOffset', 'isRedeemed', 'lockingScript'] },
  { table: 'tx_labels_map', key: 'txLabelId', columns: ['isDeleted'] },
  { table: 'output_tags_map', key: 'outputTagId', columns: ['isDeleted'] },
] as const

function missingValues(db: LegacyDatabase): string {
  return WRITTEN.map(({ table, key, columns }) => {
    const there = columns.filter((column) => db.catalogue.get(db.legacy(table))?.has(column) === true)
    return `SELECT '${table}' AS tableName, ${key} AS key1, NULL AS key2, NULL AS note
        FROM ${db.legacy(table)} WHERE ${there.map((column) => `"${column}" IS NULL`).join(' OR ')}`
  }).join(' UNION ALL ')
}

const TIMESTAMPED = [
  { table: 'transactions', key: 'transactionId' },
  { table: 'proven_tx_reqs', key: 'provenTxReqId' },
  { table: 'proven_txs', key: 'provenTxId' },
  { table: 'outputs', key: 'outputId' },
  { table: 'commissions', key: 'commissionId' },
] as const

/** Dates the database can read, and numbers that can be milliseconds since 1970, are readable. */
function unreadableTimestamps(db: LegacyDatabase, reading: ReadingDialect): string {
  const unreadable = (column: string): string => `NOT (${reading.isReadableMoment(column)})`
  return TIMESTAMPED.map(
    ({ table, key }) =>
      `SELECT '${table}' AS tableName, ${key} AS key1, NULL AS key2, NULL AS note
         FROM ${db.legacy(table)} WHERE ${unreadable('created_at')} OR ${unreadable('updated_at')}`,
  ).join(' UNION ALL ')
}
