import BetterSqlite3 from 'better-sqlite3'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  addAnomalies,
  copyLegacyDatabase,
  downgradeLegacySchema,
  LEGACY_MIGRATIONS,
  makeBulkLegacyDatabase,
} from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder()
const from = join(folder, 'wallet.sqlite')

beforeAll(async () => {
  await makeBulkLegacyDatabase({ file: from, transactions: 60, users: 2, seed: 5 })
})

function read<Row>(file: string, sql: string): Row[] {
  const database = new BetterSqlite3(file, { readonly: true })
  try {
    return database.prepare(sql).all() as Row[]
  } finally {
    database.close()
  }
}

await describeOnEngines(
  'a copied wallet',
  (engine) => {
    let database: TestDatabase
    const name = (column: string): string => (engine.name === 'Postgres' ? `"${column}"` : `\`${column}\``)

    beforeEach(async () => {
      database = await engine.makeDatabase()
    })
    afterEach(async () => {
      await database.drop()
    })

    test('has every row, with its bytes, flags and moments', async () => {
      const counts = await copyLegacyDatabase({ from, to: database.url })
      expect(counts['transactions']).toBeGreaterThan(0)
      for (const [table, rows] of Object.entries(counts)) {
        expect([table, await database.query(`select count(*) as n from ${table}`)]).toEqual([
          table,
          [{ n: engine.name === 'Postgres' ? String(rows) : rows }],
        ])
      }
      const columns = ['outputId', 'spendable', 'satoshis', 'lockingScript', 'created_at', 'spentBy']
      const copied = await database.query(`select ${columns.map(name).join(', ')} from outputs order by 1`)
      const originals = read<Record<string, unknown>>(from, `select ${columns.join(', ')} from outputs order by 1`)
      expect(
        copied.map((row) => ({
          ...row,
          spendable: Number(row['spendable']),
          satoshis: Number(row['satoshis']),
          created_at: (row['created_at'] as Date).getTime(),
        })),
      ).toEqual(originals.map((row) => ({ ...row, created_at: new Date(String(row['created_at'])).getTime() })))
    })

    test('numbers new rows where the file would', async () => {
      await copyLegacyDatabase({ from, to: database.url })
      const [last] = read<{ seq: number }>(from, "select seq from sqlite_sequence where name = 'tx_labels'")
      await database.query(`insert into tx_labels (${name('userId')}, label) values (1, 'new')`)
      const [row] = await database.query(`select max(${name('txLabelId')}) as id from tx_labels`)
      expect(row).toEqual({ id: (last?.seq ?? 0) + 1 })
    })

    test('keeps rows apart and together as the published schema does', async () => {
      await copyLegacyDatabase({ from, to: database.url })
      const twin = `insert into tx_labels (${name('userId')}, label) select ${name('userId')}, label from tx_labels`
      await expect(database.query(twin)).rejects.toThrow()
      await expect(database.query('delete from users')).rejects.toThrow()
      const indexes =
        engine.name === 'Postgres'
          ? "select indexname as name from pg_indexes where tablename = 'outputs'"
          : "select distinct index_name as name from information_schema.statistics where table_name = 'outputs' and table_schema = database()"
      const names = (await database.query(indexes)).map((row) => row['name'])
      expect(names).toEqual(expect.arrayContaining(['idx_outputs_spentby', 'outputs_spendable_index']))
    })

    test('has the version the file has', async () => {
      const older = join(folder, `older-${engine.name}.sqlite`)
      copyFileSync(from, older)
      downgradeLegacySchema(older, LEGACY_MIGRATIONS[1])
      await copyLegacyDatabase({ from: older, to: database.url })
      const migrations = await database.query('select name from knex_migrations order by name desc')
      expect(migrations[0]?.['name']).toBe(LEGACY_MIGRATIONS[1])
      await expect(database.query(`select ${name('wasBroadcast')} from proven_tx_reqs`)).rejects.toThrow()
    })

    test('keeps rows that point nowhere', async () => {
      const damaged = join(folder, `damaged-${engine.name}.sqlite`)
      copyFileSync(from, damaged)
      addAnomalies(damaged, ['orphan-output'])
      await copyLegacyDatabase({ from: damaged, to: database.url })
      const orphans = await database.query(
        `select o.${name('outputId')} as id from outputs o left join transactions t on t.${name('transactionId')} = o.${name('transactionId')} where t.${name('transactionId')} is null`,
      )
      expect(orphans).toHaveLength(1)
    })

    test('is refused when a value has no place there, and no row is left behind', async () => {
      const damaged = join(folder, `unfit-${engine.name}.sqlite`)
      copyFileSync(from, damaged)
      addAnomalies(damaged, ['timestamps-unreadable'])
      await expect(copyLegacyDatabase({ from: damaged, to: database.url })).rejects.toThrow(/is no moment/)
      expect(await database.query('select * from users')).toEqual([])
    })
  },
  ['Postgres', 'MySQL'],
)
