import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

/** The engine's own checks of the file: pages, indexes, and every declared reference of our tables. */
export async function checkIntegrity({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const { dialect } = session
  const damage = await dialect.findDamage(session)
  const integrity = new DifferenceList()
  for (const text of damage ?? [])
    integrity.add({ table: 'database', key: text.slice(0, 200), expected: 'ok', actual: 'damaged' })
  const references = new DifferenceList()
  const ours = ['transactions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const
  for (const table of ['actions', ...ours.map((name) => db.ours(name))]) {
    for (const { rowid, parent } of await dialect.brokenReferences(session, table))
      references.add({ table, key: String(rowid), expected: `a row of ${parent}`, actual: 'none' })
  }
  return [
    ...(damage === undefined ? [] : [integrity.toCheck('integrity.database', 'The engine finds the file undamaged.')]),
    references.toCheck('integrity.foreign-keys', 'The engine finds every reference of our tables kept.'),
  ]
}
