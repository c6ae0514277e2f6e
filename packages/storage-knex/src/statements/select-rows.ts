import type { Knex } from 'knex'

import type { Dialect } from '../dialect/dialect.js'
import type { RowMapping } from '../rows/row-mapping.js'
import type { StatementBuilder } from './statement.js'

/** Every column of one table, by name; `alias` when it is joined with others. */
export function selectRows<Row>(db: StatementBuilder, mapping: RowMapping<Row>, alias?: string): Knex.QueryBuilder {
  const table = alias === undefined ? mapping.table : `${mapping.table} as ${alias}`
  return db.knex(table).select(db.knex.raw(columnList(db, mapping.table, mapping.columns, alias)))
}

/** Written once for each table and alias: quoting some thirty names is most of the work of a short statement. */
const written: WeakMap<Dialect, Map<string, string>> = new WeakMap()

function columnList(
  { knex, dialect }: StatementBuilder,
  table: string,
  columns: readonly string[],
  alias: string | undefined,
): string {
  const lists = written.get(dialect) ?? new Map<string, string>()
  written.set(dialect, lists)
  const key = `${table} ${alias ?? ''}`
  const known = lists.get(key)
  if (known !== undefined) return known
  const names = columns.map((column) => (alias === undefined ? column : `${alias}.${column}`))
  const list = knex.raw(names.map(() => '??').join(', '), names).toQuery()
  lists.set(key, list)
  return list
}
