import { Beef, MerklePath } from '@bsv/sdk'
import { sdk } from '@bsv/wallet-toolbox'
import { TransactionService, verifyProof } from '@txkeep/lifecycle'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, it, onTestFinished, test } from 'vitest'
import { publishedNetwork } from '../src/network/published-network.js'
import { createProvider } from '../src/index.js'
import { openStores, published, viewOf } from './support/open-stores.js'
import { atOnce, openWorld, payment, strangerScript } from './support/open-wallet.js'
import { insert } from './support/received-payments.js'
import { requestOf, sync } from './support/sync-chunks.js'

/** Defects of docs/published-defects.md that no other test is about. */

const kept = { noSend: true, acceptDelayedBroadcast: false } as const

it('D3: a proof for what was given up locks its inputs again: no phantom balance', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const { txid, tx } = await alice.wallet.createAction(payment(1000, kept))
  await alice.wallet.abortAction({ reference: txid! })
  expect(await alice.balance()).toBe(10_000)
  // Whoever was paid sends it all the same.
  await world.services.postBeef(Beef.fromBinary(tx!), [txid!])
  await world.services.mineBlock()
  const network = publishedNetwork(world.services)
  const { merklePath } = await network.getMerklePath(txid!)
  const stored = await world.store.read((reader) => reader.transactions.findByTxid(txid!))
  const proof = await verifyProof(merklePath!, txid!, network)
  await new TransactionService({ store: world.store }).recordProof({ transactionId: stored!.transactionId, proof })
  expect(await alice.balance()).toBe(10_000 - 1001)
})

it('D8: change that was named for an action which could not be paid is free again', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const { noSendChange } = await alice.wallet.createAction(payment(1000, kept))
  const before = await alice.outputs()
  const attempt = alice.wallet.createAction(payment(500_000, { ...kept, noSendChange: noSendChange! }))
  await expect(attempt).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
  expect(await alice.outputs()).toEqual(before)
  await alice.wallet.createAction(payment(1000, { ...kept, noSendChange: noSendChange! }))
})

it('D20: a proof that was repaired after a reorg travels', async () => {
  const stores = await openStores()
  const { provider: a } = await stores.openOurs('a')
  const { store } = await stores.openOurs('b')
  const network = { ...publishedNetwork(stores.services), isValidRootForHeight: () => Promise.resolve(true) }
  const b = createProvider({ store, chain: 'mock', network: { ...network, findHeaderForHeight: undefined as never } })
  await b.makeAvailable()
  const alice = await stores.openWallet(a)
  await alice.fund(50_000)
  await sync(stores, a, b)
  const request = await requestOf(stores, a, b)
  const chunk = await a.getSyncChunk({ ...request, since: new Date(0) })
  const [proven] = chunk.provenTxs!
  const height = proven!.height - 1
  const path = new MerklePath(height, [
    [
      { offset: 0, hash: 'cd'.repeat(32) },
      { offset: 1, hash: proven!.txid, txid: true },
    ],
  ])
  const repaired = {
    ...proven!,
    height,
    index: 1,
    merklePath: path.toBinary(),
    merkleRoot: path.computeRoot(proven!.txid),
    updated_at: new Date(),
  }
  await b.processSyncChunk(request, { ...chunk, provenTxs: [repaired] })
  const stored = await store.read((tx) => tx.transactions.findByTxid(proven!.txid))
  expect(stored).toMatchObject({ processing: 'confirmed', height, merkleRoot: repaired.merkleRoot })
})

