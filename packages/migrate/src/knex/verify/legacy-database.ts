import { NotAWalletError } from '@txkeep/core'
import type { SqlSession } from '../sql-session.js'
import { readCatalogue, type Catalogue } from './catalogue.js'

/** The seven legacy tables that get new names at the swap. */
export const SWAPPED_TABLES = [
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
  'outputs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
] as const

export type SwappedTable = (typeof SWAPPED_TABLES)[number]

/** Where the legacy rows and our rows stand in this database right now, and which columns the legacy version has. */
export interface LegacyDatabase {
  readonly catalogue: Catalogue
  /** Whether the names have been swapped: legacy rows are in `*_legacy` then, and ours have the plain names. */
  readonly swapped: boolean
  /** The present name of a legacy table. */
  legacy(table: SwappedTable): string
  /** The present name of our table that takes this one's place. */
  ours(table: 'transactions' | 'outputs' | 'commissions' | 'tx_labels_map' | 'output_tags_map'): string
  /** `alias.column`, or `fallback` when this legacy version has no such column yet. */
  column(table: SwappedTable, alias: string, column: string, fallback: string): string
}

/** @throws {NotAWalletError} if the database holds no legacy tables. */
export async function openLegacyDatabase(session: SqlSession): Promise<LegacyDatabase> {
  const catalogue = await readCatalogue(session)
  if (session.inTransaction) await session.dialect.reading.present(session)
  const swapped = catalogue.has('transactions_legacy')
  const suffix = swapped ? '_legacy' : ''
  const absent = SWAPPED_TABLES.filter((table) => !catalogue.has(table + suffix))
  if (absent.length > 0 || !catalogue.get(`transactions${suffix}`)?.has('status')) {
    throw new NotAWalletError(
      `This database has no legacy wallet tables to compare with (missing: ${absent.join(', ') || 'transactions.status'}). ` +
        'Check the database url; after drop-legacy there is nothing left to compare.',
    )
  }
  return {
    catalogue,
    swapped,
    legacy: (table) => table + suffix,
    ours: (table) => (swapped ? table : `${table}_new`),
    column: (table, alias, column, fallback) =>
      catalogue.get(table + suffix)?.has(column) ? `${alias}."${column}"` : fallback,
  }
}
