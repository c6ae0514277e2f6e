import { createHash } from 'node:crypto'
import type { CheckResult } from '../../../check-result.js'
import type { SqlSession } from '../../sql-session.js'
import { DifferenceList } from '../differences.js'
import { SWAPPED_TABLES } from '../legacy-database.js'
import type { VerifyContext } from '../verify-context.js'

/** That the tables put aside at the swap are still what they were, byte for byte, by the checksums stored then. */
export async function checkLegacyUnchanged({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const stored = db.swapped ? await readChecksums(session) : {}
  for (const table of SWAPPED_TABLES) {
    const name = db.legacy(table)
    const expected = stored[table] ?? stored[name]
    if (expected === undefined) continue
    const actual = await checksumTable(session, name)
    if (actual !== expected) differences.add({ table: name, key: 'SHA-256', expected, actual })
  }
  return differences.toCheck('legacy.unchanged', 'The legacy tables are what they were at the swap, byte for byte.')
}

async function readChecksums(session: SqlSession): Promise<Readonly<Record<string, string>>> {
  const row = await session.get<{ checksums: string | null }>(
    `SELECT checksums_json AS checksums FROM migration_state WHERE id = 1`,
  )
  return row?.checksums == null ? {} : (JSON.parse(row.checksums) as Record<string, string>)
}

/** SHA-256 over every value of every row, in order of the row's number, each with its type and length. */
export async function checksumTable(session: SqlSession, table: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const row of session.iterate<Record<string, unknown>>(`SELECT * FROM "${table}" ORDER BY rowid`)) {
    for (const value of Object.values(row)) {
      const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value))
      hash.update(`${value === null ? 'null' : typeof value} ${bytes.length}\n`)
      hash.update(bytes)
    }
  }
  return hash.digest('hex')
}
