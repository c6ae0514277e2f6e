import { openStore, createStore, openKnex, type KnexStore } from '../src/index.js'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { seedAction, seedCoins, seedUser } from '@txkeep/testkit'
import knex from 'knex'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { mysqlSchema } from '../src/dialect/mysql-schema.js'
import { MIGRATIONS_TABLE, TABLES, createTableStatements } from '../src/schema/index.js'

await describeOnEngines(
  'what is special to this family',
  (engine) => {
    let database: TestDatabase
    let store: KnexStore

    beforeEach(async () => {
      database = await engine.makeDatabase()
      store = await openStore(database.url, { create: true })
    })

    afterEach(async () => {
      await store.close()
      await database.drop()
    })

    /** Ends every session of the store at the server, as a restart or an operator does. */
    async function killSessions(): Promise<void> {
      const sessions = await database.query(
        'select id from information_schema.processlist where db = database() and id <> connection_id()',
      )
      for (const { id, ID } of sessions) await database.query(`kill ${String(id ?? ID)}`).catch(() => undefined)
    }

    test('a session is set up the same, whatever the server is told', async () => {
      const instance = await openKnex(database.url)
      const [[session] = []] = await instance.raw<[Record<string, unknown>[], unknown]>(
        'select @txkeep as marker, @@session.time_zone as zone, @@session.sql_mode as mode, @@collation_connection as collation',
      )
      await instance.destroy()
      expect(session).toMatchObject({ marker: 1, zone: '+00:00' })
      expect(session?.['mode']).toContain('STRICT_ALL_TABLES')
      expect(session?.['collation']).toMatch(/^utf8mb4_(0900|nopad)_bin$/)
    })

    test('a time the database sets is UTC, whatever zone the session of a stranger is in', async () => {
      const stranger = await openKnex(database.url)
      await stranger.raw("set time_zone = '+05:45'")
      await stranger.raw("insert into users (identityKey, activeStorage) values ('stranger', '')")
      await stranger.destroy()
      const [user] = await store.read((tx) => tx.users.find({ identityKey: 'stranger' }))
      expect(Math.abs((user?.createdAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
    })

    test('a sum of satoshis no number holds exactly is an error, not a rounded number', async () => {
      const user = await seedUser(store)
      const [coin] = await seedCoins(store, user, [1])
      await database.query('update outputs set satoshis = 9007199254740993')
      const reading = store.read((tx) => tx.outputs.findById(coin?.outputId ?? 0))
      await expect(reading).rejects.toMatchObject({ code: 'CORRUPT_DATA' })
    })

    test('bytes of more than half a packet are stored, and what no packet holds is refused with a sentence', async () => {
      const { userId } = await seedUser(store)
      const [row] = await database.query('select @@max_allowed_packet as packet')
      const packet = Number(row?.['packet'])
      const large = new Uint8Array(Math.floor(packet * 0.6)).fill(0x27)
      const action = await store.write((tx) => tx.actions.insert({ userId, reference: 'a', draftInputBeef: large }))
      expect(action.draftInputBeef?.length).toBe(large.length)
      const tooLarge = store.write((tx) =>
        tx.actions.insert({ userId, reference: 'b', draftInputBeef: new Uint8Array(packet) }),
      )
      await expect(tooLarge).rejects.toMatchObject({
        code: 'INVALID_PARAMETER',
        message: expect.stringContaining('max_allowed_packet') as string,
      })
      expect(await store.read((tx) => tx.actions.findByReference(userId, 'b'))).toBeUndefined()
    })

    test('text longer than its column is refused, not cut', async () => {
      const { userId } = await seedUser(store)
      const insert = store.write((tx) => tx.actions.insert({ userId, reference: 'x'.repeat(65) }))
      await expect(insert).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    test('a session that ends between two units is replaced', async () => {
      const { userId } = await seedUser(store)
      await killSessions()
      expect(await store.read((tx) => tx.users.get({ userId }))).toBeDefined()
    })

    test('a session that ends within a unit takes the unit with it, and the store works on', async () => {
      const { userId } = await seedUser(store)
      const unit = store.write(async (tx) => {
        await tx.actions.insert({ userId, reference: 'lost' })
        await killSessions()
        await tx.actions.insert({ userId, reference: 'never' })
      })
      await expect(unit).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect((await store.read((tx) => tx.actions.list({ userId, limit: 9 }))).total).toBe(0)
      await store.write((tx) => tx.actions.insert({ userId, reference: 'found' }))
    })

    test('two units that wait for each other both succeed, one of them at its second attempt', async () => {
      const user = await seedUser(store)
      const one = await seedAction(store, { ...user, outputs: [] })
      const two = await seedAction(store, { ...user, outputs: [] })
      const ids = [one.action.actionId, two.action.actionId]
      let attempts = 0
      let arrived = 0
      const both = (order: readonly number[]): Promise<void> =>
        store.write(async (tx) => {
          attempts += 1
          await tx.actions.addSatoshisDelta(order[0] ?? 0, 1)
          arrived += 1
          // Until the other one holds its first row, by asking the database and nothing else.
          while (arrived < 2) await tx.users.count({})
          await tx.actions.addSatoshisDelta(order[1] ?? 0, 1)
        })
      await Promise.all([both(ids), both([...ids].reverse())])
      const rows = await store.read((tx) => tx.actions.findByIds(ids))
      expect(rows.map((row) => row.satoshisDelta)).toEqual([one.action.satoshisDelta + 2, two.action.satoshisDelta + 2])
      expect(attempts).toBeGreaterThan(2)
    })

    test('a unit that waits for a lock too long is given up as STORE_BUSY, and succeeds when it is free', async () => {
      const user = await seedUser(store)
      const { action } = await seedAction(store, { ...user, outputs: [] })
      const hasty = await openStore(database.url, { busyTimeoutMs: 1000, busyRetryMs: 1200 })
      const stranger = await openKnex(database.url)
      const holder = await stranger.transaction()
      await holder.raw('update actions set hidden = 0 where actionId = ?', [action.actionId])
      const change = () => hasty.write((tx) => tx.actions.update(action.actionId, { description: 'changed' }))
      await expect(change()).rejects.toMatchObject({ code: 'STORE_BUSY' })
      await holder.rollback()
      expect((await change())?.description).toBe('changed')
      await stranger.destroy()
      await hasty.close()
    })

    test('a store on a pool of the caller reads times in UTC and keeps its sessions marked', async () => {
      const url = new URL(database.url)
      const instance = knex({
        client: 'mysql2',
        connection: {
          host: url.hostname,
          port: Number(url.port || 3306),
          user: url.username,
          password: url.password,
          database: url.pathname.slice(1),
          timezone: '+09:00',
        },
      })
      const theirs = await createStore(instance)
      const now = new Date('2026-02-03T04:05:06.789Z')
      const user = await theirs.write((tx) => tx.users.insert({ identityKey: 'a', activeStorage: '', createdAt: now }))
      expect(user.createdAt).toEqual(now)
      expect(await store.read((tx) => tx.users.get({ userId: user.userId }))).toEqual(user)
      await theirs.close()
      await instance.destroy()
    })

    test('opened readonly reads and refuses to write, also below the store', async () => {
      const readonly = await openStore(database.url, { readonly: true })
      expect(await readonly.read((tx) => tx.users.count({}))).toBe(0)
      await expect(seedUser(readonly)).rejects.toMatchObject({ code: 'READ_ONLY' })
      await readonly.close()
      const below = await openKnex(database.url, { readonly: true })
      await expect(below.raw("insert into users (identityKey, activeStorage) values ('a', '')")).rejects.toThrow(
        /READ ONLY/,
      )
      await below.destroy()
    })

    test('an account that may only read is told so when it opens the store, not when it first writes', async () => {
      const url = new URL(database.url)
      const [name, schema] = [`txkeep_reader_${process.pid}`, url.pathname.slice(1)]
      await database.query(`create user '${name}'@'%' identified by 'hunter2'`)
      await database.query(`grant select on ${schema}.* to '${name}'@'%'`)
      try {
        url.username = name
        url.password = 'hunter2'
        await expect(openStore(url.href)).rejects.toMatchObject({ code: 'READ_ONLY' })
        const reader = await openStore(url.href, { readonly: true })
        expect(await reader.read((tx) => tx.users.count({}))).toBe(0)
        await reader.close()
      } finally {
        await database.query(`drop user '${name}'@'%'`)
      }
    })

    test('two that make a store in the same database at once both get it', async () => {
      const empty = await engine.makeDatabase()
      const stores = await Promise.all([1, 2].map(() => openStore(empty.url, { create: true })))
      for (const made of stores) await seedUser(made)
      for (const made of stores) await made.close()
      await empty.drop()
    })

    test.each([1, 7, 20])('a schema whose making ended after %i tables is finished when asked', async (count) => {
      const begun = await engine.makeDatabase()
      const tables = [MIGRATIONS_TABLE, ...Object.values(TABLES)].slice(0, count)
      const statements = tables.flatMap((table) => createTableStatements(mysqlSchema, table))
      for (const statement of statements) await begun.query(statement)
      await expect(openStore(begun.url)).rejects.toMatchObject({
        code: 'NOT_A_WALLET',
        message: expect.stringContaining('interrupted') as string,
      })
      const finished = await openStore(begun.url, { create: true })
      await seedUser(finished)
      await finished.close()
      await (await openStore(begun.url)).close()
      await begun.drop()
    })

    test.each<[string, (url: URL) => void]>([
      ['a server that is not there', (url) => (url.port = '1')],
      ['an account the server does not know', (url) => (url.username = 'nobody')],
      ['a database that is not there', (url) => (url.pathname += '_missing')],
    ])('%s is a store that is not there, and its password is not shown', async (_, change) => {
      const url = new URL(database.url)
      change(url)
      if (url.pathname.endsWith('_missing')) url.password = new URL(database.url).password
      else url.password = 'hunter2'
      const opening = openStore(url.href, { create: true })
      await expect(opening).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      await expect(opening).rejects.not.toThrow(/hunter2/)
    })
  },
  ['MySQL'],
)
