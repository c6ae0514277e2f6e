import type { Knex } from 'knex'

import type { Dialect, SqlFragment } from '../dialect/dialect.js'
import type { SqlValue } from '../dialect/sql-value.js'

/** What a statement is built with. Nothing in this folder runs anything. */
export interface StatementBuilder {
  readonly knex: Knex
  readonly dialect: Dialect
}

/** A query that was built and not run: a knex builder, or SQL text with its bindings. */
export type Statement = Pick<Knex.QueryBuilder, 'toSQL'> | SqlFragment

/** Text and bindings as the driver takes them. */
export function compileStatement(statement: Statement): SqlFragment {
  if (!('toSQL' in statement)) return statement
  const { sql, bindings } = statement.toSQL().toNative()
  return { sql, bindings: bindings as readonly SqlValue[] }
}

/** For `whereIn(column, …)`: a subquery with these values, however many. */
export function valuesIn({ knex, dialect }: StatementBuilder, values: readonly (string | number)[]): Knex.QueryBuilder {
  const { sql, bindings } = dialect.valueList(values)
  return knex
    .queryBuilder()
    .select('v.value')
    .from(rawFragment(knex, { sql: `(${sql}) as v`, bindings }))
}

/** For `from(…)`: a subquery with the columns c0, c1, … named `alias`. */
export function tuplesAs(
  { knex, dialect }: StatementBuilder,
  alias: string,
  tuples: readonly (readonly (string | number | null)[])[],
): Knex.Raw {
  const { sql, bindings } = dialect.tupleList(tuples)
  return rawFragment(knex, { sql: `(${sql}) as ${alias}`, bindings })
}

export function rawFragment(knex: Knex, { sql, bindings }: SqlFragment): Knex.Raw {
  return knex.raw(sql, bindings as readonly Knex.Value[])
}

/** What an insert or update sets, by column. */
export type ColumnValues = Readonly<Record<string, Knex.Value | Knex.Raw>>

/** Encoded columns as knex's types want them: they name Buffer, where every driver takes any Uint8Array. */
export function columnValues(columns: Readonly<Record<string, SqlValue>>): ColumnValues {
  return columns as ColumnValues
}
