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

/** The error of core that says what the driver's error means. Branches on SQLSTATE and system codes, never on the text. */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof TxkeepError) return error
  const code = codeOf(error)
  const options = { cause: error }
  if (code !== undefined) {
    const translate = BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1]
    if (translate !== undefined) return translate(error as DatabaseError, options)
    if (isSqlState(code)) {
      return new StoreUnavailableError(
        `Postgres refused a statement with ${code}. Check that nothing else changes the schema of this database.`,
        options,
      )
    }
  }
  if (saysOneOf(error, [NO_TLS])) {
    return new StoreUnavailableError(
      'The server offers no TLS. Turn it on there, or leave sslmode out of the URL.',
      options,
    )
  }
  return saysOneOf(error, BROKEN) ? brokenConnection(options) : error
}

/** What a commit that was not confirmed means: retrying could do the work twice, so nobody does it silently. */
export function commitLost(cause: unknown): unknown {
  if (cause instanceof StoreBusyError || cause instanceof ConflictError || cause instanceof UniqueViolationError)
    return cause
  return new StoreUnavailableError(
    'The connection to Postgres was lost while a commit was on its way. The write is stored whole or not at all: read it again before you repeat it.',
    { cause },
  )
}

/** The fields of `pg`'s error that are used here. */
interface DatabaseError {
  readonly code: string
  readonly table?: string
  readonly constraint?: string
}

interface Options {
  readonly cause: unknown
}

type Translation = (error: DatabaseError, options: Options) => TxkeepError

const busy =
  (sentence: string): Translation =>
  (_, options) =>
    new StoreBusyError(sentence, options)

const unavailable =
  (sentence: string): Translation =>
  (_, options) =>
    new StoreUnavailableError(sentence, options)

const refused: Translation = unavailable('Postgres refused the login. Check user, password and pg_hba.conf.')
const brokenConnection = (options: Options): TxkeepError =>
  new StoreUnavailableError(
    'The connection to Postgres broke, so the unit of work was rolled back. Check the server and try again.',
    options,
  )
const stopped: Translation = (_, options) => brokenConnection(options)

/** The first prefix that fits decides. Source: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_CODE: readonly (readonly [string, Translation])[] = [
  ['40001', busy('Another transaction changed the same rows first. Try again.')],
  ['40P01', busy('Two transactions waited for each other, and this one was rolled back. Try again.')],
  ['55P03', busy('Another transaction holds a lock this one needs. Try again, or end what holds it.')],
  [
    '57014',
    unavailable(
      'The statement was cancelled: an operator did, or it took longer than statement_timeout of the server.',
    ),
  ],
  ['23505', ({ table }, options) => new UniqueViolationError(table ?? 'of this key', options)],
  [
    '23503',
    (_, options) =>
      new ConflictError('A row refers to another that is not there, or is still referred to. Check its keys.', options),
  ],
  ['23', ({ table, constraint }, options) => new ConflictError(brokenRule(table, constraint), options)],
  ['22', ({ table }, options) => new ConflictError(unfit(table), options)],
  [
    '25006',
    (_, options) => new ReadOnlyError('The database takes no writes: it is a standby, or set to read only.', options),
  ],
  [
    '25P03',
    unavailable('The unit of work was idle too long, so Postgres ended it. It must await nothing but its own calls.'),
  ],
  [
    '42501',
    (_, options) =>
      new ReadOnlyError('The role may not do this here. Grant it the right, or open with readonly: true.', options),
  ],
  [
    '53100',
    (_, options) =>
      new DiskFullError(
        'The server’s disk is full, so the write was rolled back. Free some space and try again.',
        options,
      ),
  ],
  ['53300', unavailable('Postgres has no connection left. Raise max_connections, or lower maxConnections.')],
  ['53', unavailable('Postgres has run out of a resource, so the write was rolled back. Check the server.')],
  ['28', refused],
  [
    '3D000',
    (_, options) =>
      new StoreUnavailableError('There is no database of this name on the server. Create it first.', options),
  ],
  [
    '3F000',
    (_, options) => new NotAWalletError('The search path names no schema that is there. Create it first.', options),
  ],
  ['57P', stopped],
  ['08', stopped],
  ['58', unavailable('The server’s disk failed while the database was in use. Check the server.')],
  [
    'XX001',
    (_, options) => new CorruptDataError('Postgres found its data damaged. Restore it from a backup.', options),
  ],
  [
    'XX002',
    (_, options) => new CorruptDataError('Postgres found an index damaged. Reindex it, or restore a backup.', options),
  ],
  ['ECONNREFUSED', unavailable('No server takes connections there. Check host, port and that Postgres runs.')],
  ['ENOTFOUND', unavailable('The host of the database is not known. Check the URL.')],
  ['EAI_AGAIN', unavailable('The host of the database could not be looked up just now. Check DNS and try again.')],
  ['ENOENT', unavailable('A file or a socket the URL names is not there. Check the URL and that Postgres runs.')],
  ['EHOSTUNREACH', unavailable('The host of the database cannot be reached. Check the network.')],
  ['ENETUNREACH', unavailable('The host of the database cannot be reached. Check the network.')],
  ['ETIMEDOUT', unavailable('The server did not answer in time. Check host, port and firewall.')],
  ['ECONNRESET', stopped],
  ['EPIPE', stopped],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    unavailable('The server’s certificate is not trusted. Name its authority with sslrootcert in the URL.'),
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    unavailable('The server’s certificate is not trusted. Name its authority with sslrootcert in the URL.'),
  ],
  [
    'UNABLE_TO_',
    unavailable('The server’s certificate is not trusted. Name its authority with sslrootcert in the URL.'),
  ],
  ['ERR_TLS', unavailable('The server’s certificate does not fit its name. Check the host in the URL.')],
  ['CERT_', unavailable('The server’s certificate is not valid. Check its dates and its authority.')],
]

function brokenRule(table: string | undefined, constraint: string | undefined): string {
  return `A row of ${table ?? 'a table'} breaks a rule of the schema${constraint === undefined ? '' : `: ${constraint}`}.`
}

function unfit(table: string | undefined): string {
  return `A value does not fit its column${table === undefined ? '' : ` in ${table}`}: it is too long, too large or no text. Check it.`
}

/** Errors of a socket that was refused carry one error per address tried. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code)
}

/** The driver gives no code to what it finds out by itself. */
function saysOneOf(error: unknown, sentences: readonly string[]): boolean {
  return error instanceof Error && sentences.some((sentence) => error.message.startsWith(sentence))
}

const NO_TLS = 'The server does not support SSL connections'

const BROKEN = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'timeout expired',
  'timeout exceeded when trying to connect',
]
