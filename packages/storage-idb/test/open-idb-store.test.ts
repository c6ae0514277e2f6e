import 'fake-indexeddb/auto'
import type { TxkeepError } from '@txkeep/core'
import { seedUser } from '@txkeep/testkit'
import { deleteDB, openDB } from 'idb'
import { afterEach, expect, it } from 'vitest'
import { IDB_VERSION, openIdbStore, type OpenIdbStoreOptions } from '../src/index.js'

const NAME = 'opened'

afterEach(() => deleteDB(NAME))

async function refusal(options?: OpenIdbStoreOptions): Promise<Pick<TxkeepError, 'code' | 'message'>> {
  const error: unknown = await openIdbStore(NAME, options).then(
    (store) => store.close(),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof Error) || !('code' in error)) throw new Error('it was opened')
  return { code: error.code as TxkeepError['code'], message: error.message }
}

async function storesOf(version?: number): Promise<{ readonly version: number; readonly names: string[] }> {
  const database = await openDB(NAME, version)
  const names = [...database.objectStoreNames]
  database.close()
  return { version: database.version, names }
}

it('makes a database where there is none, and opens what it made', async () => {
  const store = await openIdbStore(NAME)
  const { userId } = await seedUser(store)
  await store.close()
  const again = await openIdbStore(NAME, { create: false })
  expect((await again.read((tx) => tx.users.find({}))).map((user) => user.userId)).toEqual([userId])
  await again.close()
})

it('makes none where it may not, and leaves nothing behind', async () => {
  expect(await refusal({ create: false })).toEqual({
    code: 'NOT_A_WALLET',
    message: 'There is no database opened. Check the name, or open it with create: true to make one.',
  })
  expect(await indexedDB.databases()).toEqual([])
})

it('refuses a legacy wallet, and leaves it as it was', async () => {
  const legacy = await openDB(NAME, 1, {
    upgrade: (database) => void database.createObjectStore('proven_txs', { keyPath: 'provenTxId' }),
  })
  await legacy.add('proven_txs', { provenTxId: 7 })
  legacy.close()
  expect(await refusal()).toEqual({
    code: 'NOT_A_WALLET',
    message: 'The database opened holds a legacy wallet (version 1). Move it first; nothing was changed.',
  })
  expect(await storesOf()).toEqual({ version: 1, names: ['proven_txs'] })
})

it('refuses a schema that is newer than this build', async () => {
  ;(await openDB(NAME, IDB_VERSION + 1)).close()
  expect(await refusal()).toEqual({
    code: 'SCHEMA_VERSION',
    message: 'The database opened has version 3, and this build works with 2. Update txkeep; nothing was changed.',
  })
})

it('makes one database when four tabs make it at the same time', async () => {
  const tabs = await Promise.all([1, 2, 3, 4].map(() => openIdbStore(NAME)))
  await Promise.all(tabs.map((store) => seedUser(store)))
  expect(await tabs[0]?.read((tx) => tx.users.count({}))).toBe(4)
  await Promise.all(tabs.map((store) => store.close()))
})

it('gives way to a tab that upgrades, says so, and refuses whatever comes after', async () => {
  let hasGivenWay = false
  const old = await openIdbStore(NAME, { onSuperseded: () => (hasGivenWay = true) })
  const upgraded = await openDB(NAME, IDB_VERSION + 1)
  expect(hasGivenWay).toBe(true)
  await expect(old.read((tx) => tx.users.count({}))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  upgraded.close()
})

it('a unit that waits for something else than its tx is told so', async () => {
  const store = await openIdbStore(NAME)
  const write = store.write(async (tx) => {
    await tx.monitorEvents.insert({ event: 'first', details: null })
    await new Promise((resolve) => setTimeout(resolve, 20))
    await tx.monitorEvents.insert({ event: 'second', details: null })
  })
  await expect(write).rejects.toMatchObject({ code: 'CONFLICT' })
  await store.close()
})

it('what a unit does after its end is an error', async () => {
  const store = await openIdbStore(NAME)
  const tx = await store.write((inside) => Promise.resolve(inside))
  await expect(tx.users.count({})).rejects.toThrow('This unit of work has ended')
  await expect(
    store.read((reader) => (reader as typeof tx).users.insert({ identityKey: 'x', activeStorage: 'x' })),
  ).rejects.toThrow('This unit of work only reads')
  await store.close()
})
