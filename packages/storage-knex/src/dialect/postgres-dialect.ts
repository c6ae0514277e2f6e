import { StoreUnavailableError } from '@txkeep/core'
import type { ClientBase } from 'pg'

import { catalogueOf } from './catalogue-of.js'
import { inWriteTransaction, type Connection } from './connection.js'
import type { Catalogue, Dialect } from './dialect.js'
import { arrayLiteral, arrayType } from './postgres-array.js'
import { PostgresConnection } from './postgres-connection.js'
import { translatePostgresError } from './postgres-errors.js'
import { postgresSchema } from './postgres-schema.js'

/** Postgres 13 and later through `pg`. */
export const postgresDialect: Dialect = {
  name: 'Postgres',
  schema: postgresSchema,
  supportsReturning: true,
  supportsConcurrentWriters: true,
  supportsReadLocks: true,
  limitsUnionParts: true,
  maxBindings: 65_000,
  placeholder: (position) => `$${position}`,
  // Not now(): that is when the transaction began, however long it waited since.
  nowMillisecondsExpression: 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint',
  bytewise: (column) => `${column} collate "C"`,
  valueList: (values) => ({
    sql: `select value from unnest(?::${arrayType(values)}) as u(value)`,
    bindings: [arrayLiteral(values)],
  }),
  tupleList: (tuples) => {
    const columns = (tuples[0] ?? []).map((_, index) => tuples.map((tuple) => tuple[index] ?? null))
    return {
      sql:
        `select * from unnest(${columns.map((values) => `?::${arrayType(values)}`).join(', ')})` +
        ` as u(${columns.map((_, index) => `c${index}`).join(', ')})`,
      bindings: columns.map(arrayLiteral),
    }
  },
  updateFrom: ({ table, columns, from, where }) => ({
    sql: `update ${table} set ${columns.map((column) => `${column} = r.${column}`).join(', ')} from (${from.sql}) as r where ${where}`,
    bindings: from.bindings,
  }),
  lockTable: (table) => ({
    sql: `lock table ${postgresSchema.quote(table)} in share row exclusive mode`,
    bindings: [],
  }),
  makingSchema: (connection, work) =>
    inWriteTransaction(connection, async () => {
      await connection.execute(`select pg_advisory_xact_lock(${SCHEMA_LOCK})`, [])
      return work()
    }),
  connect,
  readCatalogue,
  translateError: translatePostgresError,
}

/** Any number that no other application is likely to use: "txkeep" in ASCII. */
const SCHEMA_LOCK = 0x74_78_6b_65_65_70

const known: WeakMap<ClientBase, PostgresConnection> = new WeakMap()

function connect(driverConnection: unknown): Connection {
  if (!isClient(driverConnection)) {
    throw new StoreUnavailableError('The knex instance does not use pg. Make it with openKnex.')
  }
  const connection = known.get(driverConnection) ?? new PostgresConnection(driverConnection)
  known.set(driverConnection, connection)
  return connection
}

/** By what it can do: two copies of the driver have two classes. */
function isClient(value: unknown): value is ClientBase {
  return typeof value === 'object' && value !== null && 'query' in value && 'escapeIdentifier' in value
}

/** Of the schema new tables go to: the first of the search path that is there. */
async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const { rows } = await connection.execute(
    `select c.relname::text as "tableName", a.attname::text as "columnName"
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = (select oid from pg_namespace where nspname = current_schema()) and c.relkind in ('r', 'p')`,
    [],
  )
  return catalogueOf(rows)
}
