import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Connection } from '../src/dialect/connection.js'
import type { SqlFragment } from '../src/dialect/dialect.js'
import { mysqlDialect } from '../src/dialect/mysql-dialect.js'
import { openKnex } from '../src/index.js'

/** What a list has to carry unchanged into a statement. */
const AWKWARD = [
  'a',
  'A',
  'a ',
  'é',
  'e\u0301',
  '',
  '?',
  "it's",
  '\\',
  '\\u0041',
  '"',
  '[1]',
  '\u{1f600}',
  'x'.repeat(5000),
]

/** The part of knex's client that lends connections; knex does not type it. */
interface Pool {
  acquireConnection(): Promise<unknown>
  releaseConnection(driver: unknown): Promise<void>
}

await describeOnEngines(
  'the dialect',
  (engine) => {
    let database: TestDatabase
    let instance: Knex
    let driver: unknown
    let connection: Connection

    beforeAll(async () => {
      database = await engine.makeDatabase()
      instance = await openKnex(database.url)
      driver = await (instance.client as Pool).acquireConnection()
      connection = mysqlDialect.connect(driver)
    })

    afterAll(async () => {
      await (instance.client as Pool).releaseConnection(driver)
      await instance.destroy()
      await database.drop()
    })

    async function rowsOf({ sql, bindings }: SqlFragment): Promise<unknown> {
      return (await connection.execute(sql, bindings)).rows
    }

    test('hands a list of values to a statement, whatever is in them', async () => {
      expect(await rowsOf(mysqlDialect.valueList(AWKWARD))).toEqual(AWKWARD.map((value) => ({ value })))
      const numbers = [0, -1, 2_100_000_000_000_000, Number.MAX_SAFE_INTEGER]
      expect(await rowsOf(mysqlDialect.valueList(numbers))).toEqual(numbers.map((value) => ({ value })))
    })

    test('hands a list of tuples to a statement, numbers as numbers and null as null', async () => {
      const tuples = [
        ['a', 1, null],
        ['1', 2, 3],
        [null, 3, null],
      ]
      expect(await rowsOf(mysqlDialect.tupleList(tuples))).toEqual(tuples.map(([c0, c1, c2]) => ({ c0, c1, c2 })))
      expect(await rowsOf(mysqlDialect.tupleList([]))).toEqual([])
    })

    test('compares the text of a list as a column does', async () => {
      const { sql, bindings } = mysqlDialect.valueList(['a', 'A ', 'é'])
      const found = `select v.value from (${sql}) as v where v.value in ('A', 'a', 'A ', 'e\u0301')`
      expect((await connection.execute(found, bindings)).rows).toEqual([{ value: 'a' }, { value: 'A ' }])
    })

    test('tells the time in whole milliseconds', async () => {
      const before = Date.now()
      const [row] = (await connection.execute(`select ${mysqlDialect.nowMillisecondsExpression} as now`, [])).rows
      expect(Number.isInteger(row?.['now'])).toBe(true)
      expect(Math.abs(Number(row?.['now']) - before)).toBeLessThan(5000)
    })

    test('hands every kind of value to a column and back', async () => {
      await connection.execute(
        'create temporary table kinds (id int auto_increment primary key, n bigint, t longtext, b longblob, f boolean, d datetime(3))',
        [],
      )
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index & 0xff)
      for (const blob of [bytes.subarray(5, 300), bytes]) {
        const values = [-5, "it's \\ ?", blob, true, new Date('1969-12-31T23:59:59.001Z')]
        const { insertedId, changes } = await connection.execute(
          'insert into kinds (n, t, b, f, d) values (?, ?, ?, ?, ?)',
          values,
        )
        expect(changes).toBe(1)
        const { rows } = await connection.execute('select * from kinds where id = ?', [insertedId ?? 0])
        expect(rows).toMatchObject([{ n: -5, t: "it's \\ ?", f: 1, d: '1969-12-31 23:59:59.001' }])
        expect(Buffer.compare(rows[0]?.['b'] as Buffer, blob)).toBe(0)
      }
    })

    test('counts a row an update matched, also when it held the value already', async () => {
      await connection.execute('create temporary table held (n int)', [])
      await connection.execute('insert into held values (1)', [])
      expect((await connection.execute('update held set n = 1', [])).changes).toBe(1)
    })

    test('rolls back without a transaction as if there were one', async () => {
      await expect(connection.rollback()).resolves.toBeUndefined()
    })
  },
  ['MySQL'],
)

test('refuses a connection of another driver', () => {
  expect(() => mysqlDialect.connect({ pragma: () => undefined })).toThrow(/mysql2/)
})
