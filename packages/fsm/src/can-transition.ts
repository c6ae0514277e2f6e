import type { ProcessingStatus } from '@txkeep/core'
import { nextStatuses, type TransitionEvidence } from './next-statuses.js'

/**
 * Whether a transaction may move from `from` to `to`. The same status again is always legal: a refresh, or a callback that
 * came twice.
 *
 * @example canTransition('queued', 'confirmed') // false
 * @example canTransition('queued', 'confirmed', { proof: true }) // true
 */
export function canTransition(
  from: ProcessingStatus,
  to: ProcessingStatus,
  evidence: TransitionEvidence = {},
): boolean {
  return from === to || nextStatuses(from, evidence).includes(to)
}
