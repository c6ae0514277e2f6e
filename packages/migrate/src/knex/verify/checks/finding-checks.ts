import { FINDING_CLASSES } from '../../../finding-class.js'
import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

/** That every finding is of a class docs/findings.md explains: a difference nobody can look up explains nothing. */
export async function checkFindings({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const differences = new DifferenceList()
  if (db.catalogue.has('migration_findings')) {
    const rows = await session.all<{ name: string }>(`SELECT DISTINCT class AS name FROM migration_findings`)
    for (const { name } of rows) {
      if (!(name in FINDING_CLASSES))
        differences.add({ table: 'migration_findings', key: name, expected: 'a documented class', actual: name })
    }
  }
  return [differences.toCheck('findings.documented', 'Every finding is of a documented class.')]
}
