import type { CatalogueObject } from '../dialect/migration-dialect.js'
import type { SqlSession } from '../sql-session.js'
import { LEGACY_TABLES } from '../schema/table-names.js'

const KEPT = 'schema'

/** Inside the swap: keeps how the legacy tables and their indexes are written down, because a rename rewrites it. */
export async function keepSchemaText(session: SqlSession): Promise<void> {
  if (session.dialect.rewriteSchemaText === undefined) return
  for (const { type, name, sql } of await legacyObjects(session)) {
    await session.run('insert into migration_keep (table_name, key, state_json) values (?, ?, ?)', [
      KEPT,
      `${type} ${name}`,
      JSON.stringify(sql),
    ])
  }
}

/** Inside a rollback, when the names are back: writes it down as it was. Only how names are quoted can differ. */
export async function restoreSchemaText(session: SqlSession): Promise<void> {
  const rewrite = session.dialect.rewriteSchemaText
  if (rewrite === undefined) return
  const kept = await session.all<{ key: string; state: string }>(
    'select key, state_json as state from migration_keep where table_name = ?',
    [KEPT],
  )
  const original = new Map(kept.map(({ key, state }) => [key, JSON.parse(state) as string | null]))
  const requoted: CatalogueObject[] = []
  for (const object of await legacyObjects(session)) {
    const sql = original.get(`${object.type} ${object.name}`)
    if (typeof sql === 'string' && sql !== object.sql && unquoted(sql) === unquoted(object.sql ?? ''))
      requoted.push({ ...object, sql })
  }
  if (requoted.length > 0) await rewrite(session, requoted)
  await session.run('delete from migration_keep where table_name = ?', [KEPT])
}

async function legacyObjects(session: SqlSession): Promise<CatalogueObject[]> {
  const tables: ReadonlySet<string> = new Set(LEGACY_TABLES)
  const catalogue = await session.dialect.readCatalogue(session)
  return catalogue.filter(({ type, table }) => (type === 'table' || type === 'index') && tables.has(table))
}

function unquoted(sql: string): string {
  return sql.replaceAll(/[`"[\]]/g, '')
}
