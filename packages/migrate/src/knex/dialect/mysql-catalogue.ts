import { mysqlSchema } from '@txkeep/storage-knex/schema'
import type { SqlSession } from '../sql-session.js'
import type { CatalogueObject, DeclaredReference } from './migration-dialect.js'

const { quote } = mysqlSchema
const HERE = 'table_schema = database()'

/** Tables with the references they declare, indexes, views and triggers of this database. */
export async function readCatalogue(session: SqlSession): Promise<readonly CatalogueObject[]> {
  // A query of its own: information_schema is not looked up in, it is made anew for every row that asks.
  const keys = await session.all<{ table: string; column: string; parent: string }>(
    `select table_name as "table", column_name as "column", referenced_table_name as "parent"
     from information_schema.key_column_usage where ${HERE} and referenced_table_name is not null order by constraint_name`,
  )
  const references = Map.groupBy(keys, ({ table }) => table)
  const objects = await session.all<CatalogueObject>(
    `select 'table' as "type", t.table_name as "name", t.table_name as "table", null as "sql"
     from information_schema.tables t where t.${HERE} and t.table_type = 'BASE TABLE'
     union all
     select 'index', s.index_name, s.table_name,
       concat(case when min(s.non_unique) = 0 then 'unique ' else '' end, '(', group_concat(s.column_name order by s.seq_in_index), ')')
     from information_schema.statistics s where s.${HERE} and s.index_name <> 'PRIMARY' group by s.table_name, s.index_name
     union all
     select 'view', v.table_name, v.table_name, v.view_definition from information_schema.views v where v.${HERE}
     union all
     select 'trigger', g.trigger_name, g.event_object_table, concat(lower(g.action_timing), ' ', lower(g.event_manipulation), ' on ',
       g.event_object_table, ' ', g.action_statement)
     from information_schema.triggers g where g.trigger_schema = database()`,
  )
  return objects.map((object) => {
    const own = object.type === 'table' ? references.get(object.name) : undefined
    return own === undefined
      ? object
      : { ...object, sql: own.map(({ column, parent }) => `foreign key (${column}) references ${parent}`).join('; ') }
  })
}

export async function columnsOf(
  session: SqlSession,
  table: string,
): Promise<readonly { readonly name: string; readonly nullable: number }[]> {
  return await session.all(
    `select column_name as "name", is_nullable = 'YES' as "nullable" from information_schema.columns
     where ${HERE} and table_name = ? order by ordinal_position`,
    [table],
  )
}

export async function tableColumns(
  session: SqlSession,
): Promise<readonly { readonly table: string; readonly column: string }[]> {
  return await session.all(
    `select c.table_name as "table", c.column_name as "column" from information_schema.columns c
     join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
     where c.${HERE} and t.table_type = 'BASE TABLE' order by c.table_name, c.ordinal_position`,
  )
}

export async function declaredReferences(session: SqlSession, table: string): Promise<readonly DeclaredReference[]> {
  return await session.all(
    `select column_name as "column", referenced_table_name as "parent", referenced_column_name as "references"
     from information_schema.key_column_usage where ${HERE} and table_name = ? and referenced_table_name is not null`,
    [table],
  )
}

export async function hasUniqueIndex(session: SqlSession, table: string, columns: readonly string[]): Promise<boolean> {
  const parts = await session.all<{ index: string; column: string }>(
    `select index_name as "index", column_name as "column" from information_schema.statistics
     where ${HERE} and table_name = ? and non_unique = 0`,
    [table],
  )
  const indexes = [...Map.groupBy(parts, ({ index }) => index).values()]
  return indexes.some((index) => index.every(({ column }) => columns.includes(column)))
}

export async function databaseBytes(session: SqlSession): Promise<number> {
  const row = await session.get<{ bytes: number | null }>(
    `select sum(data_length + index_length) as "bytes" from information_schema.tables where ${HERE}`,
  )
  return Number(row?.bytes ?? 0)
}

export async function readSequence(session: SqlSession, table: string, column: string): Promise<number> {
  const row = await session.get<{ highest: number }>(
    `select greatest(coalesce((select max(${quote(column)}) from ${quote(table)}), 0),
       coalesce((select auto_increment - 1 from information_schema.tables where ${HERE} and table_name = ?), 0)) as "highest"`,
    [table],
  )
  return Number(row?.highest ?? 0)
}

/** Commits by itself. A number below what the table has is ignored by the server. */
export async function raiseSequence(
  session: SqlSession,
  table: string,
  column: string,
  atLeast: number,
): Promise<void> {
  const last = Math.max(atLeast, await readSequence(session, table, column))
  if (last > 0) await session.run(`alter table ${quote(table)} auto_increment = ${last + 1}`)
}

/** Even on few rows: which index the server takes, and whether it sorts what the index gave it. */
export async function plannedIndex(session: SqlSession, select: string): Promise<string> {
  const [line] = await session.all<{ key: string | null; Extra: string | null }>(`explain ${select}`)
  const index = line?.key ?? 'no index'
  return line?.Extra?.includes('filesort') === true ? `${index}, then sorts` : index
}

/** Other engines refuse a rename because of what is in the schema; here only a lock or a right can be missing. */
export async function assertRenamable(session: SqlSession, table: string): Promise<void> {
  const trial = `${table}_trial`
  await session.run(`rename table ${quote(table)} to ${quote(trial)}`)
  await session.run(`rename table ${quote(trial)} to ${quote(table)}`)
}
