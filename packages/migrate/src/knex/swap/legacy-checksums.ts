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
  const hash = createHash('sha256')
  let text = ''
  for await (const row of session.iterate<Record<string, unknown>>(
    `select * from "${name}" order by ${ORDER[table]}`,
  )) {
    const blobs: Uint8Array[] = []
    const values = Object.values(row).map((value) => {
      if (!(value instanceof Uint8Array)) return value
      blobs.push(value)
      return [value.length]
    })
    text += JSON.stringify(values)
    if (blobs.length === 0 && text.length < FLUSH_CHARACTERS) continue
    hash.update(text)
    text = ''
    for (const blob of blobs) hash.update(blob)
  }
  return hash.update(text).digest('hex')
}
