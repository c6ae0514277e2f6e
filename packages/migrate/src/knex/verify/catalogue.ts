import type { SqlSession } from '../sql-session.js'

/** The tables of a database and the columns of each, as its own catalogue names them. */
export type Catalogue = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the catalogue of the open database; internal tables are left out. */
export async function readCatalogue(session: SqlSession): Promise<Catalogue> {
  const tables = new Map<string, Set<string>>()
  for (const { table, column } of await session.dialect.tableColumns(session)) {
    const columns = tables.get(table)
    if (columns === undefined) tables.set(table, new Set([column]))
    else columns.add(column)
  }
  return tables
}
