import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { LegacySchema } from '../schema/legacy-schema.js'
import type { LegacyTable } from '../schema/table-names.js'

/** What a statement builder needs to know of the database. Builders return SQL and never run it. */
export interface StatementContext {
  readonly dialect: MigrationDialect
  readonly legacy: LegacySchema
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

/** Whether a timestamp of the row cannot be read. The usual form is told by its shape, without converting it. */
export function hasUnreadableTimestamp({ dialect }: StatementContext, alias: string): string {
  const [created, updated] = [`${alias}.created_at`, `${alias}.updated_at`]
  return (
    `case when ${dialect.isStoredTimestamp(created)} and ${dialect.isStoredTimestamp(updated)} then 0 ` +
    `when ${dialect.timestamp(created)} is null or ${dialect.timestamp(updated)} is null then 1 else 0 end = 1`
  )
}

/** `'a', 'b'`, for statuses and other words of ours. */
export function words(values: readonly string[]): string {
  return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')
}
