import { StoreBusyError } from '@txkeep/core'
import { expect, test } from 'vitest'

import { translateMysqlError } from './mysql-errors.js'

/** An error as mysql2 makes it from what the server sends. */
function serverError(errno: number, message = 'failed', sqlState = 'HY000'): Error {
  return Object.assign(new Error(message), { errno, code: `ER_${errno}`, sqlState, sqlMessage: message })
}

/** An error of the driver or the system, where no server spoke. */
function clientError(code: string): Error {
  return Object.assign(new Error('failed'), { code, fatal: true })
}

test.each([
  [1213, 'STORE_BUSY'],
  [1205, 'STORE_BUSY'],
  [1020, 'STORE_BUSY'],
  [1180, 'STORE_BUSY'],
  [1412, 'STORE_BUSY'],
  [3101, 'STORE_BUSY'],
  [1021, 'DISK_FULL'],
  [1114, 'DISK_FULL'],
  [1044, 'STORE_UNAVAILABLE'],
  [1045, 'STORE_UNAVAILABLE'],
  [1049, 'STORE_UNAVAILABLE'],
  [1040, 'STORE_UNAVAILABLE'],
  [1047, 'STORE_UNAVAILABLE'],
  [1665, 'STORE_UNAVAILABLE'],
  [1927, 'STORE_UNAVAILABLE'],
  [1142, 'READ_ONLY'],
  [1290, 'READ_ONLY'],
  [1792, 'READ_ONLY'],
  [1836, 'READ_ONLY'],
  [1062, 'UNIQUE_VIOLATION'],
  [1451, 'CONFLICT'],
  [1452, 'CONFLICT'],
  [3819, 'CONFLICT'],
  [4025, 'CONFLICT'],
  [1406, 'CONFLICT'],
  [1264, 'CONFLICT'],
  [1048, 'CONFLICT'],
  [1712, 'CORRUPT_DATA'],
  [1153, 'INVALID_PARAMETER'],
  [1064, 'STORE_UNAVAILABLE'],
])('the server error %s becomes %s', (errno, expected) => {
  expect(translateMysqlError(serverError(errno))).toMatchObject({ code: expected })
})

test('an error the server wrote on a full disk is told from another one', () => {
  expect(
    translateMysqlError(serverError(1030, 'Got error 28 "No space left on device" from storage engine')),
  ).toMatchObject({ code: 'DISK_FULL' })
  expect(translateMysqlError(serverError(1030, 'Got error 126 from storage engine'))).toMatchObject({
    code: 'CORRUPT_DATA',
  })
})

test('whatever else the server calls a serialization failure is tried again', () => {
  expect(translateMysqlError(serverError(9999, 'failed', '40001'))).toMatchObject({ code: 'STORE_BUSY' })
})

test.each([
  'ECONNREFUSED',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ECONNRESET',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])('%s is a store that is not there, and keeps its cause', (code) => {
  const cause = clientError(code)
  expect(translateMysqlError(cause)).toMatchObject({ code: 'STORE_UNAVAILABLE', cause })
})

test.each([
  ["Duplicate entry '02ab' for key 'users_identitykey_unique'", 'users'],
  ["Duplicate entry '1-0' for key 'outputs.txk_outputs_action_vout'", 'outputs'],
  ["Duplicate entry '1' for key 'tx_audit.PRIMARY'", 'tx_audit'],
  ["Duplicate entry '1' for key 'PRIMARY'", 'of this key'],
])('a unique violation names the table: %s', (message, table) => {
  expect(translateMysqlError(serverError(1062, message, '23000'))).toMatchObject({ table })
})

test('the statement, which holds every value, does not stay on the cause', () => {
  const cause = Object.assign(serverError(1406), { sql: "insert into outputs values ('secret')" })
  expect(translateMysqlError(cause)).toMatchObject({ cause })
  expect(cause).not.toHaveProperty('sql')
})

test('an error of core and an error of no driver come back as they are', () => {
  const busy = new StoreBusyError('held')
  expect(translateMysqlError(busy)).toBe(busy)
  const own = new TypeError('mine')
  expect(translateMysqlError(own)).toBe(own)
})
