import type { ProcessingStatus } from '@txkeep/core'
import { PROOF_TRANSITIONS, TRANSITIONS } from './transitions.js'

/** What the caller can show for a move. */
export interface TransitionEvidence {
  /** A merkle path that was checked against block headers is at hand. */
  readonly proof?: boolean
}

/**
 * The statuses a transaction may move to from `from`, in table order, those that need a proof last. `from` itself is legal
 * as well and not in the list.
 *
 * @example nextStatuses('confirmed') // ['reorging']
 */
export function nextStatuses(from: ProcessingStatus, evidence: TransitionEvidence = {}): readonly ProcessingStatus[] {
  if (evidence.proof !== true) return TRANSITIONS[from]
  return [...TRANSITIONS[from], ...(PROOF_TRANSITIONS[from] ?? [])]
}
