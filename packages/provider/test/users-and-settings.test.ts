import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, it } from 'vitest'
import { createProvider } from '../src/index.js'
import { openProvider, openTestStore } from './support/open-provider.js'

const storageKey = `02${'cd'.repeat(32)}`

it('settings are there after migrate and makeAvailable, not before', async () => {
  const store = await openTestStore()
  const provider = createProvider({ store, chain: 'test' })
  await expect(provider.makeAvailable()).rejects.toMatchObject({ name: 'WERR_INVALID_OPERATION' })
  expect(await provider.migrate('my store', storageKey)).toMatch(/^txkeep schema \d+$/)
  expect(provider.isAvailable()).toBe(false)
  expect(() => provider.getSettings()).toThrow('Call makeAvailable first')
  await provider.makeAvailable()
  expect(provider.isAvailable()).toBe(true)
  expect(provider.getSettings()).toMatchObject({
    storageName: 'my store',
    storageIdentityKey: storageKey,
    chain: 'test',
    dbtype: 'SQLite',
    maxOutputScript: 1024,
    created_at: expect.any(Date),
    updated_at: expect.any(Date),
  })
})

await describeOnEngines('the settings of a new store', (engine) => {
  it('name its engine', async () => {
    const database = await engine.makeDatabase()
    const store = await openStore(database.url, { create: true })
    const provider = createProvider({ store })
    await provider.migrate('my store', storageKey)
    expect(await provider.makeAvailable()).toMatchObject({ chain: 'main', dbtype: engine.name })
    await provider.destroy()
    await database.drop()
  })
})

it('a store keeps the name and identity it was made with', async () => {
  const store = await openTestStore()
  await createProvider({ store }).migrate('first', storageKey)
  const again = createProvider({ store })
  await again.migrate('second', `03${'cd'.repeat(32)}`)
  expect(await again.makeAvailable()).toMatchObject({ storageName: 'first', storageIdentityKey: storageKey })
})

it('says that nobody set services', () => {
  const provider = createProvider({ store: {} as never })
  expect(() => provider.getServices()).toThrow('Call setServices first')
})

it('a new user selects this store, and any row that comes by sync is newer than hers', async () => {
  const { provider, store } = await openProvider()
  const { user, isNew } = await provider.findOrInsertUser(`02${'01'.repeat(32)}`)
  expect(isNew).toBe(true)
  expect(user).toMatchObject({ activeStorage: provider.getSettings().storageIdentityKey })
  expect(user.updated_at).toEqual(new Date('1971-01-01T00:00:00Z'))
  const baskets = await store.read((tx) => tx.baskets.find({ userId: user.userId }))
  expect(baskets).toMatchObject([
    { name: 'default', numberOfDesiredUTXOs: 144, minimumDesiredUTXOValue: 32, updatedAt: new Date('1971-01-01') },
  ])
  expect(await provider.findOrInsertUser(user.identityKey)).toEqual({ user, isNew: false })
})

it('callers at once get one and the same new user', async () => {
  const { provider, store } = await openProvider()
  const identityKey = `02${'02'.repeat(32)}`
  const found = await Promise.all(Array.from({ length: 8 }, () => provider.findOrInsertUser(identityKey)))
  expect(new Set(found.map(({ user }) => user.userId)).size).toBe(1)
  expect(found.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await store.read((tx) => tx.baskets.count({}))).toBe(1)
})

it('setActive changes the caller only', async () => {
  const { provider, newUser } = await openProvider()
  const [alice, bob] = [await newUser(), await newUser()]
  expect(await provider.setActive(alice, storageKey)).toBe(1)
  expect((await provider.findOrInsertUser(alice.identityKey)).user.activeStorage).toBe(storageKey)
  expect((await provider.findOrInsertUser(bob.identityKey)).user.activeStorage).not.toBe(storageKey)
})

it('an id without the key that belongs to it opens nothing', async () => {
  const { provider, newUser } = await openProvider()
  const [alice, bob] = [await newUser(), await newUser()]
  const forged = { identityKey: alice.identityKey, userId: bob.userId }
  const nobody = { identityKey: alice.identityKey }
  for (const auth of [forged, nobody]) {
    const calls = [
      provider.setActive(auth, storageKey),
      provider.findOutputsAuth(auth, { partial: {} }),
      provider.findOutputBasketsAuth(auth, { partial: {} }),
      provider.findCertificatesAuth(auth, { partial: {} }),
      provider.relinquishOutput(auth, { basket: 'default', output: `${'ab'.repeat(32)}.0` }),
    ]
    await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ name: 'WERR_UNAUTHORIZED' })))
  }
})
