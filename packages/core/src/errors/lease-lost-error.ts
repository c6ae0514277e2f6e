import { TxkeepError } from './txkeep-error.js'

/** The lease a write was guarded by is no longer held by its owner. The write was rolled back. */
export class LeaseLostError extends TxkeepError {
  readonly code = 'LEASE_LOST'
  readonly taskName: string

  constructor(taskName: string) {
    super(
      `The lease of ${taskName} expired or was taken over, so nothing was written. Stop this run and claim the lease anew.`,
    )
    this.taskName = taskName
  }
}
