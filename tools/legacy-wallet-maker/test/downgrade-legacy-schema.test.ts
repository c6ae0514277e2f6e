import BetterSqlite3 from 'better-sqlite3'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  downgradeLegacySchema,
  LEGACY_MIGRATIONS,
  type MadeBulkLegacyDatabase,
  makeBulkLegacyDatabase,
  openLegacyWallet,
} from '../src/index.js'
import { temporaryFolder } from './temporary-folder.js'

const folder = temporaryFolder()
let made: MadeBulkLegacyDatabase

beforeAll(async () => {
  made = await makeBulkLegacyDatabase({ file: join(folder, 'newest.sqlite'), transactions: 100, users: 2, seed: 3 })
})

function copy(name: string): string {
  const file = join(folder, name)
  copyFileSync(made.file, file)
  return file
}

function read<Row>(file: string, sql: string): Row[] {
  const database = new BetterSqlite3(file, { readonly: true })
  const rows = database.prepare(sql).all() as Row[]
  database.close()
  return rows
}

describe('a downgraded legacy schema', () => {
  it('lists the migrations the published toolbox knows, all of them', () => {
    const names = read<{ name: string }>(made.file, 'select name from knex_migrations order by id desc').map(
      ({ name }) => name,
    )
    expect(LEGACY_MIGRATIONS).toEqual(names)
  })

  it('lacks the broadcast columns before they were added', () => {
    const file = copy('before-broadcast.sqlite')
    expect(downgradeLegacySchema(file, LEGACY_MIGRATIONS[1])).toEqual([LEGACY_MIGRATIONS[0]])
    const columns = read<{ name: string }>(file, 'pragma table_info(proven_tx_reqs)').map(({ name }) => name)
    expect(columns).not.toContain('wasBroadcast')
    expect(columns).not.toContain('rebroadcastAttempts')
    expect(columns).toContain('inputBEEF')
  })

  it.each(LEGACY_MIGRATIONS.slice(1))('knows nothing newer than %s, and loses no row', (to) => {
    const file = copy('older.sqlite')
    downgradeLegacySchema(file, to)
    const [newest] = read<{ name: string }>(file, 'select name from knex_migrations order by name desc limit 1')
    expect(newest?.name).toBe(to)
    for (const table of ['transactions', 'outputs', 'proven_tx_reqs', 'proven_txs', 'users']) {
      expect(read(file, `select count(*) as rows from ${table}`)).toEqual(
        read(made.file, `select count(*) as rows from ${table}`),
      )
    }
  })

  it('is brought up to date again by the published storage', async () => {
    const file = copy('upgraded.sqlite')
    downgradeLegacySchema(file, '2025-03-03-001 descriptions to 2000')
    const wallet = await openLegacyWallet({ ...made, file, rootKeyHex: made.users[0]?.rootKeyHex ?? '' })
    await wallet.close()
    const schema = "select name from sqlite_master where type = 'index' order by name"
    expect(read(file, schema)).toEqual(read(made.file, schema))
    const columns = read<{ name: string }>(file, 'pragma table_info(proven_tx_reqs)').map(({ name }) => name)
    expect(columns).toContain('wasBroadcast')
  })
})
