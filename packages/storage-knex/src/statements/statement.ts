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

/** For `whereIn(column, …)`: these values, however many, as a subquery where there are any (it would have no type without). */
export function valuesIn(
  { knex, dialect }: StatementBuilder,
  values: readonly (string | number)[],
): Knex.QueryBuilder | Knex.Raw[] {
  if (values.length === 0) return []
  if (dialect.writesNumbersOut === true && values.every((value) => Number.isFinite(value))) {
    return [knex.raw(values.join(', '))]
  }
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

/** For `from(…)`: a table, perhaps with an alias, that is read by this index of it. */
export function readBy(
  { knex, dialect }: StatementBuilder,
  index: string,
  table: string,
  alias: string = table,
): Knex.Raw {
  const name = alias === table ? knex.ref(table) : knex.ref(table).as(alias)
  const hint = dialect.indexHint?.(index)
  return hint === undefined ? knex.raw('?', [name]) : knex.raw(`? ${hint}`, [name])
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
