import {
  CorruptDataError,
  DiskFullError,
  ReadOnlyError,
  StoreBusyError,
  StoreUnavailableError,
  TxkeepError,
} from '@txkeep/core'

/** Whether the statement waited too long for a lock, or lost against another transaction. */
export function isPostgresBusy(error: unknown): boolean {
  return BUSY.has(sqlState(error) ?? '')
}

/** The error of core that says what Postgres' answer means to a migration; anything else as it is. */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof TxkeepError || !(error instanceof Error)) return error
  const state = sqlState(error)
  if (state === undefined) {
    return BROKEN.test(error.message) || 'errno' in error
      ? new StoreUnavailableError(`${BROKE} Check the server and run the command again.`, { cause: error })
      : error
  }
  const options = { cause: error }
  if (BUSY.has(state)) {
    return new StoreBusyError(
      'Another connection holds a lock the migration needs, for too long. Try again, or end what holds it.',
      options,
    )
  }
  if (state === '25006') {
    return new ReadOnlyError(
      'The database takes no writes, and this needs temporary tables. Name the primary, or lift what forbids writing.',
      options,
    )
  }
  if (state === '42501') {
    return new ReadOnlyError(
      'The role may not do this. Grant it the right to the tables, and to make temporary ones.',
      options,
    )
  }
  if (state === '53100') {
    return new DiskFullError(
      'The disk of the server is full, so the step was rolled back. Free some space and run the command again.',
      options,
    )
  }
  if (state.startsWith('XX')) {
    return new CorruptDataError('Postgres found the database damaged. Restore it from a backup.', options)
  }
  return /^(08|57P)/.test(state)
    ? new StoreUnavailableError(`${BROKE} Check the server and run the command again.`, options)
    : new StoreUnavailableError(
        `Postgres refused a statement with ${state}. Check that nothing else changes the schema of this database.`,
        options,
      )
}

const BUSY: ReadonlySet<string> = new Set(['55P03', '40P01', '40001'])
const BROKE = 'The connection to Postgres broke, so the step was rolled back.'
const BROKEN = /^(Connection terminated|Client (has encountered|was closed)|timeout exceeded)/

/** Branches on SQLSTATE, never on the text. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}
