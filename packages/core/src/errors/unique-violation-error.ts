import { TxkeepError } from './txkeep-error.js'

/** A row with the same unique key is already there. The write was rolled back. */
export class UniqueViolationError extends TxkeepError {
  readonly code = 'UNIQUE_VIOLATION'
  readonly table: string

  constructor(table: string, options?: { cause?: unknown }) {
    super(`The table ${table} already has a row with this unique key. Read it and decide again.`, options)
    this.table = table
  }
}