it('D22: a proof older than the last sync reaches the backup of a user who takes its transaction later', async () => {
  const stores = await openStores()
  const [{ provider: a, store: ofA }, { provider: b, store }] = [await stores.openOurs('a'), await stores.openOurs('b')]
  const alice = await stores.openWallet(a)
  const bobKey = `02${'0b'.repeat(32)}`
  const { user: bob } = await a.findOrInsertUser(bobKey)
  const paid = await stores.faucet.pay({ identityKey: stores.identityKey, satoshis: [700], proven: true })
  await stores.services.mineBlock()
  await new TransactionService({ store: ofA }).setChainTip({ height: await stores.services.getHeight() })
  await a.internalizeAction({ identityKey: bobKey, userId: bob.userId }, insert(paid, 'coins'))
  await alice.fund(50_000)
  await sync(stores, a, b)
  expect(await store.read((tx) => tx.transactions.findByTxid(paid.txid))).toBeUndefined()
  await alice.wallet.internalizeAction(insert(paid, 'coins'))
  await sync(stores, a, b)
  const copied = await store.read((tx) => tx.transactions.findByTxid(paid.txid))
  expect(copied).toMatchObject({ processing: 'confirmed', merklePath: expect.any(Uint8Array) as Uint8Array })
  expect(await viewOf(stores, b)).toEqual(await viewOf(stores, a))
})

it('D22: the published storage leaves that backup without the proof', async () => {
  const stores = await openStores()
  const [a, b] = [await stores.openPublished('a'), await stores.openPublished('b')]
  const alice = await stores.openWallet(a, b)
  const paid = await stores.faucet.pay({ identityKey: stores.identityKey, satoshis: [700], proven: true })
  const bobKey = `02${'0b'.repeat(32)}`
  const { user: bob } = await a.findOrInsertUser(bobKey)
  await published(a).internalizeAction({ identityKey: bobKey, userId: bob.userId }, insert(paid, 'coins'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  await alice.fund(50_000)
  await alice.manager.updateBackups()
  await alice.wallet.internalizeAction(insert(paid, 'coins'))
  await alice.manager.updateBackups()
  const [copied] = await b.findTransactions({ partial: { txid: paid.txid } })
  expect(copied).toMatchObject({ status: 'completed' })
  expect(copied?.provenTxId).toBeUndefined()
})

it('D28: text that would end a statement is a value like any other', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(1000)
  const before = await world.database.dump()
  const txid = `'; drop table outputs; --`
  expect(await world.provider.findProvenTxReqs({ partial: { txid } })).toEqual([])
  expect(await world.provider.findProvenTxReqs({ partial: {}, txids: [txid, `' or '1'='1`] })).toEqual([])
  expect(await world.database.dump()).toEqual(before)
})

it('D29: an action that is kept back and sent along is sent', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const first = await alice.wallet.createAction(payment(1000, kept))
  const second = await alice.wallet.createAction(
    payment(1000, { ...kept, noSendChange: first.noSendChange!, sendWith: [first.txid!] }),
  )
  expect(second.sendWithResults).toEqual([
    { txid: first.txid, status: 'unproven' },
    { txid: second.txid, status: 'unproven' },
  ])
})

it('D32: a transaction whose input BEEF is not stored is sent out of what is', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const { txid } = await alice.wallet.createAction(payment(1000, kept))
  await world.store.write(async (tx) => {
    const row = await tx.transactions.findByTxid(txid!)
    await tx.transactions.update(row!.transactionId, { inputBeef: null })
  })
  const { sendWithResults } = await alice.wallet.createAction({
    description: 'send it now',
    options: { ...atOnce, sendWith: [txid!] },
  })
  expect(sendWithResults).toEqual([{ txid, status: 'unproven' }])
})

await describeOnEngines('D42: text as long as wallets accept it', (engine) => {
  test('is stored and shown whole', async () => {
    const database = await engine.makeDatabase()
    onTestFinished(() => database.drop())
    const world = await openWorld({}, undefined, database)
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const [name, description, instructions] = ['n'.repeat(300), 'd'.repeat(2000), 'i'.repeat(5000)]
    await alice.wallet.createAction({
      description,
      labels: [name],
      outputs: [
        {
          satoshis: 1,
          lockingScript: strangerScript,
          outputDescription: description,
          basket: name,
          tags: [name],
          customInstructions: instructions,
        },
      ],
      options: atOnce,
    })
    const { actions } = await alice.wallet.listActions({ labels: [name], includeOutputs: true, includeLabels: true })
    expect(actions[0]).toMatchObject({ description, labels: [name] })
    const listed = await alice.wallet.listOutputs({ basket: name, tags: [name], includeCustomInstructions: true })
    expect(listed.outputs[0]).toMatchObject({ customInstructions: instructions })
  })
})
