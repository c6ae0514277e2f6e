import { setTimeout as sleep } from 'node:timers/promises'

import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { seedAction, seedCoins, seedUser } from '@txkeep/testkit'
import knex from 'knex'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createStore, openKnex, openStore, type KnexStore } from '../src/index.js'

/** What only a server can do to a store, and how Postgres keeps what others keep in another form. */
await describeOnEngines(
  'a store',
  (engine) => {
    let database: TestDatabase
    let store: KnexStore

    beforeEach(async () => {
      database = await engine.makeDatabase()
      store = await openStore(database.url, { create: true, busyTimeoutMs: 100, busyRetryMs: 400 })
    })

    afterEach(async () => {
      await store.close()
      await database.drop()
    })

    const endOthers =
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'

    describe('keeps', () => {
      test('satoshis as exact numbers, and reads none that a number would round', async () => {
        const user = await seedUser(store)
        const [coin] = await seedCoins(store, user, [2_100_000_000_000_000])
        expect(coin?.satoshis).toBe(2_100_000_000_000_000)
        expect(await store.read((tx) => tx.outputs.sum({ userId: user.userId, show: 'all' }))).toEqual({
          count: 1,
          satoshis: 2_100_000_000_000_000,
        })
        await database.query('update outputs set satoshis = 9007199254740993')
        await expect(store.read((tx) => tx.outputs.findById(coin!.outputId))).rejects.toMatchObject({
          code: 'CORRUPT_DATA',
        })
      })

      test('the millisecond of a moment, whatever the server’s time zone and way to write a date', async () => {
        const { userId } = await seedUser(store)
        const name = new URL(database.url).pathname.slice(1)
        await database.query(`alter database ${name} set datestyle to 'SQL, DMY'`)
        const at = new Date('2026-03-04T05:06:07.089Z')
        const other = await openStore(database.url)
        const { actionId } = await other.write((tx) => tx.actions.insert({ userId, reference: 'a', createdAt: at }))
        expect((await other.read((tx) => tx.actions.findById(actionId)))?.createdAt).toEqual(at)
        await other.close()
        const [row] = await database.query(
          `select extract(epoch from created_at)::text as epoch, current_setting('timezone') as zone from actions`,
        )
        expect(row).toEqual({ epoch: '1772600767.089000', zone: 'Asia/Kathmandu' })
      })

      test('bytes of every length and value', async () => {
        const { userId } = await seedUser(store)
        const long = Uint8Array.from({ length: 5_000_000 }, (_, index) => index % 256)
        for (const [reference, draftInputBeef] of [
          ['none', new Uint8Array()],
          ['long', long],
        ] as const) {
          await store.write((tx) => tx.actions.insert({ userId, reference, draftInputBeef }))
          const stored = await store.read((tx) => tx.actions.findByReference(userId, reference))
          expect(Buffer.compare(stored!.draftInputBeef!, draftInputBeef)).toBe(0)
        }
      })

      test('lists in the order of the characters’ numbers, whatever language the database sorts in', async () => {
        const names = ['b', 'a', 'B', 'A', 'é', '_', 'z']
        await store.write((tx) => tx.tasks.wake(names))
        const listed = await store.read((tx) => tx.tasks.list())
        expect(listed.map((task) => task.taskName)).toEqual(['A', 'B', '_', 'a', 'b', 'z', 'é'])
      })
    })

    describe('marks its session', () => {
      const marker = `select current_setting('txkeep.session', true) as marker`

      test('on every connection of its own, and strangers have none', async () => {
        const instance = await openKnex(database.url)
        const { rows } = await instance.raw<{ rows: unknown[] }>(marker)
        expect(rows).toEqual([{ marker: '1' }])
        await instance.destroy()
        expect((await database.query(marker))[0]?.['marker']).not.toBe('1')
      })

      test('on a pool of the caller, whose other settings stay, and reads it right whatever they are', async () => {
        const instance = knex({ client: 'pg', connection: database.url, pool: { min: 0, max: 2 } })
        const other = await createStore(instance)
        const user = await seedUser(other)
        const coins = await seedCoins(other, user, [1, 2])
        expect(coins.map((coin) => coin.satoshis)).toEqual([1, 2])
        await other.close()
        const { rows } = await instance.raw<{ rows: unknown[] }>(
          `${marker}, current_setting('timezone') as zone, count(*) from outputs`,
        )
        expect(rows).toEqual([{ marker: '1', zone: 'Asia/Kathmandu', count: '2' }])
        await instance.destroy()
      })
    })

    describe('survives', () => {
      test('a connection that breaks in the middle of a unit: nothing is stored, and the next unit has another', async () => {
        const { userId } = await seedUser(store)
        const unit = store.write(async (tx) => {
          await tx.actions.insert({ userId, reference: 'half' })
          await database.query(endOthers)
          await tx.actions.insert({ userId, reference: 'other half' })
        })
        await expect(unit).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
        expect((await store.read((tx) => tx.actions.list({ userId, limit: 10 }))).total).toBe(0)
      })

      test('idle connections that the server ends', async () => {
        await Promise.all([seedUser(store), seedUser(store), seedUser(store)])
        await database.query(endOthers)
        // The news has to arrive before a connection is lent again; one that is lent earlier fails, typed.
        for (let left = 50; left > 0; left -= 1) {
          const count = await store.read((tx) => tx.users.count({})).catch((error: { code?: unknown }) => error.code)
          if (count === 3) return
          expect(count).toBe('STORE_UNAVAILABLE')
          await sleep(20)
        }
        throw new Error('the store found no new connection')
      })

      test('a commit that nobody answers: it says that the outcome is not known, and does not try again', async () => {
        await database.query(
          'create function hang_up() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$',
        )
        await database.query(
          'create constraint trigger hang_up after insert on users deferrable initially deferred for each row execute function hang_up()',
        )
        let runs = 0
        const unit = store.write((tx) => {
          runs += 1
          return tx.users.insert({ identityKey: 'a', activeStorage: 'b' })
        })
        await expect(unit).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          message: expect.stringContaining('while a commit was on its way') as string,
        })
        expect(runs).toBe(1)
        expect(await store.read((tx) => tx.users.count({}))).toBe(0)
      })

      test('a lock somebody keeps: it waits without blocking, and is given up as StoreBusyError', async () => {
        const { userId } = await seedUser(store)
        const { action } = await seedAction(store, { userId, processing: 'draft' })
        const holder = await openKnex(database.url)
        await holder.raw('begin')
        await holder.raw('select 1 from actions for update')
        const unit = store.write((tx) => tx.actions.update(action.actionId, { hidden: true }))
        await expect(unit).rejects.toMatchObject({ code: 'STORE_BUSY' })
        await holder.raw('commit')
        await holder.destroy()
        await store.write((tx) => tx.actions.update(action.actionId, { hidden: true }))
      })

      test('a statement that the server cancels', async () => {
        const name = new URL(database.url).pathname.slice(1)
        await database.query(`alter database ${name} set statement_timeout to 100`)
        await database.query(
          'create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return new; end $$',
        )
        await database.query('create trigger dawdle before insert on users for each row execute function dawdle()')
        const hurried = await openStore(database.url)
        await expect(seedUser(hurried)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
        await hurried.close()
      })
    })

    test('writes nothing while the server forbids it, and is opened readonly then', async () => {
      const name = new URL(database.url).pathname.slice(1)
      await database.query(`alter database ${name} set default_transaction_read_only to on`)
      await expect(openStore(database.url)).rejects.toMatchObject({ code: 'READ_ONLY' })
      const reader = await openStore(database.url, { readonly: true })
      expect(await reader.read((tx) => tx.users.count({}))).toBe(0)
      await reader.close()
      const instance = knex({ client: 'pg', connection: database.url, pool: { min: 0, max: 1 } })
      const other = await createStore(instance)
      await expect(seedUser(other)).rejects.toMatchObject({ code: 'READ_ONLY' })
      await other.close()
      await instance.destroy()
    })

    test('is opened by a role that may only read, readonly', async () => {
      const role = `txkeep_test_reader_${process.pid}`
      await database.query(`create role ${role} login`)
      try {
        await database.query(`grant select on all tables in schema public to ${role}`)
        const url = new URL(database.url)
        url.username = role
        await expect(openStore(url.href)).rejects.toMatchObject({ code: 'READ_ONLY' })
        const reader = await openStore(url.href, { readonly: true })
        expect(await reader.read((tx) => tx.users.count({}))).toBe(0)
        await reader.close()
      } finally {
        await database.query(`drop owned by ${role}; drop role ${role}`)
      }
    })
  },
  ['Postgres'],
)
