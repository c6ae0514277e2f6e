import type { ProcessingStatus } from '../processing-status.js'
import { TxkeepError } from './txkeep-error.js'

/** A move between two processing statuses that the table does not list. Nothing was changed. */
export class IllegalTransitionError extends TxkeepError {
  readonly code = 'ILLEGAL_TRANSITION'
  readonly from: ProcessingStatus
  readonly to: ProcessingStatus
  readonly allowed: readonly ProcessingStatus[]

  constructor(from: ProcessingStatus, to: ProcessingStatus, allowed: readonly ProcessingStatus[], hint?: string) {
    const legal = allowed.length === 0 ? 'nothing' : allowed.join(', ')
    super(
      `A transaction cannot move from ${from} to ${to}. From ${from} it may move to: ${legal}.${hint === undefined ? '' : ` ${hint}`}`,
    )
    this.from = from
    this.to = to
    this.allowed = allowed
  }
}
