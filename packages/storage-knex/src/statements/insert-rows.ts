import type { SqlValue } from '../dialect/sql-value.js'
import type { RowMapping } from '../rows/row-mapping.js'
import type { Statement, StatementBuilder } from './statement.js'

export interface InsertOptions {
  /** A row for which this unique key is taken is left out instead of failing; `any` means every unique key. */
  readonly skipOnConflict?: readonly string[] | 'any'
}

/** One insert of one row; what it leaves out gets the column's default. Returns the inserted row where the engine can. */
export function insertRow<Row>(
  db: StatementBuilder,
  mapping: RowMapping<Row>,
  row: Partial<Row>,
  options: InsertOptions = {},
): Statement {
  const insert = db.knex(mapping.table).insert(mapping.encode(row))
  const { skipOnConflict: skip } = options
  const guarded =
    skip === undefined ? insert : (skip === 'any' ? insert.onConflict() : insert.onConflict([...skip])).ignore()
  return db.dialect.supportsReturning ? guarded.returning([...mapping.columns]) : guarded
}

export interface InsertManyOptions {
  /** Whether the statements return the rows as they are stored. */
  readonly returning: boolean
}

/**
 * Inserts of many rows that all name the same fields, a statement for as many as can be bound at once. Written as text: the
 * same text comes up again for every full statement, so it is prepared once.
 */
export function insertRows<Row>(
  db: StatementBuilder,
  mapping: RowMapping<Row>,
  rows: readonly Partial<Row>[],
  { returning }: InsertManyOptions,
): Statement[] {
  const encoded = rows.map((row) => mapping.encode(row))
  const columns = Object.keys(encoded[0] ?? {})
  if (columns.length === 0) return []
  const quote = (names: readonly string[]) => names.map((name) => db.dialect.schema.quote(name)).join(', ')
  const tuple = (_: unknown, row: number) =>
    `(${columns.map((_, index) => db.dialect.placeholder(row * columns.length + index + 1)).join(', ')})`
  const statements: Statement[] = []
  const rowsAtOnce = Math.min(MAX_ROWS_AT_ONCE, Math.floor(db.dialect.maxBindings / columns.length))
  for (let start = 0; start < encoded.length; start += rowsAtOnce) {
    const page = encoded.slice(start, start + rowsAtOnce)
    statements.push({
      sql:
        `insert into ${db.dialect.schema.quote(mapping.table)} (${quote(columns)})` +
        ` values ${page.map(tuple).join(', ')}${returning ? ` returning ${quote(mapping.columns)}` : ''}`,
      bindings: page.flatMap((row) => columns.map((column): SqlValue => row[column] ?? null)),
    })
  }
  return statements
}

/** Longer statements gain nothing and keep their text in the cache. */
const MAX_ROWS_AT_ONCE = 100
