import type { Knex } from 'knex'

import type { RowMapping } from '../rows/row-mapping.js'
import type { StatementBuilder } from './statement.js'

/** Every column of one table, by name; `alias` when it is joined with others. */
export function selectRows<Row>(db: StatementBuilder, mapping: RowMapping<Row>, alias?: string): Knex.QueryBuilder {
  if (alias === undefined) return db.knex(mapping.table).select(mapping.columns)
  return db.knex(`${mapping.table} as ${alias}`).select(mapping.columns.map((column) => `${alias}.${column}`))
}
