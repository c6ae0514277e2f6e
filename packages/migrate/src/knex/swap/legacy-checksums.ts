import { createHash } from 'node:crypto'
import { LEGACY_TABLES, type LegacyTable } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'

/** The SHA-256 of each legacy table's rows. */
export type LegacyChecksums = Readonly<Record<LegacyTable, string>>

const ORDER: Readonly<Record<LegacyTable, string>> = {
  transactions: '"transactionId"',
  proven_tx_reqs: '"provenTxReqId"',
  proven_txs: '"provenTxId"',
  outputs: '"outputId"',
  commissions: '"commissionId"',
  tx_labels_map: '"txLabelId", "transactionId"',
  output_tags_map: '"outputTagId", "outputId"',
}

/** Columns with transactions, paths and scripts. Short ones are read as text with the rest of the row, long ones by themselves. */
const LONG_VALUES: ReadonlySet<string> = new Set(['rawTx', 'inputBEEF', 'merklePath', 'lockingScript'])
const MOST_BYTES_AS_TEXT = 4096

const FLUSH_CHARACTERS = 65_536

/**
 * A checksum per legacy table over every value of every row, in order of their keys and one row in memory at a time.
 *
 * @param nameOf how the table is called now, e.g. `outputs_legacy`
 */
export async function legacyChecksums(
  session: SqlSession,
  nameOf: (table: LegacyTable) => string,
): Promise<LegacyChecksums> {
  const entries: [LegacyTable, string][] = []
  for (const table of LEGACY_TABLES) entries.push([table, await legacyChecksum(session, table, nameOf(table))])
  return Object.fromEntries(entries) as LegacyChecksums
}

/** Tables whose checksums differ. */
export function changedTables(one: LegacyChecksums, other: LegacyChecksums): LegacyTable[] {
  return LEGACY_TABLES.filter((table) => one[table] !== other[table])
}

/** The same of one table, which is called `name` now. */
export async function legacyChecksum(session: SqlSession, table: LegacyTable, name: string): Promise<string> {
  const { dialect } = session
  const hash = createHash('sha256')
  let text = ''
  const columns = (await dialect.columnNames(session, name)).map((column) => ({
    value: dialect.schema.quote(column),
    isLong: LONG_VALUES.has(column),
  }))
  const longOnes = columns.filter(({ isLong }) => isLong).map(({ value }) => value)
  const values = columns.map(({ value, isLong }) => (isLong ? dialect.bytesOrLength(value, MOST_BYTES_AS_TEXT) : value))
  const apart = longOnes.map((value) => `, case when length(${value}) > ${MOST_BYTES_AS_TEXT} then ${value} end`)
  await session.each<[row: string, ...longValues: unknown[]]>(
    `select ${dialect.rowText(values)}${apart.join('')} from ${await dialect.tableItself(session, name)} order by ${ORDER[table]}`,
    ([row, ...longValues]) => {
      text += `${row}\n`
      const isAlone = longValues.every((value) => value === null)
      if (isAlone && text.length < FLUSH_CHARACTERS) return
      hash.update(text)
      text = ''
      for (const value of longValues) if (value instanceof Uint8Array || typeof value === 'string') hash.update(value)
    },
  )
  return hash.update(text).digest('hex')
}
