import type { ColumnDefinition } from '../schema/table-definition.js'
import type { SchemaDialect } from './schema-dialect.js'

/**
 * SQLite. Declared types are those the legacy application uses, for their affinity: `datetime` holds ISO-8601 text, `boolean`
 * holds 0 and 1. Lengths are written down and not enforced.
 */
export const sqliteSchema: SchemaDialect = {
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  columnType: (column) => TYPES[column.type](column),
  literal: (value) => {
    if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
    return String(Number(value))
  },
  nowExpression: "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
  foreignKeysAtCreation: true,
}

const TYPES: Readonly<Record<ColumnDefinition['type'], (column: ColumnDefinition) => string>> = {
  id: () => 'integer primary key autoincrement',
  integer: () => 'integer',
  bigint: () => 'bigint',
  boolean: () => 'boolean',
  timestamp: () => 'datetime',
  string: (column) => `varchar(${column.length ?? 255})`,
  text: () => 'text',
  bytes: () => 'blob',
}
