import knexModule from 'knex'
import type { LegacyColumn, LegacyServer } from './legacy-server.js'
import { rewritingPool } from './rewriting-pool.js'

/**
 * The published toolbox does not know Postgres. Its migrations declare their tables through knex, so knex says what they are
 * there: `timestamptz(3)`, `bytea`, `boolean`, `integer`. Their few hand-written MySQL statements are said as Postgres says them.
 */
export const postgresLegacyServer: LegacyServer = {
  dbtype: 'Postgres',
  open: (url) =>
    knexModule({
      client: 'pg',
      connection: url,
      pool: rewritingPool(rewrite),
      // The migrations look for the engine in the first row, where MySQL and SQLite have it.
      postProcessResponse: (result: { readonly rows?: readonly Record<string, unknown>[] }) =>
        result.rows?.[0]?.['database_type'] === undefined ? result : result.rows,
    }),
  // Unsigned 32 bits, which `integer` has not.
  widen: [
    'alter table outputs alter column "sequenceNumber" type bigint',
    'alter table transactions alter column version type bigint, alter column "lockTime" type bigint',
  ],
  suspendReferences: async (knex) => {
    await knex.raw("set local session_replication_role = 'replica'")
  },
  resumeReferences: async (knex) => {
    await knex.raw("set local session_replication_role = 'origin'")
  },
  readColumns: async (knex) => {
    const { rows } = await knex.raw<{ rows: readonly (LegacyColumn & { readonly type: string })[] }>(
      `select table_name as "table", column_name as "column", data_type as type,
         coalesce(column_default like 'nextval(%', false) as numbers
       from information_schema.columns where table_schema = current_schema()`,
    )
    return rows.map(({ type, ...column }) => ({ ...column, kind: kindOf(type) }))
  },
  setSequence: async (knex, table, column, last) => {
    await knex.raw('select setval(pg_get_serial_sequence(?, ?), ?)', [`"${table}"`, column, last])
  },
}

function kindOf(type: string): LegacyColumn['kind'] {
  if (type === 'boolean') return 'boolean'
  return type === 'timestamp with time zone' ? 'moment' : 'other'
}

function rewrite(sql: string): string {
  if (sql.includes('VERSION()')) return "select 'MySQL' as database_type"
  // Bytes have one type there; what is left of the statement is that it forgets NOT NULL.
  const widened = /^ALTER TABLE (\w+) MODIFY COLUMN (\w+) LONGBLOB$/.exec(sql)
  if (widened !== null) return `alter table "${widened[1]}" alter column "${widened[2]}" drop not null`
  return sql.startsWith('update users set activeStorage') ? sql.replaceAll('activeStorage', '"activeStorage"') : sql
}
