import { InvalidParameterError } from '@txkeep/core'
import type { Knex } from 'knex'
import type { MigrationDialect } from './migration-dialect.js'
import { mysqlMigrationDialect } from './mysql-migration-dialect.js'
import { postgresMigrationDialect } from './postgres-migration-dialect.js'
import { sqliteMigrationDialect } from './sqlite-migration-dialect.js'

/** The engine behind a knex instance. */
export function dialectOf(knex: Knex): MigrationDialect {
  const client: unknown = knex.client.config?.client
  const name = typeof client === 'string' ? client : String(knex.client.dialect)
  if (name.includes('sqlite')) return sqliteMigrationDialect
  if (name === 'pg' || name.includes('postgres')) return postgresMigrationDialect
  if (name.includes('mysql')) return mysqlMigrationDialect
  throw new InvalidParameterError(
    'knex',
    name,
    'a knex instance on better-sqlite3, pg or mysql2; make it with openKnex',
  )
}
