import type { CheckResult } from '../check-result.js'
import type { FindingSummary } from '../finding.js'
import { grouped } from '../report/number-text.js'
import { printable } from './terminal.js'

/** The checks for a person: one line when all are right, the failed ones with their first differences otherwise. */
export function checkLines(checks: readonly CheckResult[]): string[] {
  const failed = checks.filter((check) => !check.ok)
  const summary = `${grouped(checks.length)} checks: ${grouped(checks.length - failed.length)} right, ${grouped(failed.length)} failed.`
  return [summary, ...failed.flatMap(failedCheckLines)]
}

/** The findings for a person: a line a class. */
export function findingLines(findings: readonly FindingSummary[]): string[] {
  if (findings.length === 0) return ['No findings: the legacy data held nothing that needed a repair.']
  return [
    'Findings (what each means: docs/findings.md):',
    ...findings.map((finding) => `  ${grouped(finding.count)} × ${finding.class}${example(finding)}`),
  ]
}

function failedCheckLines(check: CheckResult): string[] {
  const detail = check.detail === undefined ? '' : ` — ${printable(check.detail)}`
  const differences = (check.differences ?? []).map(
    ({ table, key, column, expected, actual }) =>
      `      ${table} ${printable(key)}${column === undefined ? '' : ` ${column}`}: expected ${printable(expected ?? 'nothing')}, found ${printable(actual ?? 'nothing')}`,
  )
  return [`  ✗ ${check.id}: expected ${check.expected}, found ${check.actual}${detail}`, ...differences]
}

function example(finding: FindingSummary): string {
  const [first] = finding.examples
  return first === undefined ? '' : ` — e.g. ${first.table} ${printable(first.key1)}: ${printable(first.action)}`
}
