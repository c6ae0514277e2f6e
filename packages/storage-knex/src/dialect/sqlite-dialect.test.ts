import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'

import { sqliteDialect } from './sqlite-dialect.js'

const connection = sqliteDialect.connect(new Database(':memory:'))

async function rowsOf(sql: string, bindings: readonly (string | number)[] = []): Promise<unknown> {
  return (await connection.execute(sql, bindings)).rows
}

describe('the SQLite dialect', () => {
  test('hands a list of values to a statement, whatever is in them', async () => {
    const { sql, bindings } = sqliteDialect.valueList([1, 2, 'it’s "quoted"'])
    expect((await connection.execute(sql, bindings)).rows).toEqual([
      { value: 1 },
      { value: 2 },
      { value: 'it’s "quoted"' },
    ])
  })

  test('hands a list of tuples to a statement, numbers as numbers and null as null', async () => {
    const { sql, bindings } = sqliteDialect.tupleList([
      ['a', 1, null],
      ['1', 2, 3],
    ])
    expect((await connection.execute(sql, bindings)).rows).toEqual([
      { c0: 'a', c1: 1, c2: null },
      { c0: '1', c1: 2, c2: 3 },
    ])
    const none = sqliteDialect.tupleList([])
    expect((await connection.execute(none.sql, none.bindings)).rows).toEqual([])
  })

  test('tells the time in whole milliseconds', async () => {
    const before = Date.now()
    const [row] = (await rowsOf(`select ${sqliteDialect.nowMillisecondsExpression} as now`)) as { now: number }[]
    expect(Number.isInteger(row?.now)).toBe(true)
    expect(Math.abs((row?.now ?? 0) - before)).toBeLessThan(1000)
  })

  test('marks its sessions and enforces foreign keys', async () => {
    expect(await rowsOf('select txkeep_session() as marker')).toEqual([{ marker: 1 }])
    expect(await rowsOf('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }])
  })

  test('refuses a connection of another driver', () => {
    expect(() => sqliteDialect.connect({ query: () => undefined })).toThrow(/better-sqlite3/)
  })

  test('rolls back without a transaction as if there were one', async () => {
    await expect(connection.rollback()).resolves.toBeUndefined()
  })
})
