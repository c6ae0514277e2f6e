import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { seedUser } from '@txkeep/testkit'

import { openKnex, openStore, type OpenStoreOptions } from '../src/index.js'
import { createSchemaStatements, sqliteSchema } from '../src/schema/index.js'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'txkeep-open-store-'))
  path = join(folder, 'wallet.sqlite')
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** What is refused changes nothing: every file of the folder has the same bytes after it. */
async function refused(url: string, options?: OpenStoreOptions): Promise<{ code: unknown; message: string }> {
  const before = fileHashes()
  const error: unknown = await openStore(url, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(fileHashes()).toEqual(before)
  if (!(error instanceof Error) || !('code' in error)) throw new Error('it was opened')
  return { code: error.code, message: error.message.replaceAll(folder, '…') }
}

function fileHashes(): Record<string, string> {
  const hash = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, hash(entry.name)]),
  )
}

function makeDatabase(...statements: readonly string[]): void {
  const database = new Database(path)
  for (const statement of statements) database.exec(statement)
  database.close()
}

const legacy = [
  'create table transactions (transactionId integer primary key, status varchar(64), txid varchar(64))',
  'create table proven_tx_reqs (provenTxReqId integer primary key, status varchar(16))',
]
const migrationState = (phase: string): readonly string[] => [
  'create table migration_state (id integer primary key, phase varchar(16))',
  `insert into migration_state values (1, '${phase}')`,
]

describe('openStore refuses, and changes nothing', () => {
  test('a file that is not there', async () => {
    expect(await refused(path)).toEqual({
      code: 'STORE_UNAVAILABLE',
      message:
        'There is no database at …/wallet.sqlite. Check the path, or open it with create: true to make a new store.',
    })
    expect(existsSync(path)).toBe(false)
  })

  test('a folder that is not there, also when it may create', async () => {
    expect((await refused(join(folder, 'missing', 'wallet.sqlite'), { create: true })).code).toBe('STORE_UNAVAILABLE')
  })

  test('a folder in place of a file', async () => {
    mkdirSync(path)
    expect((await refused(path, { create: true })).code).toBe('STORE_UNAVAILABLE')
  })

  test('a file that is no database', async () => {
    writeFileSync(path, 'once upon a time there was a wallet '.repeat(100))
    expect((await refused(path, { create: true })).code).toBe('NOT_A_WALLET')
  })

  test('an empty file, unless it may create', async () => {
    writeFileSync(path, '')
    expect(await refused(path)).toEqual({
      code: 'NOT_A_WALLET',
      message: '…/wallet.sqlite is empty. Open it with create: true to make a new store in it.',
    })
  })

  test('a database of something else, also when it may create', async () => {
    makeDatabase('create table recipes (id integer primary key)')
    expect(await refused(path, { create: true })).toEqual({
      code: 'NOT_A_WALLET',
      message: '…/wallet.sqlite is a database, but holds no wallet this build knows. Check the path.',
    })
  })

  test('a legacy wallet, naming the command that moves it', async () => {
    makeDatabase(...legacy)
    expect(await refused(path, { create: true })).toEqual({
      code: 'NOT_A_WALLET',
      message:
        '…/wallet.sqlite holds a legacy wallet. Run `txkeep-migrate run --db …/wallet.sqlite` first, or open it with waitForCutover: true.',
    })
  })

  test.each(['expanded', 'capturing', 'backfilled', 'verified', 'rolled-back'])(
    'a wallet in the migration phase %s, although the new tables are there',
    async (phase) => {
      makeDatabase(...legacy, ...migrationState(phase), 'create table actions (actionId integer)')
      const { code, message } = await refused(path)
      expect(code).toBe('NOT_A_WALLET')
      expect(message).toContain(`is in the middle of its migration (phase ${phase})`)
      expect(message).toContain('txkeep-migrate run --db')
    },
  )

  test('a newer schema', async () => {
    makeDatabase(
      ...createSchemaStatements(sqliteSchema),
      "insert into txkeep_migrations (version, name) values (7, '0007-later')",
    )
    expect(await refused(path)).toEqual({
      code: 'SCHEMA_VERSION',
      message: '…/wallet.sqlite has schema version 7, and this build works with 1. Update txkeep; nothing was changed.',
    })
  })

  test('our tables without a version', async () => {
    makeDatabase(...createSchemaStatements(sqliteSchema), 'drop table txkeep_migrations')
    expect((await refused(path)).code).toBe('SCHEMA_VERSION')
  })

  test('a database somebody locks readers out of', async () => {
    makeDatabase(...createSchemaStatements(sqliteSchema))
    const holder = new Database(path)
    holder.exec('begin exclusive')
    try {
      expect((await refused(path, { busyRetryMs: 100 })).code).toBe('STORE_BUSY')
    } finally {
      holder.close()
    }
  })

  test('to make a store that is readonly', async () => {
    expect((await refused(path, { create: true, readonly: true })).code).toBe('READ_ONLY')
  })

  test('an engine that is not in this version, without showing its password', async () => {
    const { code, message } = await refused('postgres://operator:hunter2@db.example/wallet')
    expect(code).toBe('STORE_UNAVAILABLE')
    expect(message).not.toContain('hunter2')
    expect((await refused('mysql://root@localhost/wallet')).code).toBe('STORE_UNAVAILABLE')
  })

  test('a URL of no engine, without showing its password', async () => {
    const { code, message } = await refused('mongodb://operator:hunter2@db.example/wallet')
    expect(code).toBe('INVALID_PARAMETER')
    expect(message).not.toContain('hunter2')
  })
})

