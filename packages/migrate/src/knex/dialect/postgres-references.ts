import { postgresSchema, TABLES, type TableDefinition, type TableName } from '@txkeep/storage-knex/schema'
import { newName, REBUILT_TABLES } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'

const { quote } = postgresSchema

/** Tables whose references wait until the swap: one to a live table would make a delete of the legacy application fail. */
const REFERRING: readonly TableName[] = [...REBUILT_TABLES, 'actions', 'tx_audit', 'sync_arrivals']

/** The definition of a table by the name it has before or after the swap. */
function definitionOf(table: string): TableDefinition | undefined {
  return Object.values(TABLES).find(({ name }) => name === table || newName(name) === table)
}

/** By the schema and not by the catalogue: before the swap nothing is declared. */
export async function brokenReferences(
  session: SqlSession,
  table: string,
): Promise<readonly { readonly parent: string; readonly rowid: number | null }[]> {
  const definition = definitionOf(table)
  if (definition === undefined) return []
  const nameOf = table === definition.name && table !== 'actions' ? (name: string) => name : newName
  const key = definition.columns.find(({ type }) => type === 'id')?.name
  const broken: { parent: string; rowid: number | null }[] = []
  for (const { column, table: parent, references } of definition.foreignKeys) {
    const rows = await session.all<{ rowid: number | null }>(
      `select ${key === undefined ? 'nullif(0, 0)' : `c.${quote(key)}`} as rowid from ${quote(table)} c
       left join ${quote(nameOf(parent))} p on p.${quote(references)} = c.${quote(column)}
       where c.${quote(column)} is not null and p.${quote(references)} is null limit 100`,
    )
    broken.push(...rows.map(({ rowid }) => ({ parent: nameOf(parent), rowid })))
  }
  return broken
}

/** Holds for rows that are written from now on; those that are there are looked at by `settleReferences`. */
export function declareReferences(): readonly string[] {
  return REFERRING.flatMap((table) =>
    TABLES[table].foreignKeys.map(
      ({ column, table: parent, references }) =>
        `alter table ${quote(table)} add foreign key (${quote(column)}) references ${quote(parent)} (${quote(references)}) not valid`,
    ),
  )
}

/** Those of our tables, by their names after the swap. */
export async function withdrawReferences(session: SqlSession): Promise<readonly string[]> {
  const declared = await referencesOf(session, 'true')
  return declared.map(({ table, name }) => `alter table ${table} drop constraint ${name}`)
}

/** Looks at every row of references that were declared without. Readers and writers go on. */
export async function settleReferences(session: SqlSession): Promise<void> {
  for (const { table, name } of await referencesOf(session, 'not k.convalidated'))
    await session.run(`alter table ${table} validate constraint ${name}`)
}

async function referencesOf(
  session: SqlSession,
  condition: string,
): Promise<readonly { readonly table: string; readonly name: string }[]> {
  return await session.all(
    `select quote_ident(current_schema()) || '.' || quote_ident(c.relname) as "table", quote_ident(k.conname) as name from pg_constraint k
     join pg_class c on c.oid = k.conrelid
     where k.contype = 'f' and ${condition} and c.relnamespace = (select oid from pg_namespace where nspname = current_schema())
       and c.relname = any (?::text[]) order by k.oid`,
    [`{${REFERRING.join(',')}}`],
  )
}
