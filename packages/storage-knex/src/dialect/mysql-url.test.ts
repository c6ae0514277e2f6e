import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { mysqlConnectionOptions } from './mysql-url.js'

describe('a MySQL URL', () => {
  test('names server, account and database, whatever is in them', () => {
    expect(mysqlConnectionOptions('mysql://wal%40let:p%2Fw%3A@[::1]:3307/my%20wallet', {})).toMatchObject({
      host: '::1',
      port: 3307,
      user: 'wal@let',
      password: 'p/w:',
      database: 'my wallet',
    })
    expect(mysqlConnectionOptions('mariadb://db/wallet', {})).toMatchObject({ host: 'db', port: 3306, user: 'root' })
    expect(mysqlConnectionOptions('mysql://db/wallet?socket=/run/mysqld.sock', {})).toMatchObject({
      socketPath: '/run/mysqld.sock',
    })
  })

  test('leaves its password to the environment', () => {
    const environment = { MYSQL_PWD: 'hunter2' }
    expect(mysqlConnectionOptions('mysql://me@db/wallet', environment)).toMatchObject({ password: 'hunter2' })
    expect(mysqlConnectionOptions('mysql://me:own@db/wallet', environment)).toMatchObject({ password: 'own' })
    expect(mysqlConnectionOptions('mysql://me@db/wallet', {})).not.toHaveProperty('password')
  })

  test.each([
    ['', undefined],
    ['?ssl-mode=disabled', undefined],
    ['?ssl-mode=REQUIRED', { rejectUnauthorized: false, verifyIdentity: false }],
    ['?ssl-mode=verify_ca', { rejectUnauthorized: true, verifyIdentity: false }],
    ['?ssl-mode=verify_identity', { rejectUnauthorized: true, verifyIdentity: true }],
  ])('asks for TLS with %s', (search, ssl) => {
    expect(mysqlConnectionOptions(`mysql://db/wallet${search}`, {}).ssl).toEqual(ssl)
  })

  test('names the certificates TLS goes by, and checks everything then', () => {
    const folder = mkdtempSync(join(tmpdir(), 'txkeep-mysql-url-'))
    const file = join(folder, 'ca.pem')
    writeFileSync(file, 'a certificate')
    const options = mysqlConnectionOptions(`mysql://db/wallet?ssl-ca=${encodeURIComponent(file)}`, {})
    rmSync(folder, { recursive: true })
    expect(options.ssl).toEqual({ ca: 'a certificate', rejectUnauthorized: true, verifyIdentity: true })
    expect(() => mysqlConnectionOptions(`mysql://db/wallet?ssl-ca=${encodeURIComponent(file)}`, {})).toThrow(/ssl-ca/)
  })

  test.each([
    'mysql://me:hunter2@db',
    'mysql://me:hunter2@db/wallet?sslmode=require',
    'mysql://me:hunter2@db/w?ssl-mode=on',
  ])('%s is refused, and its password not shown', (url) => {
    expect(() => mysqlConnectionOptions(url, {})).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }))
    expect(() => mysqlConnectionOptions(url, {})).not.toThrow(/hunter2/)
  })
})