describe('openStore', () => {
  test('makes a store in a new file with a write-ahead log, and opens it again', async () => {
    const first = await openStore(`sqlite:${path}`, { create: true })
    const user = await seedUser(first)
    await first.close()
    const second = await openStore(path)
    expect(await second.read((tx) => tx.users.get({ userId: user.userId }))).toEqual(user.user)
    await second.close()
    expect(journalMode()).toBe('wal')
  })

  test('leaves the journal mode of an existing file as it is', async () => {
    makeDatabase(...createSchemaStatements(sqliteSchema))
    const store = await openStore(path)
    await seedUser(store)
    await store.close()
    expect(journalMode()).toBe('delete')
  })

  test('opens the file a store left behind when it was killed, with what it had committed', async () => {
    const store = await openStore(path, { create: true })
    const { userId } = await seedUser(store)
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(`${path}${suffix}`, `${path}.copy${suffix}`)
    await store.close()
    const copy = await openStore(`${path}.copy`)
    expect(await copy.read((tx) => tx.users.get({ userId }))).toBeDefined()
    await copy.close()
  })

  test('opened readonly reads and refuses to write', async () => {
    await (await openStore(path, { create: true })).close()
    const store = await openStore(path, { readonly: true })
    expect(await store.read((tx) => tx.users.count({}))).toBe(0)
    await expect(seedUser(store)).rejects.toMatchObject({ code: 'READ_ONLY' })
    await store.close()
  })

  test('two that create the same file at once both get it', async () => {
    const stores = await Promise.all([openStore(path, { create: true }), openStore(path, { create: true })])
    for (const store of stores) await seedUser(store)
    for (const store of stores) await store.close()
  })

  test('waits for the end of a migration and begins then', async () => {
    makeDatabase(...legacy, ...migrationState('verified'))
    const opening = openStore(path, { waitForCutover: true })
    await new Promise((resolve) => setTimeout(resolve, 120))
    const swap = new Database(path)
    swap
      .transaction(() => {
        swap.exec('alter table transactions rename to transactions_legacy')
        swap.exec('alter table proven_tx_reqs rename to proven_tx_reqs_legacy')
        for (const statement of createSchemaStatements(sqliteSchema)) swap.exec(statement)
        swap.exec("update migration_state set phase = 'cut-over'")
      })
      .immediate()
    const swapped = performance.now()
    swap.close()
    const store = await opening
    expect(performance.now() - swapped).toBeLessThan(1000)
    await seedUser(store)
    await store.close()
  })

  test('stops waiting for a migration when it is told to', async () => {
    makeDatabase(...legacy)
    const abort = new AbortController()
    const opening = openStore(path, { waitForCutover: true, signal: abort.signal })
    setTimeout(() => abort.abort(), 60)
    await expect(opening).rejects.toThrow(/abort/i)
  })
})

describe('every connection', () => {
  test('of a store carries the session marker that triggers ask for', async () => {
    await (await openStore(path, { create: true })).close()
    makeDatabase(
      `create trigger fence before insert on users when txkeep_session() is null
       begin select raise(abort, 'an old application'); end`,
    )
    const store = await openStore(path)
    await seedUser(store)
    await store.close()
    const stranger = new Database(path)
    expect(() => stranger.exec("insert into users (identityKey, activeStorage) values ('a', 'b')")).toThrow(
      /no such function: txkeep_session/,
    )
    stranger.close()
  })

  test('of openKnex carries it too, and enforces foreign keys', async () => {
    await (await openStore(path, { create: true })).close()
    const database = await openKnex(path)
    expect(await database.raw('select txkeep_session() as marker')).toEqual([{ marker: 1 }])
    expect(await database.raw('pragma foreign_keys')).toEqual([{ foreign_keys: 1 }])
    await database.destroy()
  })

  test('openKnex does not make a file', async () => {
    await expect(openKnex(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(existsSync(path)).toBe(false)
  })
})

function journalMode(): unknown {
  const database = new Database(path, { readonly: true })
  const mode = database.pragma('journal_mode', { simple: true })
  database.close()
  return mode
}
