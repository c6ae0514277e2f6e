import { StoreUnavailableError } from '@txkeep/core'
import type Database from 'better-sqlite3'

import { catalogueOf } from './catalogue-of.js'
import { inWriteTransaction, type Connection } from './connection.js'
import type { Catalogue, Dialect } from './dialect.js'
import { SqliteConnection } from './sqlite-connection.js'
import { translateSqliteError } from './sqlite-errors.js'
import { sqliteSchema } from './sqlite-schema.js'
import { markSqliteSession } from './sqlite-session.js'

/** SQLite through better-sqlite3. One writer at a time, by the file's write lock. */
export const sqliteDialect: Dialect = {
  name: 'SQLite',
  schema: sqliteSchema,
  supportsReturning: true,
  supportsConcurrentWriters: false,
  supportsReadLocks: true,
  holdsFewWallets: true,
  maxBindings: 32_000,
  placeholder: () => '?',
  nowMillisecondsExpression: "cast(round(unixepoch('subsec') * 1000) as integer)",
  bytewise: (column) => column,
  valueList: (values) => ({ sql: 'select value from json_each(?)', bindings: [JSON.stringify(values)] }),
  tupleList: (tuples) => ({
    sql: `select ${tupleColumns(tuples[0]?.length ?? 1)} from json_each(?)`,
    bindings: [JSON.stringify(tuples)],
  }),
  updateFrom: ({ table, columns, from, where }) => ({
    sql: `update ${table} set ${columns.map((column) => `${column} = r.${column}`).join(', ')} from (${from.sql}) as r where ${where}`,
    bindings: from.bindings,
  }),
  lockTable: () => undefined,
  makingSchema: inWriteTransaction,
  connect,
  readCatalogue,
  translateError: translateSqliteError,
}

function tupleColumns(width: number): string {
  return Array.from({ length: width }, (_, index) => `json_extract(value, '$[${index}]') as c${index}`).join(', ')
}

const known: WeakMap<Database.Database, SqliteConnection> = new WeakMap()

function connect(driverConnection: unknown): Connection {
  if (!isBetterSqlite3(driverConnection)) {
    throw new StoreUnavailableError('The knex instance does not use better-sqlite3. Make it with openKnex.')
  }
  const seen = known.get(driverConnection)
  if (seen !== undefined) return seen
  markSqliteSession(driverConnection)
  const connection = new SqliteConnection(driverConnection)
  known.set(driverConnection, connection)
  return connection
}

/** By what it can do: two copies of the driver have two classes. */
function isBetterSqlite3(value: unknown): value is Database.Database {
  return typeof value === 'object' && value !== null && 'pragma' in value && 'inTransaction' in value
}

async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const { rows } = await connection.execute(
    `select t.name as tableName, c.name as columnName from sqlite_schema t, pragma_table_xinfo(t.name) c
     where t.type = 'table' and t.name not like 'sqlite\\_%' escape '\\'`,
    [],
  )
  return catalogueOf(rows)
}
