import type { CheckResult } from '../../check-result.js'

/** `accepted`: an operator said yes to what the tool cannot know. */
export type PreflightOutcome = 'pass' | 'fail' | 'needs-operator' | 'accepted'

/** One answer of a preflight, with its evidence. `ok` is true when it passed or was accepted. */
export interface PreflightCheck extends CheckResult {
  readonly outcome: PreflightOutcome
  /** What the answer rests on: figures, names, statements. Small, and without anything secret. */
  readonly evidence?: Readonly<Record<string, unknown>>
  /** Who accepted it, and when. */
  readonly acceptedBy?: string
  readonly acceptedAt?: string
}

export type Answer = Omit<PreflightCheck, 'id' | 'ok' | 'expected' | 'actual'> & {
  readonly expected?: string | number
  readonly actual?: string | number
}

/** The check `id` with this answer. */
export function preflightCheck(id: string, answer: Answer): PreflightCheck {
  const { outcome, expected = 'pass', actual = outcome } = answer
  return { ...answer, id, expected, actual, ok: outcome === 'pass' || outcome === 'accepted' }
}
