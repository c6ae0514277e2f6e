import { StoreUnavailableError } from '@txkeep/core'
import type { Knex } from 'knex'

import type { Dialect } from './dialect.js'
import { mysqlDialect } from './mysql-dialect.js'
import { postgresDialect } from './postgres-dialect.js'
import { sqliteDialect } from './sqlite-dialect.js'

/**
 * The dialect of the driver a knex instance uses.
 *
 * @throws {StoreUnavailableError} if this version has none.
 */
export function dialectOf(knex: Knex): Dialect {
  const { driverName } = knex.client as { readonly driverName?: string }
  if (driverName === 'better-sqlite3') return sqliteDialect
  if (driverName === 'mysql2') return mysqlDialect
  if (driverName === 'pg') return postgresDialect
  throw new StoreUnavailableError(
    `This version has no dialect for the driver ${driverName ?? 'of this knex instance'}. Use better-sqlite3, pg or mysql2.`,
  )
}
