import type { EngineName, TestDatabase } from '@txkeep/test-engines'
import BetterSqlite3, { type Database } from 'better-sqlite3'

/** How a server says which columns its tables have. */
const COLUMNS: Readonly<Record<Exclude<EngineName, 'SQLite'>, string>> = {
  Postgres: `select table_name as "table", column_name as "column", data_type as "type" from information_schema.columns
    where table_schema = current_schema() and table_name in (select relname from pg_class where relkind = 'r') order by ordinal_position`,
  MySQL: `select table_name as \`table\`, column_name as \`column\`, column_type as \`type\` from information_schema.columns
    where table_schema = database() order by ordinal_position`,
}

/** Columns that hold JSON this program wrote: engines put spaces in it. */
const OWN_JSON: ReadonlySet<string> = new Set(['original_json', 'state_json'])

/**
 * Every row of a server's database in an SQLite database in memory, as the same wallet on SQLite would hold it: flags as 0 and 1, moments
 * as text. What compares wallets on SQLite compares these.
 */
export async function mirrorServer(engine: Exclude<EngineName, 'SQLite'>, database: TestDatabase): Promise<Database> {
  const columns = (await database.query(COLUMNS[engine])) as unknown as readonly Column[]
  const mirror = new BetterSqlite3(':memory:')
  const quote = engine === 'MySQL' ? '`' : '"'
  for (const [table, own] of Map.groupBy(columns, (column) => column.table)) {
    mirror.exec(`create table "${table}" (${own.map(({ column }) => `"${column}"`).join(', ')})`)
    const insert = mirror.prepare(`insert into "${table}" values (${own.map(() => '?').join(', ')})`)
    const rows = await database.query(`select ${selected(engine, own, quote)} from ${quote}${table}${quote}`)
    mirror.transaction(() => {
      for (const row of rows) insert.run(own.map((column) => valueOf(column, row[column.column])))
    })()
  }
  return mirror
}

interface Column {
  readonly table: string
  readonly column: string
  readonly type: string
}

/** MySQL would hand moments over in whatever time zone the test runs. */
function selected(engine: string, columns: readonly Column[], quote: string): string {
  return columns
    .map(({ column, type }) => {
      const name = `${quote}${column}${quote}`
      return engine === 'MySQL' && /^(datetime|timestamp)/.test(type)
        ? `concat(left(date_format(${name}, '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z') as ${name}`
        : name
    })
    .join(', ')
}

function valueOf({ column, type }: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'boolean') return Number(value)
  if (/^(bigint|integer|int|smallint|tinyint)/.test(type)) return Number(value)
  if (OWN_JSON.has(column) && typeof value === 'string') return JSON.stringify(JSON.parse(value))
  return value
}
