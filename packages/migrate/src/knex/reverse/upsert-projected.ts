import type { MigrationDialect } from '../dialect/migration-dialect.js'
import { keptName, type LegacyTable } from '../schema/table-names.js'
import type { SqlBinding, SqlSession } from '../sql-session.js'
import type { LegacyColumns } from './legacy-columns.js'

/** One column of a projected row. */
export interface Projected {
  readonly column: string
  readonly value: string
  /** What an existing row gets; left out for the same value, null for what it has. */
  readonly onUpdate?: null
  readonly bindings?: readonly SqlBinding[]
}

/** The number of the row that is there, else the one it had, unless something else has that by now. */
export function numberOf(present: string, kept: string, table: string, key: string): string {
  return `coalesce(${present}, case when not exists (select 1 from ${table} z where z."${key}" = ${kept}) then ${kept} end)`
}

/** Rows that had a number get it again, others one of their table's. `number` may be null. */
export async function upsertNumbered(
  session: SqlSession,
  columns: LegacyColumns,
  table: LegacyTable,
  key: string,
  projected: readonly Projected[],
  number: string,
  from: string,
): Promise<void> {
  const numbered: readonly Projected[] = [{ column: key, value: number, onUpdate: null }, ...projected]
  await upsert(session, columns, table, key, numbered, `${from} and ${number} is not null`)
  const unnumbered = `${from} and ${number} is null`
  if (!(await hasRows(session, unnumbered))) return
  const { sql, bindings } = insertStatement(session.dialect, columns, table, projected)
  await session.run(`${sql} ${unnumbered}`, bindings)
}

/** Rows of a kept legacy table by their key: new ones, and the columns of those that are there. Only columns this legacy version has. */
export async function upsert(
  session: SqlSession,
  columns: LegacyColumns,
  table: LegacyTable,
  key: string,
  projected: readonly Projected[],
  from: string,
): Promise<void> {
  if (!(await hasRows(session, from))) return
  const { dialect } = session
  const there = projected.filter(({ column }) => columns.has(table, column))
  const statements = dialect.overwrite({
    table: keptName(table),
    key,
    columns: there.map(({ column }) => column),
    select: `select ${there.map(({ column, value }) => dialect.stored(column, value)).join(', ')} ${from}`,
    kept: there.filter(({ onUpdate }) => onUpdate === null).map(({ column }) => column),
  })
  const bindings = there.flatMap(({ bindings: own = [] }) => [...own])
  for (const sql of statements) await session.run(sql, sql.includes('?') ? bindings : [])
}

/** Inserting nothing is not nothing: it gives a table that never had a row a line in the list of sequences. */
async function hasRows(session: SqlSession, from: string): Promise<boolean> {
  return (await session.get(`select 1 ${from} limit 1`)) !== undefined
}

/** `insert … select …` without its source: only columns this legacy version has. */
function insertStatement(
  { schema, stored }: MigrationDialect,
  columns: LegacyColumns,
  table: LegacyTable,
  projected: readonly Projected[],
): { readonly sql: string; readonly bindings: readonly SqlBinding[] } {
  const there = projected.filter(({ column }) => columns.has(table, column))
  return {
    sql: `insert into ${keptName(table)} (${there.map(({ column }) => schema.quote(column)).join(', ')})
     select ${there.map(({ column, value }) => stored(column, value)).join(', ')}`,
    bindings: there.flatMap(({ bindings = [] }) => [...bindings]),
  }
}
