import { expect, test } from 'vitest'
import { postgresStatement } from './postgres-statement.js'

test('names in mixed case keep it, keywords and plain names are left alone', () => {
  expect(postgresStatement('SELECT o.outputId AS id, txid FROM outputs o')).toBe(
    'SELECT o."outputId" AS id, txid FROM outputs o',
  )
})

test('texts, quoted names and bodies of functions stay as they are', () => {
  const sql = `select 'userId ? it''s', "userId", $$ new.userId ? $$`
  expect(postgresStatement(sql)).toBe(sql)
})

test('placeholders are numbered in order', () => {
  expect(postgresStatement("select ? where a = ? and b = '?'")).toBe("select $1 where a = $2 and b = '?'")
})
