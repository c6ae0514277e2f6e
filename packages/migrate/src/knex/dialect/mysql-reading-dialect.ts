import type { SqlSession } from '../sql-session.js'
import { inTurns } from './in-turns.js'
import type { ReadingDialect, RowMerge } from './reading-dialect.js'

/** MySQL and MariaDB: flags are numbers there anyway, and a moment compares as a moment. */
export const mysqlReadingDialect: ReadingDialect = {
  present: async () => undefined,
  dropTemporaryTable: (name) => `drop temporary table if exists ${name}`,
  temporaryIndex: () => undefined,
  indexedAtCreation: (columns) => `, index (${columns})`,
  timestampType: 'datetime(3)',
  inTurns,

  addRows: (table, select) => `insert ignore into ${table} ${select}`,
  boundRows: (width, count) => {
    const first = Array.from({ length: width }, (_, index) => `? as column${index + 1}`).join(', ')
    const row = Array.from({ length: width }, () => '?').join(', ')
    return `(select ${[first, ...Array.from({ length: count - 1 }, () => row)].join(' union all select ')})`
  },
  mergeRows,
  jsonString: (value) => `json_quote(${value})`,
  noBytes: "x''",
  isWholeNumber: (value) => `${value} is not null`,
  printable: (value) =>
    `case when ${value} regexp '^[ -~]*$' then ${value} when ${value} is not null then concat('0x', hex(${value})) end`,
  position: (text, part) => `locate(${part}, ${text})`,
  jsonArrayOf: (value) => `json_array(${value})`,
  jsonArrayLength: (value) => `json_length(${value})`,
  isJsonObject: (value) => `(json_valid(${value}) and json_type(${value}) = 'OBJECT')`,
  isReadableMoment: (value) => `${value} is not null`,
  listedRows: (columns, rows) => ({
    sql: `(select * from json_table(?, '$[*]' columns (${columns
      .map(({ name, type }, index) => `${name} ${type === 'number' ? 'bigint' : 'varchar(300)'} path '$[${index}]'`)
      .join(', ')})) as listed_json)`,
    bindings: [JSON.stringify(rows)],
  }),
  describeJournal: async () => undefined,
  placeOf: async () => 'server',
  brokenViews,
  backupTools: 'mariadb-dump (or mysqldump)',
}

/** First the rows that are there, then those that are not: a merge in one statement would see its own assignments. */
function mergeRows({ into, key, columns, select, order, set, when }: RowMerge): readonly string[] {
  const names = `select ${columns.map((column) => `null as ${column}`).join(', ')} where false`
  const rows = `(${names} union all ${select})`
  const sets = Object.entries(set).map(([column, value]) => `${into}.${column} = ${value}`)
  return [
    `update ${into} join ${rows} as excluded on excluded.${key} = ${into}.${key} set ${sets.join(', ')}${when === undefined ? '' : ` where ${when}`}`,
    `insert into ${into} (${columns.join(', ')}) ${select} and not exists (
       select 1 from ${into} as present where present.${key} = ${keyValue(select)}) order by ${order}`,
  ]
}

/** The first value of a `SELECT`, which is the key. */
function keyValue(select: string): string {
  return /^\s*SELECT\s+(\S+?),/i.exec(select)?.[1] ?? ''
}

async function brokenViews(session: SqlSession): Promise<readonly string[]> {
  const broken: string[] = []
  for (const { type, name } of await session.dialect.readCatalogue(session)) {
    if (type !== 'view') continue
    try {
      await session.all(`select * from "${name.replaceAll('"', '""')}" limit 0`)
    } catch {
      broken.push(name)
    }
  }
  return broken
}
