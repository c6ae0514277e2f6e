import type { SqlSession } from '../sql-session.js'

/** The tables of a database and the columns of each, as its own catalogue names them. */
export type Catalogue = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the catalogue of the open database; internal tables are left out. */
export async function readCatalogue(session: SqlSession): Promise<Catalogue> {
  const rows = await session.all<{ tableName: string; columnName: string }>(
    `SELECT m.name AS tableName, c.name AS columnName
       FROM sqlite_master m, pragma_table_info(m.name) c
      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  )
  const tables = new Map<string, Set<string>>()
  for (const { tableName, columnName } of rows) {
    const columns = tables.get(tableName)
    if (columns === undefined) tables.set(tableName, new Set([columnName]))
    else columns.add(columnName)
  }
  return tables
}
