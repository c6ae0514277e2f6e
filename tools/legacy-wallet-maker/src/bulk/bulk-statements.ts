import type { Database, Statement } from 'better-sqlite3'

/** One insert per legacy table, values by position; an output's `spendable` and `spentBy` are settled when it is written. */
export interface BulkStatements {
  transaction: Statement
  output: Statement
  request: Statement
  proof: Statement
  labelMap: Statement
  tagMap: Statement
}

const COLUMNS: Readonly<Record<keyof BulkStatements, { table: string; columns: readonly string[] }>> = {
  transaction: {
    table: 'transactions',
    columns: [
      'created_at',
      'updated_at',
      'transactionId',
      'userId',
      'provenTxId',
      'status',
      'reference',
      'isOutgoing',
      'satoshis',
      'version',
      'lockTime',
      'description',
      'txid',
      'inputBEEF',
      'rawTx',
    ],
  },
  output: {
    table: 'outputs',
    columns: [
      'created_at',
      'updated_at',
      'outputId',
      'userId',
      'transactionId',
      'basketId',
      'spendable',
      'change',
      'vout',
      'satoshis',
      'providedBy',
      'purpose',
      'type',
      'outputDescription',
      'txid',
      'derivationPrefix',
      'derivationSuffix',
      'customInstructions',
      'spentBy',
      'scriptLength',
      'scriptOffset',
      'lockingScript',
    ],
  },
  request: {
    table: 'proven_tx_reqs',
    columns: [
      'created_at',
      'updated_at',
      'provenTxReqId',
      'provenTxId',
      'status',
      'attempts',
      'notified',
      'txid',
      'history',
      'notify',
      'rawTx',
      'inputBEEF',
      'wasBroadcast',
    ],
  },
  proof: {
    table: 'proven_txs',
    columns: [
      'created_at',
      'updated_at',
      'provenTxId',
      'txid',
      'height',
      'index',
      'merklePath',
      'rawTx',
      'blockHash',
      'merkleRoot',
    ],
  },
  labelMap: {
    table: 'tx_labels_map',
    columns: ['created_at', 'updated_at', 'txLabelId', 'transactionId', 'isDeleted'],
  },
  tagMap: { table: 'output_tags_map', columns: ['created_at', 'updated_at', 'outputTagId', 'outputId', 'isDeleted'] },
}

export function bulkStatements(database: Database): BulkStatements {
  const prepare = (kind: keyof BulkStatements): Statement => {
    const { table, columns } = COLUMNS[kind]
    const names = columns.map((column) => `"${column}"`).join(', ')
    return database.prepare(`insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`)
  }
  return {
    transaction: prepare('transaction'),
    output: prepare('output'),
    request: prepare('request'),
    proof: prepare('proof'),
    labelMap: prepare('labelMap'),
    tagMap: prepare('tagMap'),
  }
}
