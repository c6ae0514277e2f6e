import { StoreBusyError } from '@txkeep/core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'

import { translateSqliteError } from './sqlite-errors.js'

const { SqliteError } = Database

test.each([
  ['SQLITE_BUSY', 'STORE_BUSY'],
  ['SQLITE_BUSY_SNAPSHOT', 'STORE_BUSY'],
  ['SQLITE_LOCKED', 'STORE_BUSY'],
  ['SQLITE_READONLY_DBMOVED', 'READ_ONLY'],
  ['SQLITE_FULL', 'DISK_FULL'],
  ['SQLITE_CANTOPEN', 'STORE_UNAVAILABLE'],
  ['SQLITE_NOTADB', 'NOT_A_WALLET'],
  ['SQLITE_CORRUPT_INDEX', 'CORRUPT_DATA'],
  ['SQLITE_IOERR_FSYNC', 'STORE_UNAVAILABLE'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE_VIOLATION'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE_VIOLATION'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'CONFLICT'],
  ['SQLITE_CONSTRAINT_CHECK', 'CONFLICT'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'CONFLICT'],
  ['SQLITE_ERROR', 'STORE_UNAVAILABLE'],
])('%s becomes %s and keeps its cause', (code, expected) => {
  const cause = new SqliteError('failed: outputs.vout', code)
  expect(translateSqliteError(cause)).toMatchObject({ code: expected, cause })
})

test('a unique violation names the table', () => {
  const cause = new SqliteError('UNIQUE constraint failed: outputs.actionId, outputs.vout', 'SQLITE_CONSTRAINT_UNIQUE')
  expect(translateSqliteError(cause)).toMatchObject({ table: 'outputs' })
})

test('an error of core and an error of no driver come back as they are', () => {
  const busy = new StoreBusyError('held')
  expect(translateSqliteError(busy)).toBe(busy)
  const own = new TypeError('mine')
  expect(translateSqliteError(own)).toBe(own)
})

test('a closed database is a store that is not there', () => {
  const database = new Database(':memory:')
  database.close()
  let thrown: unknown
  try {
    database.prepare('select 1')
  } catch (error) {
    thrown = error
  }
  expect(translateSqliteError(thrown)).toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
