import {
  CorruptDataError,
  DiskFullError,
  ReadOnlyError,
  StoreBusyError,
  StoreUnavailableError,
  TxkeepError,
} from '@txkeep/core'

/** The error of core that says what the server's answer means to a migration; anything else as it is. By number, never by the text. */
export function translateMysqlMigrationError(error: unknown): unknown {
  if (error instanceof TxkeepError || !isServerError(error)) return error
  // The driver keeps the whole statement on its error, values and all.
  delete error.sql
  const options = { cause: error }
  const number = error.errno ?? 0
  if (BUSY.has(number)) {
    return new StoreBusyError(
      'Another connection holds a lock the migration needs, for too long. Try again, or end what holds it.',
      options,
    )
  }
  if (FULL.has(number)) {
    return new DiskFullError(
      'The disk of the server is full, so the step was rolled back. Free some space and run the command again.',
      options,
    )
  }
  if (NOT_ALLOWED.has(number)) {
    return new ReadOnlyError(
      'The account may not do this, or the server takes no writes. Grant it the rights to the tables, TRIGGER, CREATE TEMPORARY TABLES and LOCK TABLES, or name the primary.',
      options,
    )
  }
  if (DAMAGED.has(number)) {
    return new CorruptDataError('The server found the database damaged. Restore it from a backup.', options)
  }
  return error.fatal === true || LOST.has(number)
    ? new StoreUnavailableError(
        'The connection to the server broke, so the step was rolled back. Check the server and run the command again.',
        options,
      )
    : new StoreUnavailableError(
        `The server refused a statement with ${error.code ?? 'an error'} (${number}). Check that nothing else changes the schema of this database.`,
        options,
      )
}

interface ServerError extends Error {
  readonly errno?: number
  readonly code?: string
  readonly fatal?: boolean
  sql?: string
}

const BUSY: ReadonlySet<number> = new Set([1205, 1213, 3572, 1020, 1180, 3101])
const FULL: ReadonlySet<number> = new Set([1021, 1114, 1026])
const NOT_ALLOWED: ReadonlySet<number> = new Set([1044, 1142, 1143, 1227, 1290, 1419, 1792, 1836])
const DAMAGED: ReadonlySet<number> = new Set([1034, 1035, 1194, 1195])
const LOST: ReadonlySet<number> = new Set([1053, 1152, 1158, 1159, 1160, 1161, 1184, 1317, 1927, 2006, 2013, 4031])

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && ('errno' in error || 'fatal' in error)
}
