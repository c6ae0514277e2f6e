import { MIGRATIONS_TABLE } from '@txkeep/storage-knex/schema'
import { inTurns } from './in-turns.js'
import { onConflict } from './on-conflict.js'
import type { ReadingDialect } from './reading-dialect.js'
import type { SqlSession } from '../sql-session.js'

/** Postgres: temporary views stand before the tables of their name, and one key is written once per statement. */
export const postgresReadingDialect: ReadingDialect = {
  present: async (session) => void (await showThroughViews(session)),
  dropTemporaryTable: (name) => `drop table if exists pg_temp.${name}`,
  indexedAtCreation: () => '',
  temporaryIndex: (name, table, columns) => `CREATE INDEX ${name} ON ${table} (${columns})`,
  timestampType: 'text',
  inTurns,

  addRows: (table, select) => `insert into ${table} ${select} on conflict do nothing`,
  boundRows: (width, count) => {
    const row = `(${Array.from({ length: width }, () => '?').join(',')})`
    return `(VALUES ${Array.from({ length: count }, () => row).join(',')})`
  },
  mergeRows: onConflict,
  jsonString: (value) => `to_json(${value})::text`,
  noBytes: "''::bytea",
  isWholeNumber: (value) => `${value} is not null`,
  printable: (value) =>
    `case when ${value} collate "C" ~ '^[ -~]*$' then ${value} ` +
    `when ${value} is not null then '0x' || upper(encode(convert_to(${value}, 'UTF8'), 'hex')) end`,
  position: (text, part) => `strpos(${text}, ${part})`,
  jsonArrayOf: (value) => `json_build_array(${value})::text`,
  jsonArrayLength: (value) => `json_array_length(${value}::json)`,
  isJsonObject: (value) => `pg_temp.is_json_object(${value})`,
  isReadableMoment: (value) => `${value} is not null`,
  listedRows: (columns, rows) => ({
    sql: `(select ${columns.map(({ name, type }, index) => `(value->>${index})::${type === 'number' ? 'bigint' : 'text'} as ${name}`).join(', ')} from json_array_elements(?::json) as listed(value))`,
    bindings: [JSON.stringify(rows)],
  }),
  describeJournal: async () => undefined,
  placeOf: async () => 'server',
  // Nothing a view needs can be dropped or changed under it.
  brokenViews: async () => [],
  backupTools: 'pg_dump and pg_restore',
}

interface Column {
  readonly schema: string
  readonly table: string
  readonly column: string
  readonly type: string
}

/** Text that is no JSON fails a cast, and a failed statement ends a transaction: only a function can ask. */
const IS_JSON_OBJECT = `create or replace function pg_temp.is_json_object(value text) returns boolean language plpgsql as
  $$ begin return json_typeof(value::json) = 'object'; exception when others then return false; end $$`

/** Text that is JSON as it is, other text as a JSON string. */
const JSON_TEXT = `create or replace function pg_temp.json_text(value text) returns text language plpgsql as
  $$ begin perform value::json; return value; exception when others then return to_json(value)::text; end $$`

/** Only tables that have a flag or a moment need a view. It reads nothing by itself: the planner sees the table through it. */
export async function showThroughViews(session: SqlSession): Promise<readonly string[]> {
  const columns = await session.all<Column>(
    `select n.nspname as schema, c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = current_schema() and c.relkind in ('r', 'p') order by c.oid, a.attnum`,
  )
  await session.run(IS_JSON_OBJECT)
  await session.run(JSON_TEXT)
  const shown: string[] = []
  const tables = Map.groupBy(columns, ({ table }) => table)
  for (const [table, own] of tables) {
    // A view would keep a rollback from dropping it.
    if (table === MIGRATIONS_TABLE.name || !own.some(({ type }) => type in SHOWN)) continue
    const schema = own[0]?.schema ?? ''
    await session.run(
      `create or replace temp view ${quote(table)} as select ${own.map(shownColumn).join(', ')} from ${quote(schema)}.${quote(table)}`,
    )
    shown.push(table)
  }
  return shown
}

const SHOWN: Readonly<Record<string, (column: string) => string>> = {
  boolean: (column) => `${column}::int`,
  'timestamp with time zone': (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  'timestamp without time zone': (column) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
}

function shownColumn({ column, type }: Column): string {
  const show = SHOWN[type]
  return show === undefined ? quote(column) : `${show(quote(column))} as ${quote(column)}`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
