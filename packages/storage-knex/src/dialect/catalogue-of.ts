import type { DatabaseRow } from './sql-value.js'
import type { Catalogue } from './dialect.js'

/** The catalogue of rows that each name a table and one of its columns, as `tableName` and `columnName`. */
export function catalogueOf(rows: readonly DatabaseRow[]): Catalogue {
  const catalogue = new Map<string, Set<string>>()
  for (const { tableName, columnName } of rows) {
    const columns = catalogue.get(String(tableName)) ?? new Set()
    catalogue.set(String(tableName), columns.add(String(columnName)))
  }
  return catalogue
}
