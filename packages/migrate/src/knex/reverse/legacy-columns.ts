import { keptName, LEGACY_TABLES, type LegacyTable } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'

/** Which columns the kept legacy tables have, and which of them may be null. */
export interface LegacyColumns {
  has(table: LegacyTable, column: string): boolean
  isNullable(table: LegacyTable, column: string): boolean
}

/** After the swap. Read once per run: nobody changes the kept tables' columns. */
export async function readLegacyColumns(session: SqlSession): Promise<LegacyColumns> {
  const columns = new Set<string>()
  const nullable = new Set<string>()
  for (const table of LEGACY_TABLES) {
    for (const column of await session.dialect.columnNames(session, keptName(table))) columns.add(`${table}.${column}`)
    for (const column of await session.dialect.nullableColumns(session, keptName(table)))
      nullable.add(`${table}.${column}`)
  }
  return {
    has: (table, column) => columns.has(`${table}.${column}`),
    isNullable: (table, column) => nullable.has(`${table}.${column}`),
  }
}
