import { LEGACY_FENCE_SENTENCE, sqliteSchema } from '@txkeep/storage-knex/schema'
import type { SqlSession } from '../sql-session.js'
import type {
  CaptureKeys,
  CatalogueObject,
  DeclaredReference,
  MigrationDialect,
  NamedStatement,
} from './migration-dialect.js'
import { overwriteOnConflict } from './on-conflict.js'
import { ROLLED_BACK_SENTENCE } from './rolled-back-sentence.js'
import { sqliteReadingDialect } from './sqlite-reading-dialect.js'
import { allowSchemaWrites, openSqliteMigrationSession, withSmallCache } from './sqlite-migration-session.js'

const quote = sqliteSchema.quote

/** SQLite through better-sqlite3: DDL is part of a transaction, one writer at a time. */
export const sqliteMigrationDialect: MigrationDialect = {
  name: 'SQLite',
  schema: sqliteSchema,
  reading: sqliteReadingDialect,
  openSession: async (knex, options) => await openSqliteMigrationSession(knex, sqliteMigrationDialect, options),

  nowMs: "cast(round(unixepoch('subsec') * 1000) as integer)",
  now: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
  timestamp,
  isStoredTimestamp,
  jsonText: (value) =>
    `case when json_valid(${value}) and instr(${value}, char(0)) = 0 then ${value} else json_quote(cast(${value} as text)) end`,
  jsonNumber: (column, key) => `json_extract(${column}, '$.${key}')`,
  jsonObject: (values) =>
    `json_object(${Object.entries(values)
      .map(([name, value]) => `'${name}', case when typeof(${value}) = 'blob' then hex(${value}) else ${value} end`)
      .join(', ')})`,
  differs: (one, other) => `${one} is not ${other}`,
  number: (value) => `${value} + 0`,
  stored: (_column, value) => value,
  newNumber: () => 'null',
  least: (...values) => (values.length === 1 ? String(values[0]) : `min(${values.join(', ')})`),
  greatest: (...values) => (values.length === 1 ? String(values[0]) : `max(${values.join(', ')})`),
  rowText: (values) =>
    `json_array(${values.map((value) => `iif(typeof(${value}) = 'blob', char(0) || hex(${value}), ${value})`).join(', ')})`,
  bytesOrLength: (value, most) => `case when length(${value}) > ${most} then length(${value}) else ${value} end`,
  text: (value) => `cast(${value} as text)`,
  joinInOrder: 'cross join',
  orderAgain: () => '',
  show: async () => undefined,
  hide: async () => undefined,
  insertedAtOnce: { rows: 64, restTogether: false },
  takesManyStatements: false,
  overwrite: overwriteOnConflict,
  emptyTemporaryTables: (names) => names.map((name) => `delete from ${name}`),
  createTemporaryTable: (name, columns) => `create temp table if not exists ${name} (${columns})`,
  organizeByKey: (createTable) => `${createTable} without rowid`,
  makeIndexes: async (session, statements) => {
    if (statements.length === 0) return
    await withSmallCache(session, async () => {
      for (const { sql } of statements) await session.run(sql)
    })
  },
  renameTable: (from, to) => `alter table ${quote(from)} rename to ${quote(to)}`,
  captureTriggers,
  fenceTriggers: (table, prefix) => sentenceTriggers(table, prefix, LEGACY_FENCE_SENTENCE),
  retirementTriggers: (table, prefix) => sentenceTriggers(table, prefix, ROLLED_BACK_SENTENCE),
  dropTrigger: (name) => `drop trigger if exists ${quote(name)}`,
  readSequence,
  raiseSequence,
  findDamage: async (session) => {
    const rows = await session.all<{ integrity_check: string }>('pragma integrity_check(20)')
    return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok')
  },
  plannedIndex: async (session, select) => {
    const plan = await session.all<{ detail: string }>(`explain query plan ${select}`)
    const text = plan.map(({ detail }) => detail).join('; ')
    const index = /USING (?:COVERING )?INDEX (\w+)/.exec(text)?.[1] ?? 'no index'
    return text.includes('TEMP B-TREE') ? `${index}, then sorts` : index
  },
  brokenReferences: async (session, table) =>
    await withSmallCache(session, () => session.all(`select parent, rowid from pragma_foreign_key_check('${table}')`)),
  beforeSwap: async (session) => void (await session.all('pragma wal_checkpoint(passive)')),
  // BEGIN IMMEDIATE has done it.
  lockForSwap: async () => undefined,
  schemaCommitsItself: false,
  swaps: true,
  swapPatienceMs: 0,
  declareReferences: () => [],
  withdrawReferences: async () => [],
  settleReferences: async () => undefined,
  tableItself: async (_session, table) => quote(table),
  giveBackSpace: async (session) => void (await session.run('vacuum')),
  rewriteSchemaText,
  readCatalogue,
  columnNames,
  tableColumns,
  declaredReferences,
  databaseBytes,
  nullableColumns,
  hasUniqueIndex,
  assertRenamable,
}

