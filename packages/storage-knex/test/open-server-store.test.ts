import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { seedUser } from '@txkeep/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { openKnex, openStore, redactDatabaseUrl, type OpenStoreOptions } from '../src/index.js'
import { TABLES } from '../src/schema/index.js'

await describeOnEngines(
  'openStore',
  (engine) => {
    let database: TestDatabase

    beforeEach(async () => {
      database = await engine.makeDatabase()
    })

    afterEach(() => database.drop())

    async function refused(url: string, options?: OpenStoreOptions): Promise<{ code: unknown; message: string }> {
      const error: unknown = await openStore(url, options).then(
        (store) => store.close(),
        (thrown: unknown) => thrown,
      )
      if (!(error instanceof Error) || !('code' in error)) throw new Error('it was opened')
      return { code: error.code, message: error.message.replaceAll(redactDatabaseUrl(url), '…') }
    }

    async function tablesThere(): Promise<string[]> {
      const schema = engine.name === 'Postgres' ? 'current_schema()' : 'database()'
      const rows = await database.query(
        `select table_name as name from information_schema.tables where table_schema = ${schema}`,
      )
      return rows.map(({ name }) => String(name)).sort()
    }

    const legacy = [
      'create table transactions (status varchar(64), txid varchar(64))',
      'create table proven_tx_reqs (status varchar(16))',
    ]

    function migration(phase: string): string[] {
      return [
        'create table migration_state (id integer, phase varchar(16))',
        `insert into migration_state values (1, '${phase}')`,
      ]
    }

    async function run(...statements: readonly string[]): Promise<void> {
      for (const statement of statements) await database.query(statement)
    }

    test('makes a store in an empty database when it may, and refuses to when it may not', async () => {
      expect(await refused(database.url)).toEqual({
        code: 'NOT_A_WALLET',
        message: '… is empty. Open it with create: true to make a new store in it.',
      })
      expect((await refused(database.url, { create: true, readonly: true })).code).toBe('READ_ONLY')
      expect(await tablesThere()).toEqual([])
      const store = await openStore(database.url, { create: true })
      const { userId } = await seedUser(store)
      await store.close()
      const again = await openStore(database.url)
      expect((await again.read((tx) => tx.users.find({}))).map((user) => user.userId)).toEqual([userId])
      await again.close()
    })

    test('makes one store when four processes make it at the same time', async () => {
      const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(database.url, { create: true })))
      await Promise.all(stores.map((store) => seedUser(store)))
      expect(await stores[0]?.read((tx) => tx.users.count({}))).toBe(4)
      await Promise.all(stores.map((store) => store.close()))
      expect(await tablesThere()).toEqual([...Object.keys(TABLES), 'txkeep_migrations'].sort())
    })

    test('refuses a database of something else, a legacy wallet and one in the middle of its migration', async () => {
      await run('create table recipes (id integer)')
      expect(await refused(database.url, { create: true })).toEqual({
        code: 'NOT_A_WALLET',
        message: '… is a database, but holds no wallet this build knows. Check the path.',
      })
      await run(...legacy)
      expect(await refused(database.url, { create: true })).toEqual({
        code: 'NOT_A_WALLET',
        message:
          '… holds a legacy wallet. Run `txkeep-migrate run --db …` first, or open it with waitForCutover: true.',
      })
      await run(...migration('verified'))
      expect((await refused(database.url)).message).toContain('is in the middle of its migration (phase verified)')
      expect(await tablesThere()).toEqual(['migration_state', 'proven_tx_reqs', 'recipes', 'transactions'])
    })

    test('refuses a newer schema', async () => {
      await (await openStore(database.url, { create: true })).close()
      await run(`insert into txkeep_migrations (version, name) values (7, '0007-later')`)
      expect(await refused(database.url)).toEqual({
        code: 'SCHEMA_VERSION',
        message: '… has schema version 7, and this build works with 1. Update txkeep; nothing was changed.',
      })
    })

    test('refuses a database that is not there, a login that is wrong and a server that does not answer', async () => {
      const url = new URL(database.url)
      url.pathname = '/txkeep_test_nowhere'
      expect(await refused(url.href, { create: true })).toMatchObject({ code: 'STORE_UNAVAILABLE' })
      const stranger = new URL(database.url)
      stranger.username = 'txkeep_nobody'
      stranger.password = 'hunter2'
      const { code, message } = await refused(stranger.href)
      expect(code).toBe('STORE_UNAVAILABLE')
      expect(message).not.toContain('hunter2')
      const silent = new URL(database.url)
      silent.port = '1'
      expect(await refused(silent.href)).toMatchObject({ code: 'STORE_UNAVAILABLE' })
    })

    test('lets readonly read and write nothing', async () => {
      const writable = await openStore(database.url, { create: true })
      await seedUser(writable)
      await writable.close()
      const store = await openStore(database.url, { readonly: true })
      expect(await store.read((tx) => tx.users.count({}))).toBe(1)
      await expect(seedUser(store)).rejects.toMatchObject({ code: 'READ_ONLY' })
      await store.close()
      const knex = await openKnex(database.url, { readonly: true })
      await expect(knex('users').delete()).rejects.toThrow()
      await knex.destroy()
    })

    test('waits for the cutover, and gives up when it is told to', async () => {
      await (await openStore(database.url, { create: true })).close()
      await run('alter table transactions rename to transactions_new', ...legacy)
      await run(...migration('cutover'))
      const signal = AbortSignal.timeout(300)
      await expect(openStore(database.url, { waitForCutover: true, signal })).rejects.toBeDefined()
      expect(signal.aborted).toBe(true)

      const waiting = openStore(database.url, { waitForCutover: true })
      await run(
        engine.name === 'Postgres'
          ? 'alter table transactions rename to old; alter table transactions_new rename to transactions'
          : 'rename table transactions to old, transactions_new to transactions',
      )
      const store = await waiting
      await seedUser(store)
      await store.close()
    })
  },
  ['Postgres', 'MySQL'],
)
