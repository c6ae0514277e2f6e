import { StoreBusyError, UniqueViolationError } from '@txkeep/core'
import { expect, test } from 'vitest'

import { commitLost, translatePostgresError } from './postgres-errors.js'

function driverError(code: string, fields: object = {}): Error {
  return Object.assign(new Error('failed'), { code, ...fields })
}

test.each([
  ['40001', 'STORE_BUSY'],
  ['40P01', 'STORE_BUSY'],
  ['55P03', 'STORE_BUSY'],
  ['57014', 'STORE_UNAVAILABLE'],
  ['57P01', 'STORE_UNAVAILABLE'],
  ['57P03', 'STORE_UNAVAILABLE'],
  ['08006', 'STORE_UNAVAILABLE'],
  ['25P03', 'STORE_UNAVAILABLE'],
  ['53300', 'STORE_UNAVAILABLE'],
  ['53100', 'DISK_FULL'],
  ['25006', 'READ_ONLY'],
  ['42501', 'READ_ONLY'],
  ['28P01', 'STORE_UNAVAILABLE'],
  ['28000', 'STORE_UNAVAILABLE'],
  ['3D000', 'STORE_UNAVAILABLE'],
  ['3F000', 'NOT_A_WALLET'],
  ['23505', 'UNIQUE_VIOLATION'],
  ['23503', 'CONFLICT'],
  ['23514', 'CONFLICT'],
  ['23502', 'CONFLICT'],
  ['22001', 'CONFLICT'],
  ['22003', 'CONFLICT'],
  ['XX001', 'CORRUPT_DATA'],
  ['42P01', 'STORE_UNAVAILABLE'],
  ['ECONNREFUSED', 'STORE_UNAVAILABLE'],
  ['ENOTFOUND', 'STORE_UNAVAILABLE'],
  ['ECONNRESET', 'STORE_UNAVAILABLE'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'STORE_UNAVAILABLE'],
])('%s becomes %s and keeps its cause', (code, expected) => {
  const cause = driverError(code)
  expect(translatePostgresError(cause)).toMatchObject({ code: expected, cause })
})

test('a unique violation names the table', () => {
  expect(translatePostgresError(driverError('23505', { table: 'outputs' }))).toMatchObject({ table: 'outputs' })
})

test('a socket that was refused at every address says so', () => {
  const refused = new AggregateError([driverError('ECONNREFUSED')])
  expect(translatePostgresError(refused)).toMatchObject({ code: 'STORE_UNAVAILABLE', cause: refused })
})

test('a server without TLS is named as one', () => {
  const cause = new Error('The server does not support SSL connections')
  expect(translatePostgresError(cause)).toMatchObject({
    message: 'The server offers no TLS. Turn it on there, or leave sslmode out of the URL.',
  })
})

test('a broken connection is known without a code', () => {
  const cause = new Error('Connection terminated unexpectedly')
  expect(translatePostgresError(cause)).toMatchObject({ code: 'STORE_UNAVAILABLE', cause })
})

test('an error of core and an error of no driver come back as they are', () => {
  const busy = new StoreBusyError('held')
  expect(translatePostgresError(busy)).toBe(busy)
  const own = new TypeError('mine')
  expect(translatePostgresError(own)).toBe(own)
})

test('a commit that was answered with an error is that error; one that was not answered is nobody’s to repeat', () => {
  const violation = new UniqueViolationError('users')
  expect(commitLost(violation)).toBe(violation)
  expect(commitLost(new Error('Connection terminated'))).toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