const USUAL_TIMESTAMP = 'dddd-dd-ddTdd:dd:dd.dddZ'.replaceAll('d', '[0-9]')

/**
 * The usual form is passed through; SQL text, other offsets and epoch milliseconds are converted. Text that does not start
 * with a date is refused, because SQLite also reads times of day, `now` and day numbers.
 */
function timestamp(value: string): string {
  const format = "'%Y-%m-%dT%H:%M:%fZ'"
  return (
    `case when ${value} glob '${USUAL_TIMESTAMP}' then ${value} ` +
    `when typeof(${value}) = 'text' then case when ${value} glob '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' then strftime(${format}, ${value}) end ` +
    `when typeof(${value}) <> 'blob' then strftime(${format}, ${value} / 1000.0, 'unixepoch') end`
  )
}

function captureTriggers(
  { table, key1, key2, unique }: CaptureKeys,
  prefix: string,
  outbox: string,
): readonly NamedStatement[] {
  const keysOf = (row: string): string =>
    `${row}.${quote(key1)}, ${key2 === undefined ? 'null' : `${row}.${quote(key2)}`}`
  const append = (row: string): string =>
    `insert into ${quote(outbox)} (table_name, key1, key2) values ('${table}', ${keysOf(row)});`
  const changed = [key1, ...(key2 === undefined ? [] : [key2])]
    .map((column) => `old.${quote(column)} is not new.${quote(column)}`)
    .join(' or ')
  const trigger = (event: string, name: string, body: string, when = ''): NamedStatement => ({
    name: `${prefix}_${table}_${name}`,
    sql: `create trigger ${quote(`${prefix}_${table}_${name}`)} after ${event} on ${quote(table)} for each row ${when}begin ${body} end`,
  })
  return [
    trigger('insert', 'insert', append('new')),
    trigger('update', 'update', append('new')),
    trigger('update', 'rekey', append('old'), `when ${changed} `),
    trigger('delete', 'delete', append('old')),
    ...(unique === undefined ? [] : replaceTriggers({ table, key1, key2, unique }, prefix, outbox, keysOf('x'))),
  ]
}

/**
 * `INSERT OR REPLACE` and `UPDATE OR REPLACE` remove the rows in their way without firing delete triggers, so what they are
 * about to remove is written down first. Two look-ups in unique indexes.
 */
function replaceTriggers(
  { table, key1, unique }: CaptureKeys & { readonly unique: readonly string[] },
  prefix: string,
  outbox: string,
  keys: string,
): readonly NamedStatement[] {
  const sameKey = `x.${quote(key1)} = new.${quote(key1)}`
  const sameUnique = unique.map((column) => `x.${quote(column)} = new.${quote(column)}`).join(' and ')
  const capture = (condition: string): string =>
    `insert into ${quote(outbox)} (table_name, key1, key2) select '${table}', ${keys} from ${quote(table)} x where ${condition};`
  const columns = [key1, ...unique].map(quote).join(', ')
  const trigger = (name: string, event: string, condition: string): NamedStatement => ({
    name: `${prefix}_${table}_${name}`,
    sql: `create trigger ${quote(`${prefix}_${table}_${name}`)} before ${event} on ${quote(table)} for each row begin ${capture(condition)} end`,
  })
  return [
    trigger('replace', 'insert', `${sameKey} or (${sameUnique})`),
    trigger(
      'displace',
      `update of ${columns}`,
      `(${sameKey} or (${sameUnique})) and x.${quote(key1)} <> old.${quote(key1)}`,
    ),
  ]
}

