import type { Knex } from 'knex'

import { TABLES, type TableName } from '../schema/tables.js'
import type { StatementBuilder } from './statement.js'

/** Orders by a column of a table the same way on every engine: numbers by value, text by its characters' numbers. */
export function orderByColumn(
  db: StatementBuilder,
  select: Knex.QueryBuilder,
  table: TableName,
  column: string,
  direction: 'asc' | 'desc' = 'asc',
  alias?: string,
): Knex.QueryBuilder {
  const { type } = TABLES[table].columns.find(({ name }) => name === column) ?? {}
  if (type !== 'string' && type !== 'text')
    return select.orderBy(alias === undefined ? column : `${alias}.${column}`, direction)
  const { quote } = db.dialect.schema
  const quoted = alias === undefined ? quote(column) : `${quote(alias)}.${quote(column)}`
  return select.orderByRaw(`${db.dialect.bytewise(quoted)} ${direction}`)
}
