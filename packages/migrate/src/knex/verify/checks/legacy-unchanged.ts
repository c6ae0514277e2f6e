import type { CheckResult } from '../../../check-result.js'
import { keptName, LEGACY_TABLES } from '../../schema/table-names.js'
import type { SqlSession } from '../../sql-session.js'
import { legacyChecksums, type LegacyChecksums } from '../../swap/legacy-checksums.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

/** That the tables put aside at the swap are still what they were, byte for byte, by the checksums stored then. */
export async function checkLegacyUnchanged({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const stored = db.swapped ? await readChecksums(session) : undefined
  if (stored !== undefined) {
    const now = await legacyChecksums(session, keptName)
    for (const table of LEGACY_TABLES) {
      const [expected, actual] = [stored[table], now[table]]
      if (expected !== actual) differences.add({ table: keptName(table), key: 'SHA-256', expected, actual })
    }
  }
  return differences.toCheck('legacy.unchanged', 'The legacy tables are what they were at the swap, byte for byte.')
}

async function readChecksums(session: SqlSession): Promise<LegacyChecksums | undefined> {
  const row = await session.get<{ checksums: string | null }>(
    `SELECT checksums_json AS checksums FROM migration_state WHERE id = 1`,
  )
  return row?.checksums == null ? undefined : (JSON.parse(row.checksums) as LegacyChecksums)
}
