import type { SqlSession } from '../sql-session.js'
import { LEGACY_TABLES, type LegacyTable } from './table-names.js'

/**
 * What this database allows although the legacy schema forbids it, because somebody made or changed it by hand. A sound database
 * allows nothing, and its statements are the plain ones.
 */
export interface LooseSchema {
  /** Columns where null has no meaning and is not ruled out. */
  readonly nullable: Readonly<Record<LegacyTable, ReadonlySet<string>>>
  /** No index keeps a user from giving one reference twice. */
  readonly references: boolean
  /** No index keeps a transaction from having two commissions. */
  readonly commissions: boolean
  /** No index keeps a tag from being set twice on one output. */
  readonly tags: boolean
  /** No index keeps a label from being set twice on one transaction. */
  readonly labels: boolean
}

/** What stands in for null where every legacy version writes a value; `row` is the alias of the row. Money is never made up. */
export const MISSING_VALUES: Readonly<Record<LegacyTable, Readonly<Record<string, (row: string) => string>>>> = {
  transactions: {
    status: () => "''",
    reference: (row) => `'missing-reference-' || ${row}."transactionId"`,
    isOutgoing: () => '0',
    satoshis: () => '0',
  },
  proven_tx_reqs: { status: () => "''", attempts: () => '0', history: () => "'{}'", notify: () => "'{}'" },
  proven_txs: {},
  outputs: {
    transactionId: (row) => `-${row}."outputId"`,
    spendable: () => '0',
    change: () => '0',
    vout: () => '0',
    satoshis: () => '0',
    providedBy: () => "''",
    purpose: () => "''",
    type: () => "'custom'",
  },
  commissions: {
    satoshis: () => '0',
    keyOffset: () => "''",
    isRedeemed: () => '0',
    lockingScript: () => "x''",
  },
  tx_labels_map: { isDeleted: () => '0' },
  output_tags_map: { isDeleted: () => '0' },
}

/** Reads it from the catalogue, before or after the legacy tables are renamed. */
export async function readLooseSchema(
  session: SqlSession,
  nameOf: (table: LegacyTable) => string = (table) => table,
): Promise<LooseSchema> {
  const isLoose = async (table: LegacyTable, ...columns: string[]): Promise<boolean> =>
    !(await session.dialect.hasUniqueIndex(session, nameOf(table), columns))
  const nullable: (readonly [LegacyTable, ReadonlySet<string>])[] = []
  for (const table of LEGACY_TABLES) {
    const columns = await session.dialect.nullableColumns(session, nameOf(table))
    nullable.push([table, new Set(columns.filter((column) => column in MISSING_VALUES[table]))])
  }
  return {
    nullable: Object.fromEntries(nullable) as unknown as LooseSchema['nullable'],
    references: await isLoose('transactions', 'userId', 'reference'),
    commissions: await isLoose('commissions', 'transactionId'),
    tags: await isLoose('output_tags_map', 'outputTagId', 'outputId'),
    labels: await isLoose('tx_labels_map', 'txLabelId', 'transactionId'),
  }
}
