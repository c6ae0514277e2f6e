import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openStore } from '../src/index.js'
import { MIGRATIONS_TABLE, TABLES, createSchemaStatements, mysqlSchema } from '../src/schema/index.js'

const tables = [...Object.values(TABLES), MIGRATIONS_TABLE]

test('the schema for MySQL and MariaDB is the one in the committed snapshot', async () => {
  await expect(`${createSchemaStatements(mysqlSchema).join(';\n\n')};\n`).toMatchFileSnapshot('schema/mysql.sql')
})

test('no index key is longer than the 3072 bytes InnoDB holds', () => {
  for (const table of tables) {
    const bytesOf = (name: string): number => {
      const column = table.columns.find((one) => one.name === name)
      return column?.type === 'string' ? (column.length ?? 255) * 4 + 2 : 8
    }
    for (const { columns } of [...table.uniqueKeys, ...table.indexes, { columns: table.primaryKey ?? [] }]) {
      expect(columns.reduce((sum, name) => sum + bytesOf(name), 0)).toBeLessThan(3072)
    }
  }
})

await describeOnEngines(
  'the schema as the server has it',
  (engine) => {
    let database: TestDatabase

    beforeAll(async () => {
      database = await engine.makeDatabase()
      await (await openStore(database.url, { create: true })).close()
    })

    afterAll(() => database.drop())

    test('has every column of every table, in order', async () => {
      const rows = await database.query(
        `select table_name as t, column_name as c from information_schema.columns
         where table_schema = database() order by table_name, ordinal_position`,
      )
      const stored = Object.fromEntries(tables.map(({ name }) => [name, rows.filter(({ t }) => t === name)]))
      for (const { name, columns } of tables) {
        expect(
          stored[name]?.map(({ c }) => c),
          name,
        ).toEqual(columns.map((column) => column.name))
      }
      expect(new Set(rows.map(({ t }) => t)).size).toBe(tables.length)
    })

    test('compares all text by its code points and pads nothing', async () => {
      const rows = await database.query(
        'select distinct collation_name as c from information_schema.columns where table_schema = database() and collation_name is not null',
      )
      expect(rows).toHaveLength(1)
      expect(rows[0]?.['c']).toMatch(/^utf8mb4_(0900|nopad)_bin$/)
    })

    test('has every index and key, and every reference', async () => {
      const rows = await database.query(
        `select index_name as i, group_concat(column_name order by seq_in_index) as c, min(non_unique) as n
         from information_schema.statistics where table_schema = database() group by table_name, index_name`,
      )
      const stored = rows.map(({ i, c, n }) => `${String(i)} ${String(c)} ${Number(n) === 0 ? 'unique' : 'plain'}`)
      const wanted = tables.flatMap((table) => [
        ...table.uniqueKeys.map(({ name, columns }) => `${name} ${columns.join(',')} unique`),
        ...table.indexes.map(({ name, columns }) => `${name} ${columns.join(',')} plain`),
      ])
      expect(stored).toEqual(expect.arrayContaining(wanted))
      const references = await database.query(
        `select count(*) as n from information_schema.referential_constraints where constraint_schema = database()`,
      )
      expect(Number(references[0]?.['n'])).toBe(tables.flatMap((table) => table.foreignKeys).length)
    })

    test.each([
      ['an unknown status', "insert into transactions (txid, processing) values ('a', 'lost')"],
      [
        'a confirmed transaction without a path',
        "insert into transactions (txid, processing) values ('a', 'confirmed')",
      ],
      ['a second chain tip', 'insert into chain_tip (id, height) values (2, 5)'],
      ['an action of nobody', "insert into actions (userId, reference) values (77, 'a')"],
    ])('refuses %s', async (_, sql) => {
      await expect(database.query(sql)).rejects.toMatchObject({ errno: expect.any(Number) as number })
    })
  },
  ['MySQL'],
)
