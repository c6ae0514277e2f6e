import { StoreUnavailableError } from '@txkeep/core'
import type { Connection as DriverConnection } from 'mysql2'

import { mysqlQuery } from './mysql-query.js'
import { MYSQL_COLLATE } from './mysql-schema.js'

/** The session variable every connection of ours has. Triggers that read it know the writer is not a legacy application. */
export const SESSION_MARKER_VARIABLE = '@txkeep'

export interface MysqlSessionOptions {
  /** How long a statement waits for a lock, in whole seconds on these servers, at least one. Left out, as the server has it. */
  readonly lockTimeoutMs?: number
  /** Turns every write of this connection into an error, and reads within a transaction into one view of the database. */
  readonly queryOnly?: boolean
}

/** What is known of a session that was set up. */
export interface MysqlSession {
  /** The server drops a connection that sends more at once. */
  readonly maxPacketBytes: number
  /** Its transactions read one view of the database, without asking for it. */
  readonly isRepeatableRead: boolean
}

/**
 * Sets one connection up, whatever the server's own settings are.
 *
 * @throws {StoreUnavailableError} if the server is older than what this code was written for.
 */
export async function prepareMysqlSession(
  connection: DriverConnection,
  { lockTimeoutMs, queryOnly = false }: MysqlSessionOptions = {},
): Promise<MysqlSession> {
  const { rows } = await mysqlQuery(connection, 'select version() as version, @@max_allowed_packet as packet', [])
  assertMysqlVersion(String(rows[0]?.['version']))
  const settings = lockTimeoutMs === undefined ? SETTINGS : [...SETTINGS, ...lockTimeouts(lockTimeoutMs)]
  await mysqlQuery(connection, `set names utf8mb4 ${MYSQL_COLLATE}`, [])
  await mysqlQuery(connection, `set ${settings.join(', ')} ${OF_ONE_SERVER}`, [])
  const isolation = queryOnly ? 'repeatable read, read only' : 'read committed, read write'
  await mysqlQuery(connection, `set session transaction isolation level ${isolation}`, [])
  return { maxPacketBytes: Number(rows[0]?.['packet']), isRepeatableRead: queryOnly }
}

/** @throws {StoreUnavailableError} naming what is needed. `version` is what the server says of itself. */
export function assertMysqlVersion(version: string): void {
  const isMariaDb = /mariadb/i.test(version)
  const found = (/(\d+)\.(\d+)\.(\d+)-mariadb/i.exec(version) ?? /^(\d+)\.(\d+)\.(\d+)/.exec(version))?.slice(1)
  if (found !== undefined && isAtLeast(found.map(Number), isMariaDb ? OLDEST_MARIADB : OLDEST_MYSQL)) return
  throw new StoreUnavailableError(
    `The server is ${isMariaDb ? 'MariaDB' : 'MySQL'} ${found?.join('.') ?? version}, and this build needs MySQL` +
      ` ${OLDEST_MYSQL.join('.')} or MariaDB ${OLDEST_MARIADB.join('.')} at least. Update the server; nothing was changed.`,
  )
}

/** Both have JSON_TABLE, SKIP LOCKED and a collation that pads nothing from there on. */
const OLDEST_MYSQL = [8, 0, 17]
const OLDEST_MARIADB = [10, 6, 0]

function isAtLeast(found: readonly number[], needed: readonly number[]): boolean {
  const differing = needed.findIndex((part, index) => part !== found[index])
  return differing === -1 || (found[differing] ?? 0) > (needed[differing] ?? 0)
}

const SETTINGS: readonly string[] = [
  // Strict: a value that does not fit is an error. No ANSI_QUOTES or NO_BACKSLASH_ESCAPES: the driver escapes for neither.
  "session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "session time_zone = '+00:00'",
  'session autocommit = 1',
  'session foreign_key_checks = 1',
  'session unique_checks = 1',
  'session sql_safe_updates = 0',
  'session sql_select_limit = default',
  `${SESSION_MARKER_VARIABLE} = 1`,
]

/**
 * Long lists stay ranges of an index: by default both servers give up on some ten thousand values and read the whole table. Up to
 * a million are read by index so; there is a limit because two lists on one index are multiplied with each other. MariaDB also ends a transaction that nobody goes on with, so that what it holds is free again.
 */
const OF_ONE_SERVER =
  '/*!80017 , session range_optimizer_max_mem_size = 268435456 */' +
  ' /*M!100600 , session in_predicate_conversion_threshold = 0, session optimizer_max_sel_arg_weight = 1000000,' +
  ' session idle_transaction_timeout = 10 */'

/** Row locks, and the locks of tables that are altered or renamed. */
function lockTimeouts(milliseconds: number): string[] {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000))
  return [`session innodb_lock_wait_timeout = ${seconds}`, `session lock_wait_timeout = ${seconds}`]
}
