import type { CheckResult } from '../check-result.js'
import type { FindingSummary } from '../finding.js'

/** What a command hands back: facts for machines, lines for people. */
export interface CommandOutcome {
  readonly ok: boolean
  /** Overrides the exit code that `ok` stands for. */
  readonly exitCode?: number
  /** Goes into the JSON object as it is. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly checks?: readonly CheckResult[]
  readonly findings?: readonly FindingSummary[]
  /** The result for a person, printed on stdout unless `--json` is given; checks and findings follow. */
  readonly lines?: readonly string[]
  /** Said last, e.g. which command comes next. */
  readonly after?: readonly string[]
}
