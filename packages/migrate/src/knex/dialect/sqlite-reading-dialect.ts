import { dirname } from 'node:path'
import { onConflict } from './on-conflict.js'
import type { ReadingDialect } from './reading-dialect.js'

/** SQLite shows rows as everything here expects them, and takes one key twice in one statement. */
export const sqliteReadingDialect: ReadingDialect = {
  present: async () => undefined,
  dropTemporaryTable: (name) => `DROP TABLE IF EXISTS temp.${name}`,
  indexedAtCreation: () => '',
  temporaryIndex: (name, table, columns) => `CREATE INDEX temp.${name} ON ${table} (${columns})`,
  timestampType: '',
  inTurns: async (session, { table }, statements) => {
    for (const sql of statements(table)) await session.run(sql)
  },

  addRows: (table, select) => `INSERT OR IGNORE INTO ${table} ${select}`,
  boundRows: (width, count) => {
    const row = `(${Array.from({ length: width }, () => '?').join(',')})`
    return `(VALUES ${Array.from({ length: count }, () => row).join(',')})`
  },
  mergeRows: onConflict,
  jsonString: (value) => `json_quote(CAST(${value} AS TEXT))`,
  noBytes: "x''",
  isWholeNumber: (value) => `typeof(${value}) = 'integer'`,
  printable: (value) =>
    `CASE WHEN typeof(${value}) = 'text' AND ${value} NOT GLOB '*[^ -~]*' AND instr(${value}, char(0)) = 0 THEN ${value} ` +
    `WHEN ${value} IS NOT NULL THEN '0x' || hex(${value}) END`,
  position: (text, part) => `instr(${text}, ${part})`,
  jsonArrayOf: (value) => `json_array(${value})`,
  jsonArrayLength: (value) => `json_array_length(${value})`,
  isJsonObject: (value) => `CASE WHEN json_valid(${value}) THEN json_type(${value}) = 'object' ELSE 0 END`,
  isReadableMoment: (value) =>
    `CASE typeof(${value}) WHEN 'text' THEN julianday(${value}) IS NOT NULL WHEN 'integer' THEN 1 WHEN 'real' THEN 1 ELSE 0 END`,
  listedRows: (columns, rows) => ({
    sql: `(SELECT ${columns.map(({ name }, index) => `json_extract(value, '$[${index}]') AS ${name}`).join(', ')} FROM json_each(?))`,
    bindings: [JSON.stringify(rows)],
  }),
  describeJournal: async (session) =>
    (await session.get<{ journal_mode: string }>('PRAGMA journal_mode'))?.journal_mode,
  placeOf: async (session) => {
    const list = await session.all<{ name: string; file: string }>('PRAGMA database_list')
    const file = list.find(({ name }) => name === 'main')?.file ?? ''
    return file === '' ? 'memory' : { folder: dirname(file) }
  },
  brokenViews: async (session) => {
    const broken: string[] = []
    for (const { type, name } of await session.dialect.readCatalogue(session)) {
      if (type !== 'view') continue
      try {
        await session.all(`SELECT * FROM "${name.replaceAll('"', '""')}" LIMIT 0`)
      } catch {
        broken.push(name)
      }
    }
    return broken
  },
  backupTools: undefined,
}
