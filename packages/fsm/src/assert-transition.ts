import { IllegalTransitionError, type ProcessingStatus } from '@txkeep/core'
import { canTransition } from './can-transition.js'
import { nextStatuses, type TransitionEvidence } from './next-statuses.js'

/**
 * Returns when `canTransition` says yes.
 *
 * @throws {IllegalTransitionError} otherwise. It names both statuses and the legal ones; when only a proof is missing, the
 * message says so.
 */
export function assertTransition(
  from: ProcessingStatus,
  to: ProcessingStatus,
  evidence: TransitionEvidence = {},
): void {
  if (canTransition(from, to, evidence)) return
  const hint = canTransition(from, to, { proof: true })
    ? `With a validated merkle path it may move to ${to}: record the proof first.`
    : undefined
  throw new IllegalTransitionError(from, to, nextStatuses(from, evidence), hint)
}