/**
 * Never fires, but must compile: preparing a write needs every function in it, and SQLite names the missing one in its error.
 * Connections that may write have a function by the name of the sentence, so it costs them nothing.
 */
function sentenceTriggers(table: string, prefix: string, sentence: string): readonly NamedStatement[] {
  return ['insert', 'update', 'delete'].map((event) => ({
    name: `${prefix}_${table}_${event}`,
    sql:
      `create trigger ${quote(`${prefix}_${table}_${event}`)} before ${event} on ${quote(table)} when 0 ` +
      `begin select ${quote(sentence)}(); end`,
  }))
}

async function readCatalogue(session: SqlSession): Promise<readonly CatalogueObject[]> {
  return await session.all<CatalogueObject>(
    `select type, name, tbl_name as "table", sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\'`,
  )
}

async function columnNames(session: SqlSession, table: string): Promise<readonly string[]> {
  const rows = await session.all<{ name: string }>('select name from pragma_table_info(?)', [table])
  return rows.map(({ name }) => name)
}

async function tableColumns(
  session: SqlSession,
): Promise<readonly { readonly table: string; readonly column: string }[]> {
  return await session.all(
    `select m.name as "table", c.name as "column" from sqlite_schema m, pragma_table_info(m.name) c
     where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'`,
  )
}

async function declaredReferences(session: SqlSession, table: string): Promise<readonly DeclaredReference[]> {
  return await session.all(
    'select "from" as "column", "table" as parent, "to" as "references" from pragma_foreign_key_list(?)',
    [table],
  )
}

async function databaseBytes(session: SqlSession): Promise<number> {
  const row = await session.get<{ bytes: number }>(
    'select page_count * page_size as bytes from pragma_page_count, pragma_page_size',
  )
  return row?.bytes ?? 0
}

async function nullableColumns(session: SqlSession, table: string): Promise<readonly string[]> {
  const rows = await session.all<{ name: string }>('select name from pragma_table_info(?) where "notnull" = 0', [table])
  return rows.map(({ name }) => name)
}

async function hasUniqueIndex(session: SqlSession, table: string, columns: readonly string[]): Promise<boolean> {
  const indexes = await session.all<{ name: string }>(
    'select name from pragma_index_list(?) where "unique" = 1 and partial = 0',
    [table],
  )
  for (const { name } of indexes) {
    const rows = await session.all<{ name: string | null }>('select name from pragma_index_info(?)', [name])
    if (rows.every((row) => row.name !== null && columns.includes(row.name))) return true
  }
  return false
}

/** A rename reads the whole schema again and fails on whatever in it is broken. */
async function assertRenamable(session: SqlSession, table: string): Promise<void> {
  const trial = `${table}_trial`
  await session.run(`alter table ${quote(table)} rename to ${quote(trial)}`)
  await session.run(`alter table ${quote(trial)} rename to ${quote(table)}`)
}

async function readSequence(session: SqlSession, table: string, column: string): Promise<number> {
  const row = await session.get<{ highest: number | null }>(
    `select max(coalesce((select seq from sqlite_sequence where name = ?), 0), coalesce(max(${quote(column)}), 0)) as highest from ${quote(table)}`,
    [table],
  )
  return row?.highest ?? 0
}

/** A table that never held a row has no line in sqlite_sequence, and an UPDATE alone would change nothing. */
async function raiseSequence(session: SqlSession, table: string, _column: string, atLeast: number): Promise<void> {
  const { changes } = await session.run(
    'update sqlite_sequence set seq = max(seq, cast(? as integer)) where name = ?',
    [atLeast, table],
  )
  if (changes === 0)
    await session.run('insert into sqlite_sequence (name, seq) values (?, cast(? as integer))', [table, atLeast])
}

/** Only the text changes, never what it means; the renames before it in the same transaction make every connection read it again. */
async function rewriteSchemaText(session: SqlSession, objects: readonly CatalogueObject[]): Promise<void> {
  await allowSchemaWrites(session, async () => {
    for (const { type, name, sql } of objects) {
      await session.run('update sqlite_schema set sql = ? where type = ? and name = ?', [sql, type, name])
    }
  })
}

function isStoredTimestamp(value: string): string {
  return `${value} glob '${USUAL_TIMESTAMP}'`
}
