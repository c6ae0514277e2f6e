import { NotAWalletError } from '@txkeep/core'
import type { SqlSession } from '../sql-session.js'
import { LEGACY_TABLES, type LegacyTable } from './table-names.js'

/** Which columns the legacy tables of this database have, by the table's legacy name: older versions lack the newest. */
export type LegacySchema = Readonly<Record<LegacyTable, ReadonlySet<string>>>

/** Columns every legacy version a migration can read has. */
const REQUIRED: Readonly<Record<LegacyTable, readonly string[]>> = {
  transactions: [
    'transactionId',
    'userId',
    'status',
    'reference',
    'isOutgoing',
    'satoshis',
    'txid',
    'inputBEEF',
    'rawTx',
  ],
  proven_tx_reqs: ['provenTxReqId', 'status', 'attempts', 'txid', 'history', 'notify', 'rawTx', 'inputBEEF'],
  proven_txs: ['provenTxId', 'txid', 'height', 'index', 'merklePath', 'rawTx', 'blockHash', 'merkleRoot'],
  outputs: [
    'outputId',
    'userId',
    'transactionId',
    'basketId',
    'spendable',
    'vout',
    'satoshis',
    'spentBy',
    'lockingScript',
  ],
  commissions: ['commissionId', 'userId', 'transactionId', 'satoshis'],
  tx_labels_map: ['txLabelId', 'transactionId', 'isDeleted'],
  output_tags_map: ['outputTagId', 'outputId', 'isDeleted'],
}

/**
 * Reads it from the catalogue.
 *
 * @throws {NotAWalletError} when a table or a column every version has is missing.
 */
export async function readLegacySchema(session: SqlSession): Promise<LegacySchema> {
  const entries: (readonly [LegacyTable, ReadonlySet<string>])[] = []
  for (const table of LEGACY_TABLES) {
    const columns = new Set(await session.dialect.columnNames(session, table))
    const missing = REQUIRED[table].filter((column) => !columns.has(column))
    if (columns.size === 0)
      throw new NotAWalletError(`The database has no table ${table}, so it is no legacy wallet. Check the path.`)
    if (missing.length > 0) {
      throw new NotAWalletError(
        `The table ${table} lacks ${missing.join(', ')}, so it is no legacy wallet of a version this build reads. Open it once ` +
          'with a newer @bsv/wallet-toolbox 1.x or 2.x, which brings its schema up to date.',
      )
    }
    entries.push([table, columns])
  }
  return Object.fromEntries(entries) as unknown as LegacySchema
}
