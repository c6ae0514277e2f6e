import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

/** The engine's own checks of the file: pages, indexes, and every declared reference of our tables. */
export async function checkIntegrity({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const integrity = new DifferenceList()
  for (const row of await session.all<{ integrity_check: string }>(`PRAGMA integrity_check(20)`)) {
    if (row.integrity_check !== 'ok')
      integrity.add({ table: 'database', key: row.integrity_check.slice(0, 200), expected: 'ok', actual: 'damaged' })
  }
  const references = new DifferenceList()
  const ours = new Set([
    'actions',
    ...(['transactions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const).map((table) =>
      db.ours(table),
    ),
  ])
  for await (const row of session.iterate<{ table: string; rowid: number; parent: string }>(
    `PRAGMA foreign_key_check`,
  )) {
    if (ours.has(row.table))
      references.add({ table: row.table, key: String(row.rowid), expected: `a row of ${row.parent}`, actual: 'none' })
  }
  return [
    integrity.toCheck('integrity.database', 'The engine finds the file undamaged.'),
    references.toCheck('integrity.foreign-keys', 'The engine finds every reference of our tables kept.'),
  ]
}
