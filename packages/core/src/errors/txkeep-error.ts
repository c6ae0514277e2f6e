/** Every code a txkeep error can carry. Callers branch on it, never on the text. */
export type TxkeepErrorCode =
  | 'ILLEGAL_TRANSITION'
  | 'INVALID_PARAMETER'
  | 'INVALID_PROOF'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'UNIQUE_VIOLATION'
  | 'LEASE_LOST'
  | 'STORE_BUSY'
  | 'STORE_UNAVAILABLE'
  | 'SCHEMA_VERSION'
  | 'NOT_A_WALLET'
  | 'PHASE'
  | 'MIGRATION_BUSY'
  | 'VERIFICATION_FAILED'
  | 'ABORTED'
  | 'DISK_FULL'
  | 'READ_ONLY'
  | 'CORRUPT_DATA'
  | 'SERVICE_UNAVAILABLE'
  | 'SERVICE_ANSWER'

/**
 * The base of every error txkeep throws: `code` to branch on, a message that says what happened, with which value,
 * and what to do about it. Raw transactions, keys and connection passwords never appear in a message.
 */
export abstract class TxkeepError extends Error {
  abstract readonly code: TxkeepErrorCode

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
  }
}
