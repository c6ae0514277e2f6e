import { describe, expect, it } from 'vitest'
import { atOnce, payment, strangerScript } from './support/open-wallet.js'
import {
  balanceOf,
  openStores,
  published,
  viewOf,
  type Storage,
  type Stores,
  type SyncedWallet,
} from './support/open-stores.js'

const delayed = { acceptDelayedBroadcast: true } as const
const kept = { noSend: true, acceptDelayedBroadcast: false } as const

/** A little of everything a wallet does. */
async function live({ wallet, manager, fund }: SyncedWallet): Promise<void> {
  await fund(50_000, 20_000)
  await wallet.createAction(payment(1000, atOnce))
  await wallet.createAction({
    description: 'a token',
    labels: ['tokens', 'first'],
    outputs: [
      {
        satoshis: 7,
        lockingScript: strangerScript,
        outputDescription: 'a token of mine',
        basket: 'tokens',
        tags: ['shiny', 'small'],
        customInstructions: 'handle with care',
      },
    ],
    options: atOnce,
  })
  await wallet.createAction(payment(300, delayed))
  const { txid } = await wallet.createAction(payment(400, kept))
  await wallet.createAction(payment(500, kept))
  await wallet.abortAction({ reference: txid! })
  const { userId } = await manager.getAuth()
  await manager.insertCertificate(certificate(userId!))
}

function certificate(userId: number): Parameters<SyncedWallet['manager']['insertCertificate']>[0] {
  const now = new Date()
  const stamps = { created_at: now, updated_at: now }
  return {
    ...stamps,
    certificateId: 0,
    userId,
    type: 'dHlwZSBvZiBhIGNlcnRpZmljYXRlIGluIGJhc2U2NA==',
    serialNumber: 'c2VyaWFsIG51bWJlciBvZiBhIGNlcnRpZmljYXRlIDE=',
    certifier: `02${'0c'.repeat(32)}`,
    subject: `02${'05'.repeat(32)}`,
    revocationOutpoint: `${'ab'.repeat(32)}.0`,
    signature: '3045',
    isDeleted: false,
    fields: [{ ...stamps, userId, certificateId: 0, fieldName: 'name', fieldValue: 'Alice', masterKey: 'a key' }],
  } as Parameters<SyncedWallet['manager']['insertCertificate']>[0]
}

function keyOf(storage: Storage): string {
  return storage.getSettings().storageIdentityKey
}

async function expectSame(stores: Stores, one: Storage, other: Storage): Promise<void> {
  expect(await viewOf(stores, other)).toEqual(await viewOf(stores, one))
  expect(await balanceOf(stores, other)).toBe(await balanceOf(stores, one))
}

/** Inserts and updates one more backup of everything makes. */
async function changesOfBackup({ manager }: SyncedWallet, to: Storage): Promise<object> {
  const { inserts, updates } = await manager.syncToWriter(await manager.getAuth(), published(to))
  return { inserts, updates }
}

describe('a backup', () => {
  it('of our store in a published one shows the same wallet, and repeating it changes nothing', async () => {
    const stores = await openStores()
    // With the overlap a sync has in earnest: what is sent twice changes nothing there.
    const { provider: ours } = await stores.openOurs('ours', {})
    const theirs = await stores.openPublished('theirs')
    const alice = await stores.openWallet(ours, theirs)
    await live(alice)
    await alice.manager.updateBackups()
    await expectSame(stores, ours, theirs)
    expect(await changesOfBackup(alice, theirs)).toEqual({ inserts: 0, updates: 0 })
    await expectSame(stores, ours, theirs)
  })

  it('of a published store in ours shows the same wallet, and repeating it changes nothing', async () => {
    const stores = await openStores()
    const { provider: ours } = await stores.openOurs('ours')
    const theirs = await stores.openPublished('published')
    const alice = await stores.openWallet(theirs, ours)
    await live(alice)
    await alice.manager.updateBackups()
    await expectSame(stores, theirs, ours)
    expect(await changesOfBackup(alice, ours)).toEqual({ inserts: 0, updates: 0 })
    await expectSame(stores, theirs, ours)
  })

  it('of our store in another of ours shows the same wallet', async () => {
    const stores = await openStores()
    const { provider: ours } = await stores.openOurs('ours')
    const { provider: other } = await stores.openOurs('other')
    const alice = await stores.openWallet(ours, other)
    await live(alice)
    await alice.manager.updateBackups()
    await expectSame(stores, ours, other)
    expect(await changesOfBackup(alice, other)).toEqual({ inserts: 0, updates: 0 })
  })
})

describe('the active store', () => {
  it('moves to a published backup and back, and every coin can be spent on either', async () => {
    const stores = await openStores()
    const { provider: ours } = await stores.openOurs('ours')
    const theirs = await stores.openPublished('published')
    const alice = await stores.openWallet(ours, theirs)
    await alice.fund(50_000, 20_000)
    await alice.wallet.createAction(payment(1000, atOnce))
    for (const [to, from] of [
      [theirs, ours],
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      await alice.manager.setActive(keyOf(to))
      await expectSame(stores, from, to)
      await alice.wallet.createAction(payment(2000, atOnce))
    }
    await alice.manager.setActive(keyOf(ours))
    await expectSame(stores, theirs, ours)
  })
})
