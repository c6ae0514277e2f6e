import { SCHEMA_VERSION } from '@txkeep/core'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { MIGRATIONS, TABLES, createSchemaStatements, createTableStatements, sqliteSchema } from '../src/schema/index.js'

/** Index names of the legacy schema on tables that a migration rebuilds: both stand side by side for a while. */
const LEGACY_INDEX_NAMES = [
  'transactions_reference_unique',
  'transactions_status_index',
  'transactions_txid_index',
  'outputs_transactionid_vout_userid_unique',
  'outputs_spendable_index',
  'idx_outputs_user_spendable_outputid',
  'idx_outputs_user_basket_spendable_outputid',
  'idx_outputs_user_basket_spendable_satoshis',
  'idx_outputs_spentby',
  'commissions_transactionid_unique',
  'commissions_transactionid_index',
  'tx_labels_map_txlabelid_transactionid_unique',
  'tx_labels_map_transactionid_index',
  'idx_tx_labels_map_tx_deleted',
  'output_tags_map_outputtagid_outputid_unique',
  'output_tags_map_outputid_index',
  'idx_output_tags_map_output_deleted_tag',
]

const tables = Object.values(TABLES)

function newStore(): Database.Database {
  const database = new Database(':memory:')
  for (const statement of createSchemaStatements(sqliteSchema)) database.exec(statement)
  return database
}

describe('the schema', () => {
  test('is the one in the committed snapshot', async () => {
    const statements = newStore()
      .prepare<[], { sql: string }>("select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'")
      .all()
    await expect(`${statements.map(({ sql }) => sql).join(';\n\n')};\n`).toMatchFileSnapshot('schema/sqlite.sql')
  })

  test('ends with the version core expects', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
    expect(MIGRATIONS.at(-1)?.version).toBe(SCHEMA_VERSION)
  })

  test('has no index name twice, and on rebuilt and new tables none of the legacy schema', () => {
    const names = tables.flatMap((table) => [...table.uniqueKeys, ...table.indexes].map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => LEGACY_INDEX_NAMES.includes(name))).toEqual([])
  })

  test('names only columns and tables it has', () => {
    for (const table of tables) {
      const columns = table.columns.map(({ name }) => name)
      const named = [
        ...[...table.uniqueKeys, ...table.indexes].flatMap((index) => index.columns),
        ...(table.primaryKey ?? []),
        ...table.foreignKeys.map(({ column }) => column),
        ...table.checks.flatMap((check) => (check.kind === 'in' ? [check.column] : [check.column, check.notNull])),
      ]
      expect(columns, table.name).toEqual(expect.arrayContaining(named))
      for (const { table: parent } of table.foreignKeys) expect(Object.keys(TABLES)).toContain(parent)
    }
  })

  test('stands beside itself under other names, and renames into place', () => {
    const database = newStore()
    const nameOf = (table: string): string => `${table}_old`
    for (const index of [
      'txk_actions_reference',
      'txk_actions_user_transaction',
      'txk_actions_transaction',
      'txk_actions_user',
    ])
      database.exec(`drop index ${index}`)
    for (const statement of createTableStatements(sqliteSchema, TABLES.actions, { nameOf })) database.exec(statement)
    const parents = database
      .prepare<[], { table: string }>('select "table" from pragma_foreign_key_list(\'actions_old\')')
      .all()
    expect(parents.map((parent) => parent.table).sort()).toEqual(['transactions_old', 'users_old'])
  })

  test('makes a table without references or indexes when asked', () => {
    const [table, ...indexes] = createTableStatements(sqliteSchema, TABLES.outputs, {
      foreignKeys: false,
      indexes: false,
    })
    expect(table).not.toContain('references')
    expect(indexes).toEqual([])
  })
})

describe('the engine refuses', () => {
  const insert = "insert into transactions (txid, processing, merkle_path) values ('a', ?, ?)"

  test.each(['unconfirmed', 'confirmed'])('a transaction that is %s without a merkle path', (processing) => {
    expect(() => newStore().prepare(insert).run(processing, null)).toThrow(/txk_transactions_proof/)
    expect(newStore().prepare(insert).run(processing, new Uint8Array(1)).changes).toBe(1)
  })

  test('a processing status nobody knows', () => {
    expect(() => newStore().prepare(insert).run('lost', null)).toThrow(/txk_transactions_processing/)
  })

  test('a second chain tip', () => {
    expect(() => newStore().exec('insert into chain_tip (id, height) values (2, 5)')).toThrow(/txk_chain_tip_single/)
  })
})
