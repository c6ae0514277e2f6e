import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { LegacySchema } from '../schema/legacy-schema.js'
import { MISSING_VALUES, type LooseSchema } from '../schema/loose-schema.js'
import type { LegacyTable } from '../schema/table-names.js'

/** What a statement builder needs to know of the database. Builders return SQL and never run it. */
export interface StatementContext {
  readonly dialect: MigrationDialect
  readonly legacy: LegacySchema
  readonly loose: LooseSchema
}

/** A column of a legacy row, or `fallback` where this legacy version has none. */
export function legacyColumn(
  { dialect, legacy }: StatementContext,
  table: LegacyTable,
  alias: string,
  column: string,
  fallback: string,
): string {
  return legacy[table].has(column) ? `${alias}.${dialect.schema.quote(column)}` : fallback
}

/** A column of a legacy row that is never null, or what stands in for it where this database allows null. */
export function known({ dialect, loose }: StatementContext, table: LegacyTable, alias: string, column: string): string {
  const plain = `${alias}.${dialect.schema.quote(column)}`
  const standIn = loose.nullable[table].has(column) ? MISSING_VALUES[table][column] : undefined
  return standIn === undefined ? plain : `coalesce(${plain}, ${standIn(alias)})`
}

/** Whether a value is missing in a row that every legacy version writes. */
export function hasMissingValue({ dialect, loose }: StatementContext, table: LegacyTable, alias: string): string {
  const columns = [...loose.nullable[table]].map((column) => `${alias}.${dialect.schema.quote(column)} is null`)
  return columns.length === 0 ? '1 = 0' : `(${columns.join(' or ')})`
}

/** JSON text that names the values missing in a row. */
export function missingValues({ dialect, loose }: StatementContext, table: LegacyTable, alias: string): string {
  const names = [...loose.nullable[table]].map(
    (column) => `case when ${alias}.${dialect.schema.quote(column)} is null then ' ${column}' else '' end`,
  )
  return names.length === 0 ? 'null' : dialect.jsonObject({ missing: `ltrim(${names.join(' || ')})` })
}

/** The legacy number of the transaction an output is of: an output that names none, or no place in it, has its own below zero. */
export function ownerOf({ loose }: StatementContext, alias: string): string {
  const lost = (['transactionId', 'vout'] as const).filter((column) => loose.nullable.outputs.has(column))
  const plain = `${alias}."transactionId"`
  if (lost.length === 0) return plain
  return `case when ${lost.map((column) => `${alias}."${column}" is null`).join(' or ')} then -${alias}."outputId" else ${plain} end`
}

/** The txid of a row as everything here compares it: lower case, null for an empty text. */
export function txidOf(alias: string): string {
  return `nullif(lower(${alias}.txid), '')`
}

/** What a timestamp becomes that cannot be read. */
export const UNREADABLE_TIMESTAMP = "'1970-01-01T00:00:00.000Z'"

export function createdAt({ dialect }: StatementContext, alias: string): string {
  return `coalesce(${dialect.timestamp(`${alias}.created_at`)}, ${UNREADABLE_TIMESTAMP})`
}

export function updatedAt({ dialect }: StatementContext, alias: string): string {
  return `coalesce(${dialect.timestamp(`${alias}.updated_at`)}, ${UNREADABLE_TIMESTAMP})`
}

/**
 * A bit of a plan's `anomalies` that is no anomaly: a timestamp of the row is not in the usual form, so it has to be converted.
 * Planning looks at it anyway, and writing copies the others as they are.
 */
const UNUSUAL_TIMESTAMP = 1 << 20

/** The bits of `anomalies` that the timestamps of a row give: `unreadable` when one of them cannot be read at all. */
export function timestampBits({ dialect }: StatementContext, alias: string, unreadable: number): string {
  const [created, updated] = [`${alias}.created_at`, `${alias}.updated_at`]
  return (
    // Most rows were never updated, and looking at one timestamp is cheaper than at two.
    `case when ${dialect.isStoredTimestamp(created)} and (${updated} = ${created} or ${dialect.isStoredTimestamp(updated)}) then 0 ` +
    `when ${dialect.timestamp(created)} is null or ${dialect.timestamp(updated)} is null then ${UNUSUAL_TIMESTAMP + unreadable} ` +
    `else ${UNUSUAL_TIMESTAMP} end`
  )
}

/** Behind a parenthesis to select from: its columns are worked out once for each row, and not again wherever one is used. */
export const ONCE: string = `limit ${Number.MAX_SAFE_INTEGER}`

/** Whether blob bytes are there: an empty blob is none. */
export function present(column: string): string {
  return `length(${column}) > 0`
}

/** Whether the `anomalies` of a plan name nothing that is wrong. */
export function hasNoAnomaly(anomalies: string): string {
  return `(${anomalies} & ~${UNUSUAL_TIMESTAMP}) = 0`
}

/** Whether a timestamp of the row cannot be read. */
export function hasUnreadableTimestamp(context: StatementContext, alias: string): string {
  return `((${timestampBits(context, alias, 1)}) & 1) = 1`
}

/** The timestamps of a row, given the `anomalies` of its plan. */
export function plannedTimestamps(
  context: StatementContext,
  alias: string,
  anomalies: string,
): Readonly<Record<'created_at' | 'updated_at', string>> {
  const unlessUsual = (column: string, converted: string): string =>
    `case when (${anomalies} & ${UNUSUAL_TIMESTAMP}) = 0 then ${alias}.${column} else ${converted} end`
  return {
    created_at: unlessUsual('created_at', createdAt(context, alias)),
    updated_at: unlessUsual('updated_at', updatedAt(context, alias)),
  }
}

/**
 * `insert into table (columns) select values` without its source. Flags are given as 0 and 1 and moments as text, and each value is
 * turned into what its column takes.
 */
export function insertInto(
  dialect: MigrationDialect,
  table: string,
  columns: readonly (readonly [column: string, value: string])[],
): string {
  const names = columns.map(([column]) => dialect.schema.quote(column))
  const values = columns.map(([column, value]) => dialect.stored(column, value))
  return `insert into ${table} (${names.join(', ')})\n  select ${values.join(',\n    ')}`
}

/** Statements that write rows that are not there yet, or overwrite those that may be. */
export function write(
  dialect: MigrationDialect,
  mode: 'insert' | 'replace',
  rows: {
    readonly table: string
    readonly key: string
    readonly columns: readonly (readonly [column: string, value: string])[]
    readonly from: string
    readonly order: string
  },
): readonly string[] {
  const { table, key, columns, from, order } = rows
  if (mode === 'insert') return [`${insertInto(dialect, table, columns)} ${from} order by ${order}`]
  const values = columns.map(([column, value]) => dialect.stored(column, value))
  return dialect.overwrite({
    table,
    key,
    columns: columns.map(([column]) => column),
    select: `select ${values.join(',\n    ')} ${from}`,
    order,
  })
}

/** `'a', 'b'`, for statuses and other words of ours. */
export function words(values: readonly string[]): string {
  return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')
}
