import type { OutputRow } from '@txkeep/core'
import { expect, it } from 'vitest'
import type { SyncChunk, TxkeepStorageProvider } from '../src/index.js'
import { statusAdvice } from '../src/sync/merge/status-advice.js'
import { atOnce, payment, strangerScript } from './support/open-wallet.js'
import { openStores, viewOf } from './support/open-stores.js'
import { ourBackground } from './support/session/our-background.js'
import { requestOf, sync } from './support/sync-chunks.js'

const token = {
  description: 'a token',
  outputs: [{ satoshis: 7, lockingScript: strangerScript, outputDescription: 'a token of mine', basket: 'tokens' }],
}

it('D17: an output backed up before signing gets its txid, and one given up leaves its basket', async () => {
  const stores = await openStores()
  const [{ provider: a }, { provider: b, store }] = [await stores.openOurs('a'), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  const { signableTransaction } = await alice.wallet.createAction({
    ...token,
    options: { ...atOnce, signAndProcess: false },
  })
  await sync(stores, a, b)
  const { txid } = await alice.wallet.signAction({
    reference: signableTransaction!.reference,
    spends: {},
    options: atOnce,
  })
  await sync(stores, a, b)
  const { outputs } = await alice.wallet.listOutputs({ basket: 'tokens' })
  const output = outputs[0]!.outpoint
  expect(output).toContain(txid)
  const copied = await store.read((tx) => tx.outputs.findByOutpoints([{ txid: txid!, vout: Number(output.slice(65)) }]))
  expect(copied).toMatchObject([{ satoshis: 7 }])
  await alice.wallet.relinquishOutput({ basket: 'tokens', output })
  await sync(stores, a, b)
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
})

it('D18: the status of another store is advice, and never frees or fails a coin by itself', () => {
  expect(statusAdvice('sending', 'seen', false)).toEqual({ do: 'move', through: ['seen'] })
  expect(statusAdvice('queued', 'seen', false)).toEqual({ do: 'move', through: ['sent', 'seen'] })
  expect(statusAdvice('sent', 'queued', true)).toEqual({ do: 'nothing' })
  expect(statusAdvice('invalid', 'sent', true)).toEqual({ do: 'unfail' })
  expect(statusAdvice('invalid', 'sent', false)).toEqual({ do: 'nothing' })
  expect(statusAdvice('sent', 'invalid', true)).toEqual({ do: 'look-up' })
  expect(statusAdvice('confirmed', 'seen', true)).toEqual({ do: 'nothing' })
})

it('D18: a coin of a dead transaction is not free because another store says so: the network is asked', async () => {
  const stores = await openStores()
  const [{ provider: a, store: ofA }, { provider: b, store: ofB }] = [
    await stores.openOurs('a'),
    await stores.openOurs('b'),
  ]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  const refused = alice.wallet.createAction(payment(1000, atOnce))
  await stores.services.during('rejecting', () => expect(refused).rejects.toThrow())
  await sync(stores, a, b)
  const { userId } = (await b.findOrInsertUser(stores.identityKey)).user
  const held = (): Promise<readonly OutputRow[]> => ofB.read((tx) => tx.outputs.find({ userId, isFree: false }))
  const before = await held()
  expect(before).toHaveLength(1)
  // There the network called it unspent.
  const { user } = await a.findOrInsertUser(stores.identityKey)
  const [coin] = await ofA.read((tx) => tx.outputs.find({ userId: user.userId, isFree: false }))
  await ofA.write(async (tx) => {
    await tx.outputs.releaseSpentBy(coin!.spentByActionId!)
    await tx.outputs.refreshSpendable({ outputIds: [coin!.outputId] })
  })
  const asked = async (): Promise<number> => (await ofB.read((tx) => tx.tasks.find('release_inputs')))?.wakeSeq ?? 0
  const askedBefore = await asked()
  await sync(stores, a, b)
  expect(await held()).toMatchObject([{ spentByActionId: before[0]!.spentByActionId, spendable: false }])
  expect(await asked()).toBeGreaterThan(askedBefore)
})

it('D19: a request of another batch does not end the sync, and the newer batch wins', async () => {
  const stores = await openStores()
  const [{ provider: a, store: ofA }, { provider: b, store: ofB }] = [
    await stores.openOurs('a'),
    await stores.openOurs('b'),
  ]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
  await sync(stores, a, b)
  const setBatch = (store: typeof ofA, batch: string) =>
    store.write(async (tx) => {
      const row = await tx.transactions.findByTxid(txid!)
      return (await tx.transactions.update(row!.transactionId, { batch }))!.updatedAt
    })
  const old = await setBatch(ofB, 'old')
  while ((await setBatch(ofA, 'new')) <= old);
  await sync(stores, a, b)
  expect(await ofB.read((tx) => tx.transactions.findByTxid(txid!))).toMatchObject({ batch: 'new' })
})

it('D21: a third store that synced before is told of old rows that came by sync', async () => {
  const stores = await openStores()
  const [{ provider: a }, { provider: b }, { provider: c }] = [
    await stores.openOurs('a'),
    await stores.openOurs('b'),
    await stores.openOurs('c'),
  ]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  await alice.wallet.createAction({ ...token, options: atOnce })
  const { user } = await b.findOrInsertUser(stores.identityKey)
  // Something of b's own, newer than all of a, which c knows already.
  await b.setActive({ identityKey: stores.identityKey, userId: user.userId }, a.getSettings().storageIdentityKey)
  await sync(stores, b, c)
  await sync(stores, a, b)
  await sync(stores, b, c)
  expect(await viewOf(stores, c)).toEqual(await viewOf(stores, a))
})

it('D23: chunks of one row each carry everything once, in an order that no change moves', async () => {
  const stores = await openStores()
  const [{ provider: a }, { provider: b }] = [await stores.openOurs('a'), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000, 20_000)
  await alice.wallet.createAction({ ...token, labels: ['one', 'two'], options: atOnce })
  const whole = await a.getSyncChunk(await requestOf(stores, a, b))
  const { outputs: rows } = whole
  expect(rows!.map(({ outputId }) => outputId)).toEqual(rows!.map(({ outputId }) => outputId).sort((x, y) => x - y))
  await sync(stores, a, b, 1)
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
  expect(await sync(stores, a, b, 3)).toEqual({ inserts: 0, updates: 0 })
})

it('D24: a store that was renamed goes on where it was', async () => {
  const stores = await openStores()
  const { provider } = await stores.openOurs('a')
  const { user } = await provider.findOrInsertUser(stores.identityKey)
  const auth = { identityKey: stores.identityKey, userId: user.userId }
  const first = await provider.findOrInsertSyncStateAuth(auth, 'another store', 'its name')
  const second = await provider.findOrInsertSyncStateAuth(auth, 'another store', 'its new name')
  expect([first.isNew, second.isNew]).toEqual([true, false])
  expect(second.syncState).toMatchObject({ syncStateId: first.syncState.syncStateId, storageName: 'its new name' })
})

it('D25: a chunk with one bad row leaves nothing behind, and the next try is whole', async () => {
  const stores = await openStores()
  const [{ provider: a }, { provider: b }] = [await stores.openOurs('a'), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  await alice.wallet.createAction({ ...token, options: atOnce })
  const request = await requestOf(stores, a, b)
  const before = await viewOf(stores, b)
  const chunk = await a.getSyncChunk(request)
  const broken: SyncChunk = { ...chunk, outputs: chunk.outputs!.map((row) => ({ ...row, satoshis: -1 })) }
  await expect(b.processSyncChunk(request, broken)).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
  expect(await viewOf(stores, b)).toEqual(before)
  await sync(stores, a, b)
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
})

it('D23: what changes between two chunks is in the copy after the next sync, wherever it stands', async () => {
  const stores = await openStores()
  const [{ provider: a, store: ofA }, { provider: b }] = [await stores.openOurs('a', {}), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000, 20_000)
  for (const label of ['one', 'two', 'three']) {
    await alice.wallet.createAction({ ...token, labels: [label], options: atOnce })
  }
  await sync(stores, a, b)
  // From a moment that rows of hers are older than, so that they can enter what is to be sent.
  const { user } = await a.findOrInsertUser(stores.identityKey)
  const outputs = await ofA.read((tx) => tx.outputs.find({ userId: user.userId }))
  const baskets = await ofA.read((tx) => tx.baskets.find({ userId: user.userId }))
  let changes = 0
  for (;;) {
    const request = await requestOf(stores, a, b, 1)
    const result = await b.processSyncChunk(request, await a.getSyncChunk(request))
    if (result.done) break
    // The first row, one in the middle and the last one, each behind, at and ahead of what was sent; then a newer one of another kind.
    if (++changes > 30) continue
    const output = outputs[(changes * 5) % outputs.length]!
    await ofA.write(async (tx) => {
      await tx.outputs.update(output.outputId, { customInstructions: `changed ${changes}` })
      await tx.baskets.update(
        { basketId: baskets[changes % baskets.length]!.basketId },
        { numberOfDesiredUTXOs: changes },
      )
    })
  }
  expect(changes).toBeGreaterThan(30)
  await sync(stores, a, b)
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
  const { user: copied } = await b.findOrInsertUser(stores.identityKey)
  expect(await instructionsOf(b, copied.userId, stores.identityKey)).toEqual(
    await instructionsOf(a, user.userId, stores.identityKey),
  )
})

async function instructionsOf(
  provider: TxkeepStorageProvider,
  userId: number,
  identityKey: string,
): Promise<readonly (readonly [string | undefined, string | undefined])[]> {
  const rows = await provider.findOutputsAuth({ identityKey, userId }, { partial: {} })
  const pairs = rows.map(({ txid, vout, customInstructions }) => [`${txid}.${vout}`, customInstructions] as const)
  return pairs.sort(([one], [other]) => (one < other ? -1 : 1))
}

it('D18: what was kept back and given up in one store is dead in its backup too, so that its coins come free there', async () => {
  const stores = await openStores()
  const [{ provider: a }, { provider: b, store }] = [await stores.openOurs('a'), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  const { txid } = await alice.wallet.createAction(payment(1000, { ...atOnce, noSend: true }))
  await sync(stores, a, b)
  await alice.wallet.abortAction({ reference: txid! })
  await sync(stores, a, b)
  expect(await store.read((tx) => tx.transactions.findByTxid(txid!))).toMatchObject({ processing: 'invalid' })
  // Another store's word frees no coin: the network is asked.
  const held = await viewOf(stores, b)
  expect(held).toMatchObject({ outputs: [] })
  await ourBackground(store, stores.services).review()
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
})
