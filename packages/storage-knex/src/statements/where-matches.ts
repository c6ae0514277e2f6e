import type { Match } from '@txkeep/core'
import type { Knex } from 'knex'

import type { SqlValue } from '../dialect/sql-value.js'
import type { RowMapping } from '../rows/row-mapping.js'
import { valuesIn, type StatementBuilder } from './statement.js'

/** The statement with one condition for each given field; `alias` when the table is joined with others. */
export function whereMatches<Row>(
  db: StatementBuilder,
  statement: Knex.QueryBuilder,
  rows: RowMapping<Row>,
  match: Match<Row>,
  alias?: string,
): Knex.QueryBuilder {
  for (const name of Object.keys(match) as (keyof Row & string)[]) {
    const value = match[name]
    const column = alias === undefined ? rows.columnOf(name) : `${alias}.${rows.columnOf(name)}`
    if (Array.isArray(value)) {
      const values: SqlValue[] = value.map((one: Row[typeof name]) => rows.encodeField(name, one))
      whereIn(db, statement, column, values)
    } else if (value === null) statement.whereNull(column)
    else if (value !== undefined)
      statement.where(column, rows.encodeField(name, value as Row[typeof name]) as Knex.Value)
  }
  return statement
}

/** Numbers and text however many; dates and booleans are bound one by one. */
function whereIn(
  db: StatementBuilder,
  statement: Knex.QueryBuilder,
  column: string,
  values: readonly SqlValue[],
): void {
  const isPlain = (value: SqlValue): value is string | number => typeof value === 'string' || typeof value === 'number'
  if (values.every(isPlain)) statement.whereIn(column, valuesIn(db, values))
  else statement.whereIn(column, values as readonly Knex.Value[])
}
