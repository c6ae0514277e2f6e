import {
  CorruptDataError,
  DiskFullError,
  NotAWalletError,
  ReadOnlyError,
  StoreBusyError,
  StoreUnavailableError,
  TxkeepError,
} from '@txkeep/core'

/** Whether another connection holds a lock this one needs. */
export function isSqliteBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
}

/** The error of core that says what an SQLite result code means to a migration; anything else as it is. */
export function translateSqliteError(error: unknown): unknown {
  if (error instanceof TxkeepError) return error
  const code = resultCode(error)
  const translate = code === undefined ? undefined : BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1]
  return translate === undefined ? error : translate({ cause: error })
}

const BY_CODE: readonly (readonly [prefix: string, (options: { cause: unknown }) => TxkeepError])[] = [
  [
    'SQLITE_BUSY',
    (options) => new StoreBusyError('Another connection holds the database. Try again, or end what holds it.', options),
  ],
  [
    'SQLITE_LOCKED',
    (options) => new StoreBusyError('Another statement of this process holds a table. Try again.', options),
  ],
  [
    'SQLITE_READONLY',
    (options) =>
      new ReadOnlyError('The database file or its folder cannot be written. Check its permissions.', options),
  ],
  [
    'SQLITE_FULL',
    (options) =>
      new DiskFullError(
        'The disk is full, so the step was rolled back. Free some space and run the command again.',
        options,
      ),
  ],
  [
    'SQLITE_NOTADB',
    (options) =>
      new NotAWalletError('The file is not an SQLite database. Check the path; nothing was changed.', options),
  ],
  [
    'SQLITE_CORRUPT',
    (options) => new CorruptDataError('SQLite found the database file damaged. Restore it from a backup.', options),
  ],
  [
    'SQLITE_CANTOPEN',
    (options) =>
      new StoreUnavailableError('The database file cannot be opened. Check the path and its permissions.', options),
  ],
  [
    'SQLITE_IOERR',
    (options) => new StoreUnavailableError('The disk failed while the database was in use. Check the disk.', options),
  ],
]

function resultCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return error.code.startsWith('SQLITE_') ? error.code : undefined
}
