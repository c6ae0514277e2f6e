import {
  ConflictError,
  CorruptDataError,
  DiskFullError,
  NotAWalletError,
  ReadOnlyError,
  StoreBusyError,
  StoreUnavailableError,
  TxkeepError,
  UniqueViolationError,
} from '@txkeep/core'

/** The error of core that says what the driver's error means. Branches on the result code, never on the text. */
export function translateSqliteError(error: unknown): unknown {
  if (error instanceof TxkeepError) return error
  const code = resultCode(error)
  if (code === undefined) return isClosed(error) ? closedError(error) : error
  const options = { cause: error }
  const translate = BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1]
  if (translate !== undefined) return translate(error, options)
  return new StoreUnavailableError(
    `SQLite refused a statement with ${code}. Check that nothing else changes the schema of this database.`,
    options,
  )
}

type Translation = (error: unknown, options: { readonly cause: unknown }) => TxkeepError

/** The first prefix that fits decides. */
const BY_CODE: readonly (readonly [string, Translation])[] = [
  [
    'SQLITE_BUSY',
    (_, options) =>
      new StoreBusyError('Another connection holds the database. Try again, or end what holds it.', options),
  ],
  [
    'SQLITE_LOCKED',
    (_, options) => new StoreBusyError('Another statement of this process holds the table. Try again.', options),
  ],
  [
    'SQLITE_READONLY',
    (_, options) =>
      new ReadOnlyError(
        'The database file or its folder cannot be written. Check its permissions, or open it with readonly: true.',
        options,
      ),
  ],
  [
    'SQLITE_FULL',
    (_, options) =>
      new DiskFullError('The disk is full, so the write was rolled back. Free some space and try again.', options),
  ],
  [
    'SQLITE_CANTOPEN',
    (_, options) =>
      new StoreUnavailableError('The database file cannot be opened. Check the path and its permissions.', options),
  ],
  [
    'SQLITE_NOTADB',
    (_, options) =>
      new NotAWalletError('The file is not an SQLite database. Check the path; nothing was changed.', options),
  ],
  [
    'SQLITE_CORRUPT',
    (_, options) => new CorruptDataError('SQLite found the database file damaged. Restore it from a backup.', options),
  ],
  [
    'SQLITE_IOERR',
    (_, options) =>
      new StoreUnavailableError('The disk failed while the database was in use. Check the disk.', options),
  ],
  ['SQLITE_CONSTRAINT_UNIQUE', (error, options) => new UniqueViolationError(violatedTable(error), options)],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', (error, options) => new UniqueViolationError(violatedTable(error), options)],
  ['SQLITE_CONSTRAINT_ROWID', (error, options) => new UniqueViolationError(violatedTable(error), options)],
  [
    'SQLITE_CONSTRAINT_FOREIGNKEY',
    (_, options) =>
      new ConflictError('A row refers to another that is not there, or is still referred to. Check its keys.', options),
  ],
  [
    'SQLITE_CONSTRAINT_CHECK',
    (error, options) => new ConflictError(`A row breaks a rule of the schema: ${messageOf(error)}.`, options),
  ],
  [
    'SQLITE_CONSTRAINT',
    (error, options) => new ConflictError(`A row breaks the schema: ${messageOf(error)}.`, options),
  ],
]

function resultCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}

/** The driver names the columns, e.g. `UNIQUE constraint failed: users.identityKey`. It is only put into a message. */
function violatedTable(error: unknown): string {
  return /: (\w+)\./.exec(messageOf(error))?.[1] ?? 'of this key'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The driver has no code for a closed database, only a TypeError. */
function isClosed(error: unknown): boolean {
  return error instanceof TypeError && error.message === 'The database connection is not open'
}

function closedError(cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError('The store is closed. Open it again.', { cause })
}
