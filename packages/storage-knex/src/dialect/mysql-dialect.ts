import { StoreBusyError, StoreUnavailableError } from '@txkeep/core'
import type { Connection as DriverConnection } from 'mysql2'

import { catalogueOf } from './catalogue-of.js'
import type { Connection } from './connection.js'
import type { Catalogue, Dialect, SqlFragment, UpdateFrom } from './dialect.js'
import { MysqlConnection } from './mysql-connection.js'
import { translateMysqlError } from './mysql-errors.js'
import { MYSQL_COLLATE, mysqlSchema } from './mysql-schema.js'
import type { MysqlSession } from './mysql-session.js'

/** MySQL 8 and MariaDB through mysql2. Writers run at the same time and lock rows. */
export const mysqlDialect: Dialect = {
  name: 'MySQL',
  schema: mysqlSchema,
  supportsReturning: false,
  supportsConcurrentWriters: true,
  // A Galera cluster certifies what was written, and no lock that was only read.
  supportsReadLocks: false,
  indexHint: (index) => `force index (${mysqlSchema.quote(index)})`,
  writesNumbersOut: true,
  locksWholeJoins: true,
  limitsUnionParts: true,
  maxBindings: 65_000,
  placeholder: () => '?',
  // Of the moment the row is looked at, not of the statement's begin: a statement may have waited for a lock.
  nowMillisecondsExpression: 'cast(unix_timestamp(sysdate(3)) * 1000 as signed)',
  bytewise: (column) => column,
  valueList: (values) => jsonTable(values, [['value', '$', values]]),
  tupleList: (tuples) => {
    const first = tuples[0] ?? [null]
    const columns = first.map((_, index) => [`c${index}`, `$[${index}]`, tuples.map((tuple) => tuple[index])] as const)
    return jsonTable(tuples, columns)
  },
  updateFrom,
  // A row that is always there stands for the table: its own lock would end the transaction.
  lockTable: () => ({ sql: 'select version from txkeep_migrations for update', bindings: [] }),
  makingSchema,
  connect,
  readCatalogue,
  translateError: translateMysqlError,
}

/** A JSON array as a table, each column of it with its name, its path and its values, which decide its type. */
function jsonTable(json: unknown, columns: readonly (readonly [string, string, readonly unknown[]])[]): SqlFragment {
  const typed = columns.map(([name, path, values]) => `${name} ${listType(values)} path '${path}'`)
  const names = columns.map(([name]) => `j.${name}`).join(', ')
  return {
    sql: `select ${names} from json_table(?, '$[*]' columns (${typed.join(', ')})) as j`,
    bindings: [JSON.stringify(json)],
  }
}

/** Text is of the columns' own collation: compared across two, neither server uses an index. */
function listType(values: readonly unknown[]): string {
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === 0) return 'bigint'
  const isLong = texts.some((text) => text.length > MAX_NAME_LENGTH)
  return `${isLong ? 'longtext' : `varchar(${MAX_NAME_LENGTH})`} character set utf8mb4 ${MYSQL_COLLATE}`
}

/** The hint is for MySQL, which would otherwise refuse to read the table it writes; MariaDB reads over it. */
function updateFrom({ table, columns, from, where }: UpdateFrom): SqlFragment {
  const set = columns.map((column) => `${table}.${column} = r.${column}`).join(', ')
  return {
    sql: `update /*+ NO_MERGE(r) */ ${table}, (${from.sql}) as r set ${set} where ${where}`,
    bindings: from.bindings,
  }
}

/** No transaction holds a schema together there; a named lock keeps two makers apart. */
async function makingSchema<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  const name = "concat('txkeep schema ', sha1(database()))"
  const { rows } = await connection.execute(`select get_lock(${name}, ${SCHEMA_LOCK_SECONDS}) as held`, [])
  if (rows[0]?.['held'] !== 1) {
    throw new StoreBusyError('Another process makes the schema of this database. Nothing was changed; try again.')
  }
  try {
    return await work()
  } finally {
    await connection.execute(`do release_lock(${name})`, [])
  }
}

const SCHEMA_LOCK_SECONDS = 10

/** The longest column an index holds whole. */
const MAX_NAME_LENGTH = 300

const known: WeakMap<DriverConnection, MysqlConnection> = new WeakMap()

function connect(driverConnection: unknown): Connection {
  if (!isMysql2(driverConnection)) {
    throw new StoreUnavailableError('The knex instance does not use mysql2. Make it with openKnex.')
  }
  return connectionOf(driverConnection)
}

/** The session behind a driver's connection. `session` is given where it was set up already. */
export function connectionOf(driver: DriverConnection, session?: MysqlSession): MysqlConnection {
  const seen = known.get(driver)
  if (seen !== undefined) return seen
  const connection = new MysqlConnection(driver, session === undefined ? undefined : Promise.resolve(session))
  known.set(driver, connection)
  return connection
}

/** By what it can do: two copies of the driver have two classes. */
function isMysql2(value: unknown): value is DriverConnection {
  return typeof value === 'object' && value !== null && 'unprepare' in value && 'changeUser' in value
}

async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const { rows } = await connection.execute(
    `select c.table_name as tableName, c.column_name as columnName
     from information_schema.tables as t
     join information_schema.columns as c on c.table_schema = t.table_schema and c.table_name = t.table_name
     where t.table_schema = database() and t.table_type = 'BASE TABLE'`,
    [],
  )
  return catalogueOf(rows)
}
