import {
  ConflictError,
  CorruptDataError,
  DiskFullError,
  InvalidParameterError,
  ReadOnlyError,
  StoreBusyError,
  StoreUnavailableError,
  TxkeepError,
  UniqueViolationError,
} from '@txkeep/core'

import { TABLES } from '../schema/tables.js'

/** The error of core that says what the driver's error means. Branches on numbers and codes, never on the text. */
export function translateMysqlError(error: unknown): unknown {
  if (error instanceof TxkeepError || !isDriverError(error)) return error
  forgetStatement(error)
  const options = { cause: error }
  const translate = BY_NUMBER.get(error.errno ?? 0) ?? BY_CODE.get(error.code ?? '')
  if (translate !== undefined) return translate(error, options)
  if (error.sqlState === '40001') return busy('The transaction lost against another one')(error, options)
  if (isTlsError(error))
    return unavailable(`No safe connection to the database could be made (${error.code})`, TLS_ADVICE)(error, options)
  if (error.fatal === true) return lost(error, options)
  return new StoreUnavailableError(
    `The database refused a statement with ${error.code ?? 'an error'} (${error.errno ?? 'no number'}). Check its log, and` +
      ' that nothing else changes the schema of this database.',
    options,
  )
}

/** Whether `error` says that the connection is gone, whoever ended it. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof StoreUnavailableError) || !isDriverError(error.cause)) return false
  const { errno, code, fatal } = error.cause
  return fatal === true || BY_NUMBER.get(errno ?? 0) === lost || BY_CODE.get(code ?? '') === lost
}

interface DriverError extends Error {
  readonly code?: string
  readonly errno?: number
  readonly sqlState?: string
  readonly fatal?: boolean
}

type Translation = (error: DriverError, options: { readonly cause: unknown }) => TxkeepError

function isDriverError(error: unknown): error is DriverError {
  if (!(error instanceof Error)) return false
  const { code, sqlState, fatal } = error as DriverError
  return (
    typeof sqlState === 'string' ||
    fatal === true ||
    (typeof code === 'string' && BY_CODE.has(code)) ||
    isTlsError(error)
  )
}

/** The driver keeps the whole statement on its error, values and all: raw transactions and derivation secrets. */
function forgetStatement(error: Error): void {
  if ('sql' in error) delete error.sql
}

function isTlsError({ code }: DriverError): boolean {
  return (
    typeof code === 'string' &&
    /^(?:HANDSHAKE_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_)/.test(code)
  )
}

function busy(what: string): Translation {
  return (_, options) => new StoreBusyError(`${what}. Nothing was changed; try again.`, options)
}

function unavailable(what: string, advice: string): Translation {
  return (_, options) => new StoreUnavailableError(`${what}. ${advice}.`, options)
}

function readOnly(what: string, advice: string): Translation {
  return (_, options) => new ReadOnlyError(`${what}. ${advice}.`, options)
}

const lost: Translation = unavailable(
  'The connection to the database was lost',
  'What was under way was not committed, unless it was just committing: read before you repeat it',
)
const full: Translation = (_, options) =>
  new DiskFullError(
    'The disk of the database is full, so the write was rolled back. Free some space and try again.',
    options,
  )
const unreachable: Translation = (error, options) =>
  new StoreUnavailableError(
    `The database server cannot be reached (${error.code}). Check host and port, and that the server runs.`,
    options,
  )
const denied: Translation = unavailable(
  'The database server refused the account',
  'Check user and password, and from which hosts the account may come',
)
const notGranted: Translation = readOnly(
  'The account lacks a right this statement needs',
  'Grant it, or open the store with readonly: true',
)
const tooMany: Translation = unavailable(
  'The database server has no connection left',
  'Open fewer, or raise max_connections',
)
const badRow: Translation = (error, options) => new ConflictError(`A row breaks the schema: ${error.message}.`, options)
const brokenReference: Translation = (_, options) =>
  new ConflictError('A row refers to another that is not there, or is still referred to. Check its keys.', options)
const badCheck: Translation = (error, options) =>
  new ConflictError(`A row breaks a rule of the schema: ${error.message}.`, options)
