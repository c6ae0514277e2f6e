import knexModule from 'knex'
import type { LegacyServer } from './legacy-server.js'
import { rewritingPool } from './rewriting-pool.js'

/** MySQL, for which the published migrations were written, and MariaDB, which they refuse by its name alone. */
export const mysqlLegacyServer: LegacyServer = {
  dbtype: 'MySQL',
  open: (url) =>
    knexModule({
      client: 'mysql2',
      connection: { uri: url.replace(/^mariadb:/, 'mysql:'), timezone: 'Z', charset: 'utf8mb4' } as object,
      pool: rewritingPool((sql) => (sql.includes('VERSION()') ? "select 'MySQL' as database_type" : sql)),
    }),
  widen: [],
  suspendReferences: async (knex) => {
    await knex.raw("set session foreign_key_checks = 0, session time_zone = '+00:00'")
  },
  resumeReferences: async (knex) => {
    await knex.raw('set session foreign_key_checks = 1')
  },
  readColumns: async (knex) => {
    const [rows] = await knex.raw<readonly [readonly CatalogueRow[]]>(
      'select table_name as `table`, column_name as `column`, column_type as `type`, extra as `extra`' +
        ' from information_schema.columns where table_schema = database()',
    )
    return rows.map(({ table, column, type, extra }) => ({
      table,
      column,
      kind: /^(timestamp|datetime)/.test(type) ? 'moment' : type === 'tinyint(1)' ? 'boolean' : 'other',
      numbers: extra.includes('auto_increment'),
    }))
  },
  setSequence: async (knex, table, _column, last) => {
    await knex.raw('alter table ?? auto_increment = ?', [table, last + 1])
  },
}

interface CatalogueRow {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly extra: string
}
