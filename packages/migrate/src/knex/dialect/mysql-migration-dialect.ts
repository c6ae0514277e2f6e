import { SESSION_MARKER_VARIABLE } from '@txkeep/storage-knex'
import { LEGACY_FENCE_SENTENCE, mysqlSchema } from '@txkeep/storage-knex/schema'
import { kindOfColumn } from '../schema/column-kinds.js'
import type { MigrationDialect, RowOverwrite } from './migration-dialect.js'
import {
  assertRenamable,
  columnsOf,
  databaseBytes,
  declaredReferences,
  hasUniqueIndex,
  plannedIndex,
  raiseSequence,
  readCatalogue,
  readSequence,
  tableColumns,
} from './mysql-catalogue.js'
import { MIGRATOR_MARKER_VARIABLE, openMysqlMigrationSession } from './mysql-migration-session.js'
import { mysqlReadingDialect } from './mysql-reading-dialect.js'
import { mysqlCaptureTriggers, mysqlRefusalTriggers } from './mysql-triggers.js'
import { ROLLED_BACK_SENTENCE } from './rolled-back-sentence.js'

const { quote } = mysqlSchema

/** MariaDB 10.6 and later through `mysql2`. What changes the schema commits by itself there. */
export const mysqlMigrationDialect: MigrationDialect = {
  name: 'MariaDB',
  schema: mysqlSchema,
  reading: mysqlReadingDialect,
  openSession: async (knex, options) => await openMysqlMigrationSession(knex, mysqlMigrationDialect, options),

  nowMs: 'cast(unix_timestamp(sysdate(3)) * 1000 as signed)',
  now: 'utc_timestamp(3)',
  timestamp: (value) => value,
  isStoredTimestamp: (value) => `${value} is not null`,
  jsonText: (value) => `case when json_valid(${value}) then ${value} else json_quote(${value}) end`,
  jsonNumber: (column, key) => `cast(nullif(json_value(${column}, '$.${key}'), 'null') as signed)`,
  jsonObject: (values) =>
    `json_object(${Object.entries(values)
      .map(([name, value]) => `'${name}', ${BYTES.has(name) ? `hex(${value})` : value}`)
      .join(', ')})`,
  differs: (one, other) => `not (${one} <=> ${other})`,
  number: (value) => `case when ${value} regexp '^-?[0-9]+$' then cast(${value} as signed) end`,
  stored: (column, value) =>
    kindOfColumn(column) === 'moment'
      ? `cast(replace(replace(${value}, 'T', ' '), 'Z', '') as datetime(3))`
      : `(${value})`,
  newNumber: () => 'null',
  least: (...values) => (values.length === 1 ? String(values[0]) : `least(${values.join(', ')})`),
  greatest: (...values) => (values.length === 1 ? String(values[0]) : `greatest(${values.join(', ')})`),
  rowText: (values) =>
    `concat_ws(',', ${values.map((value) => `coalesce(hex(cast(${value} as binary)), '-')`).join(', ')})`,
  bytesOrLength: (value, most) => `case when length(${value}) > ${most} then length(${value}) else ${value} end`,
  text: (value) => `cast(${value} as char)`,
  joinInOrder: 'straight_join',
  orderAgain: (column) => `order by ${column}`,
  show: async () => undefined,
  hide: async () => undefined,
  insertedAtOnce: { rows: 500, restTogether: true },
  takesManyStatements: false,
  overwrite,
  emptyTemporaryTables: (names) => names.map((name) => `delete from ${name}`),
  createTemporaryTable: (name, columns) =>
    `create temporary table if not exists ${name} (${temporaryColumns(columns)}) engine=Aria transactional=0`,
  organizeByKey: (createTable) => createTable,
  makeIndexes: async (session, statements) => {
    for (const { sql } of statements) await session.run(sql)
  },
  renameTable: (from, to) => `rename table ${quote(from)} to ${quote(to)}`,
  captureTriggers: mysqlCaptureTriggers,
  fenceTriggers: (table, prefix) =>
    mysqlRefusalTriggers(table, prefix, { marker: SESSION_MARKER_VARIABLE, sentence: LEGACY_FENCE_SENTENCE }),
  retirementTriggers: (table, prefix) =>
    mysqlRefusalTriggers(table, prefix, { marker: MIGRATOR_MARKER_VARIABLE, sentence: ROLLED_BACK_SENTENCE }),
  dropTrigger: (name) => `drop trigger if exists ${quote(name)}`,
  readSequence,
  raiseSequence,
  findDamage: async () => undefined,
  plannedIndex,
  brokenReferences: async () => [],
  beforeSwap: async () => undefined,
  lockForSwap: async () => undefined,
  schemaCommitsItself: true,
  swaps: false,
  swapPatienceMs: 0,
  declareReferences: () => [],
  withdrawReferences: async () => [],
  settleReferences: async () => undefined,
  tableItself: async (_session, table) => quote(table),
  // InnoDB gives it back with the table's file.
  giveBackSpace: async () => undefined,
  rewriteSchemaText: undefined,
  readCatalogue,
  columnNames: async (session, table) => (await columnsOf(session, table)).map(({ name }) => name),
  tableColumns,
  declaredReferences,
  databaseBytes,
  nullableColumns: async (session, table) =>
    (await columnsOf(session, table)).filter(({ nullable }) => nullable === 1).map(({ name }) => name),
  hasUniqueIndex,
  assertRenamable,
}

/** Columns JSON cannot hold as they are. */
const BYTES: ReadonlySet<string> = new Set(['lockingScript', 'rawTx', 'inputBEEF', 'merklePath'])

/**
 * A txid compares as the legacy tables compare it, because their indexes are used: they have the database's collation. Every other text
 * is its own bytes.
 */
function temporaryColumns(columns: string): string {
  const exact = 'character set utf8mb4 collate utf8mb4_nopad_bin'
  return (
    columns
      .replaceAll(/\bINTEGER PRIMARY KEY\b/gi, 'bigint auto_increment primary key')
      .replaceAll(/\bINTEGER\b/gi, 'bigint')
      // As long as a key may be.
      .replaceAll(/\bTEXT\b/gi, 'varchar(500)')
      .replaceAll(/\b(?<name>\w+) (?<type>varchar\(\d+\))/gi, (text: string, name: string) =>
        name.toLowerCase() === 'txid' ? text : `${text} ${exact}`,
      )
  )
}

/**
 * Rows that are in the way go first: a second unique key would make a merge change another row than the one meant.
 * New rows are numbered in any order.
 */
function overwrite({ table, key, columns, select, kept = [] }: RowOverwrite): readonly string[] {
  const put = `txk_put_${table}`
  const names = columns.map(quote).join(', ')
  const keep = kept
    .filter((column) => column !== key)
    .map((column) => `${put}.${quote(column)} = ${table}.${quote(column)}`)
  return [
    `drop temporary table if exists ${put}`,
    `create temporary table ${put} as select ${names} from ${table} where false union all ${select}`,
    ...(keep.length === 0
      ? []
      : [`update ${put} join ${table} on ${table}.${quote(key)} = ${put}.${quote(key)} set ${keep.join(', ')}`]),
    `delete from ${table} where ${quote(key)} in (select ${put}.${quote(key)} from ${put})`,
    `insert into ${table} (${names}) select ${names} from ${put}`,
  ]
}