const taken: Translation = (error, options) => new UniqueViolationError(violatedTable(error.message), options)
const damaged: Translation = (_, options) =>
  new CorruptDataError('The database server found a table damaged. Restore it from a backup.', options)
const tooLarge: Translation = () =>
  new InvalidParameterError(
    'row',
    'larger than the server takes at once',
    'smaller, or max_allowed_packet of the server larger',
  )

const TLS_ADVICE = 'Check the certificates, and the ssl- parameters of the URL'

/** By the server's error number: MySQL and MariaDB agree up to 1863. */
const BY_NUMBER: ReadonlyMap<number, Translation> = new Map<number, Translation>([
  [1213, busy('Two transactions waited for each other, or another node of the cluster was first')],
  [1205, busy('Another transaction held a lock too long')],
  [3572, busy('Another transaction holds a lock')],
  [1020, busy('A row was changed by another transaction since it was read')],
  [1412, busy('A table was altered since the transaction began')],
  [1180, busy('The cluster refused to commit')],
  [3101, busy('The replication group refused to commit')],
  [1047, unavailable('This node of the cluster takes no statements now', 'Wait until it has joined, or use another')],
  [1021, full],
  [1114, full],
  [1026, full],
  [1030, (error, options) => (/\b28\b/.test(error.message) ? full : damaged)(error, options)],
  [1044, denied],
  [1045, denied],
  [1698, denied],
  [1251, denied],
  [1130, denied],
  [1049, unavailable('There is no such database on the server', 'Check its name, or make it with CREATE DATABASE')],
  [1040, tooMany],
  [1203, tooMany],
  [1226, tooMany],
  [1142, notGranted],
  [1143, notGranted],
  [1227, notGranted],
  [1290, readOnly('The database server is read-only', 'Use the one that is written to, or open with readonly: true')],
  [1836, readOnly('The database server is read-only', 'Use the one that is written to, or open with readonly: true')],
  [1792, readOnly('The connection was opened only to read', 'Open the store without readonly: true')],
  [1062, taken],
  [1586, taken],
  [1451, brokenReference],
  [1452, brokenReference],
  [1216, brokenReference],
  [1217, brokenReference],
  [3819, badCheck],
  [4025, badCheck],
  [1048, badRow],
  [1364, badRow],
  [1406, badRow],
  [1264, badRow],
  [1366, badRow],
  [1292, badRow],
  [1194, damaged],
  [1195, damaged],
  [1712, damaged],
  [1153, tooLarge],
  [1665, unavailable('The server writes its binary log as statements', 'Set binlog_format = ROW')],
  [1053, lost],
  [1317, unavailable('The statement was interrupted at the server', 'Try again')],
  [1927, lost],
  [4031, lost],
  [1969, unavailable('The statement took longer than the server allows', 'Raise max_statement_time')],
  [3024, unavailable('The statement took longer than the server allows', 'Raise max_execution_time')],
])

/** By the driver's or the system's code, where no server spoke. */
const BY_CODE: ReadonlyMap<string, Translation> = new Map<string, Translation>([
  ['ECONNREFUSED', unreachable],
  ['ENOTFOUND', unreachable],
  ['EAI_AGAIN', unreachable],
  ['EHOSTUNREACH', unreachable],
  ['ENETUNREACH', unreachable],
  ['ETIMEDOUT', unreachable],
  ['ENOENT', unreachable],
  ['EACCES', unreachable],
  ['PROTOCOL_CONNECTION_LOST', lost],
  ['PROTOCOL_SEQUENCE_TIMEOUT', lost],
  ['ECONNRESET', lost],
  ['EPIPE', lost],
])

/** The server names the key, e.g. `for key 'users_identitykey_unique'` or `'users.…'`. It is only put into a message. */
function violatedTable(message: string): string {
  const [, table, key] = /for key '(?:(\w+)\.)?(\w+)'$/.exec(message) ?? []
  const owner = Object.values(TABLES).find(({ uniqueKeys }) => uniqueKeys.some(({ name }) => name === key))
  return table ?? owner?.name ?? 'of this key'
}
