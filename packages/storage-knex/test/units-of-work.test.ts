import { describeOnEngines } from '@txkeep/test-engines'
import { seedUser, type MakeStore } from '@txkeep/testkit'
import type { NewEntity, OutputBasketRow, Store, StoreWriter } from '@txkeep/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createStore, openKnex } from '../src/index.js'
import { makeMemoryStore } from './make-memory-store.js'
import { storeMaker } from './make-store.js'

await describeOnEngines('a store', (engine) => unitsOfWork(storeMaker(engine)))

describe('a store on SQLite in memory', () => unitsOfWork(makeMemoryStore))

function unitsOfWork(makeStore: MakeStore): void {
  let store: Store
  let close: () => Promise<void>

  beforeEach(async () => {
    ;({ store, close } = await makeStore())
  })

  afterEach(() => close())

  test('refuses a unit inside a unit at once, instead of waiting for itself', async () => {
    const inner = store.write(() => store.write((tx) => tx.users.count({})))
    await expect(inner).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(store.read(() => store.read((tx) => tx.users.count({})))).rejects.toMatchObject({ code: 'CONFLICT' })
    await seedUser(store)
  })

  test('runs what was started inside a unit once that unit is over', async () => {
    let later: Promise<number> | undefined
    await store.write(async (tx) => {
      await tx.users.count({})
      later = new Promise((resolve) => setTimeout(resolve, 5)).then(() => store.read((inner) => inner.users.count({})))
    })
    expect(await later).toBe(0)
  })

  test('commits every one of a hundred concurrent units', async () => {
    const user = await seedUser(store)
    const units = Array.from({ length: 100 }, (_, index) =>
      store.write((tx) => tx.baskets.insert({ ...basketOf(user.userId), name: `basket ${index}` })),
    )
    const reads = Array.from({ length: 100 }, () => store.read((tx) => tx.baskets.count({})))
    await Promise.all([...units, ...reads])
    expect(await store.read((tx) => tx.baskets.count({}))).toBe(101)
  })

  test('does not commit a unit whose work swallowed the error of a statement', async () => {
    const { identityKey } = await seedUser(store)
    const unit = store.write(async (tx) => {
      await tx.users.insert({ identityKey: 'somebody else', activeStorage: '' })
      await tx.users.insert({ identityKey, activeStorage: '' }).catch(() => undefined)
      return 'done'
    })
    await expect(unit).rejects.toMatchObject({ code: 'UNIQUE_VIOLATION', table: 'users' })
    expect(await store.read((tx) => tx.users.count({}))).toBe(1)
  })

  test('refuses to write in a unit that only reads, whatever the types were made to say', async () => {
    const unit = store.read((tx) => (tx as StoreWriter).users.insert({ identityKey: 'a', activeStorage: 'b' }))
    await expect(unit).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await store.read((tx) => tx.users.count({}))).toBe(0)
  })

  test('rejects a value no column may hold, and changes nothing', async () => {
    const { userId } = await seedUser(store)
    const unit = store.write(async (tx) => {
      const { actionId } = await tx.actions.insert({ userId, reference: 'a' })
      await expect(tx.actions.update(actionId, { description: 'a\0b' })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER',
      })
      await expect(tx.outputs.updateMany([1], { satoshis: 0.5 })).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
      return tx.actions.findById(actionId)
    })
    expect(await unit).toMatchObject({ description: null, rowVersion: 0 })
  })

  test('hands on what work throws as it is, also when it is no Error', async () => {
    await expect(store.write(() => Promise.reject(new TypeError('mine')))).rejects.toThrow(new TypeError('mine'))
    await expect(store.write(() => Promise.reject('text'))).rejects.toBe('text')
  })

  test('lets units that began end before it is closed', async () => {
    const writing = seedUser(store)
    const reading = store.read((tx) => tx.users.count({}))
    await store.close()
    await expect(writing).resolves.toBeDefined()
    await expect(reading).resolves.toBeTypeOf('number')
    await expect(seedUser(store)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await store.close()
  })
}

describe('a store on SQLite', () => {
  test('runs a hundred concurrent units one after the other', async () => {
    const { store, close } = await makeMemoryStore()
    const user = await seedUser(store)
    const units = Array.from({ length: 100 }, () =>
      store.write(async (tx) => {
        const count = await tx.baskets.count({})
        await tx.baskets.insert({ ...basketOf(user.userId), name: `basket ${count}` })
      }),
    )
    await Promise.all(units)
    expect(await store.read((tx) => tx.baskets.count({}))).toBe(101)
    await close()
  })
})

describe('createStore', () => {
  test('works on a knex instance the caller goes on owning', async () => {
    const database = await openKnex('sqlite::memory:')
    await expect(createStore(database)).rejects.toMatchObject({ code: 'NOT_A_WALLET' })
    const store = await createStore(database, { create: true })
    await seedUser(store)
    await store.close()
    expect(await database('users').count({ count: '*' })).toEqual([{ count: 1 }])
    await (await createStore(database)).close()
    await database.destroy()
  })
})

function basketOf(userId: number): Omit<NewEntity<OutputBasketRow, 'basketId'>, 'name'> {
  return { userId, numberOfDesiredUTXOs: 1, minimumDesiredUTXOValue: 1, isDeleted: false }
}
