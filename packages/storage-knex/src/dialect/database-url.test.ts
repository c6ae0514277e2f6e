import { InvalidParameterError } from '@txkeep/core'
import { describe, expect, test } from 'vitest'

import { parseDatabaseUrl, redactDatabaseUrl } from './database-url.js'

describe('parseDatabaseUrl', () => {
  test.each([
    ['wallet.sqlite', 'wallet.sqlite', false],
    ['/var/lib/wallet.sqlite', '/var/lib/wallet.sqlite', false],
    ['./data/wallet', './data/wallet', false],
    ['C:\\wallets\\wallet.sqlite', 'C:\\wallets\\wallet.sqlite', false],
    ['sqlite:wallet.sqlite', 'wallet.sqlite', false],
    ['sqlite:///var/lib/wallet.sqlite', '/var/lib/wallet.sqlite', false],
    ['sqlite::memory:', ':memory:', true],
    [':memory:', ':memory:', true],
  ])('reads %s as a file', (url, path, inMemory) => {
    expect(parseDatabaseUrl(url)).toEqual({ engine: 'sqlite', path, inMemory })
  })

  test.each([
    ['postgres://db/wallet', 'postgres'],
    ['postgresql://db/wallet', 'postgres'],
    ['mysql://db/wallet', 'mysql'],
    ['mariadb://db/wallet', 'mysql'],
  ])('reads %s as a server', (url, engine) => {
    expect(parseDatabaseUrl(url)).toEqual({ engine, url })
  })

  test.each(['', 'sqlite:', 'mongodb://db/wallet', 'https://example.com'])('refuses %j', (url) => {
    expect(() => parseDatabaseUrl(url)).toThrow(InvalidParameterError)
  })
})

describe('redactDatabaseUrl', () => {
  test.each([
    ['postgres://operator:hunter2@db:5432/wallet', 'postgres://operator:***@db:5432/wallet'],
    ['mysql://operator:hunter2@db/wallet?ssl=1', 'mysql://operator:***@db/wallet?ssl=1'],
    ['postgres://db/wallet?user=a&password=hunter2&ssl=1', 'postgres://db/wallet?user=a&password=***&ssl=1'],
    ['postgres://operator:hun:ter@2@db/wallet', 'postgres://operator:***@db/wallet'],
    ['/var/lib/wallet.sqlite', '/var/lib/wallet.sqlite'],
    ['sqlite:wallet.sqlite', 'sqlite:wallet.sqlite'],
  ])('shows %s without its password', (url, shown) => {
    expect(redactDatabaseUrl(url)).toBe(shown)
  })
})
