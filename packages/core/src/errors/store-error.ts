import { TxkeepError } from './txkeep-error.js'

/** Another connection held the database too long, and the retries are used up. Nothing was changed. */
export class StoreBusyError extends TxkeepError {
  readonly code = 'STORE_BUSY'
}

/** The database cannot be reached, opened or read. Nothing was changed. */
export class StoreUnavailableError extends TxkeepError {
  readonly code = 'STORE_UNAVAILABLE'
}

/** The disk is full. The transaction was rolled back. */
export class DiskFullError extends TxkeepError {
  readonly code = 'DISK_FULL'
}

/** The database or its folder cannot be written. Nothing was changed. */
export class ReadOnlyError extends TxkeepError {
  readonly code = 'READ_ONLY'
}

/** A stored value that no rule allows, e.g. an unknown status text. */
export class CorruptDataError extends TxkeepError {
  readonly code = 'CORRUPT_DATA'
}

/** The schema is of another version than this build reads and writes. Nothing was changed. */
export class SchemaVersionError extends TxkeepError {
  readonly code = 'SCHEMA_VERSION'
  readonly found: number | undefined
  readonly expected: number

  constructor(message: string, found: number | undefined, expected: number) {
    super(message)
    this.found = found
    this.expected = expected
  }
}

/** The file or database is there, but holds no wallet this build knows. Nothing was changed. */
export class NotAWalletError extends TxkeepError {
  readonly code = 'NOT_A_WALLET'
}
