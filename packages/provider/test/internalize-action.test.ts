import { Beef, MerklePath, P2PKH, Transaction, UnlockingScript, type InternalizeActionArgs } from '@bsv/sdk'
import { sdk } from '@bsv/wallet-toolbox'
import type { ActionRow, OutputRow, Store, TransactionRow } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { atOnce, openWorld, payment, type TestWallet, type World } from './support/open-wallet.js'
import { insert, paymentScript, receive, remittance, unpostedPayment } from './support/received-payments.js'

async function transactionOf(store: Store, txid: string): Promise<TransactionRow | undefined> {
  return store.read((tx) => tx.transactions.findByTxid(txid))
}

async function actionOf({ store }: World, { userId }: TestWallet, txid: string): Promise<ActionRow | undefined> {
  return store.read(async (tx) => {
    const transaction = await tx.transactions.findByTxid(txid)
    return transaction && tx.actions.findByUserTransaction(userId, transaction.transactionId)
  })
}

/** What the chain says of the wallet's change: the coins nobody spent, in satoshis. */
async function balanceOnChain({ services }: World, wallet: TestWallet): Promise<number> {
  let satoshis = 0
  for (const output of await wallet.outputs()) {
    if (!output.change) continue
    const coin = await services.storage.getUtxo(output.txid!, output.vout)
    if (coin !== undefined && coin.spentByTxid === null) satoshis += Number(coin.satoshis)
  }
  return satoshis
}

async function outputAt(wallet: TestWallet, txid: string, vout: number): Promise<OutputRow | undefined> {
  return (await wallet.outputs()).find((output) => output.txid === txid && output.vout === vout)
}

describe('a payment', () => {
  it('that is proven is change at once; it is spent, and another one received: the chain agrees each time', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const first = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [4000, 6000], proven: true })
    expect(await alice.wallet.internalizeAction(receive(first, { labels: ['rent'] }))).toEqual(
      expect.objectContaining({ accepted: true, isMerge: false, txid: first.txid, satoshis: 10_000 }),
    )
    expect(await transactionOf(world.store, first.txid)).toMatchObject({
      processing: 'unconfirmed',
      wasBroadcast: true,
    })
    const action = await actionOf(world, alice, first.txid)
    expect(action).toMatchObject({ isOutgoing: false, satoshisDelta: 10_000, description: 'a payment to me' })
    expect(Buffer.from(action!.reference, 'base64')).toHaveLength(7)
    const labels = await world.store.read((tx) => tx.actions.labelsOf([action!.actionId]))
    expect(labels.get(action!.actionId)).toEqual(['rent'])
    expect([await alice.balance(), await balanceOnChain(world, alice)]).toEqual([10_000, 10_000])

    await alice.wallet.createAction(payment(7000, atOnce))
    const left = await alice.balance()
    expect(left).toBeGreaterThan(2990)
    expect(await balanceOnChain(world, alice)).toBe(left)

    const second = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [500], proven: false })
    await alice.wallet.internalizeAction(receive(second))
    expect([await alice.balance(), await balanceOnChain(world, alice)]).toEqual([left + 500, left + 500])
    await alice.wallet.createAction(payment(left, atOnce))
    expect(await balanceOnChain(world, alice)).toBe(await alice.balance())
  })

  it('D4: that nobody posted yet is posted before it counts', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000])
    expect((await world.services.getStatusForTxids([paid.txid])).results[0]).toMatchObject({ status: 'unknown' })
    const result = await alice.wallet.internalizeAction(receive(paid))
    expect(result).toMatchObject({ accepted: true, satoshis: 3000 })
    expect(result).not.toHaveProperty('sendWithResults')
    expect((await world.services.getStatusForTxids([paid.txid])).results[0]).toMatchObject({ status: 'known' })
    expect(await transactionOf(world.store, paid.txid)).toMatchObject({ processing: 'sent', wasBroadcast: true })
    expect([await alice.balance(), await balanceOnChain(world, alice)]).toEqual([3000, 3000])
    await alice.wallet.createAction(payment(1000, atOnce))
  })

  it('D4: that the network refuses leaves nothing behind, and the wallet is told', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000])
    const attempt = world.services.during('rejecting', () => alice.wallet.internalizeAction(receive(paid)))
    await expect(attempt).rejects.toMatchObject({
      name: 'WERR_REVIEW_ACTIONS',
      reviewActionResults: [{ txid: paid.txid, status: 'invalidTx' }],
      sendWithResults: [{ txid: paid.txid, status: 'failed' }],
    })
    expect(await transactionOf(world.store, paid.txid)).toBeUndefined()
    expect(await alice.outputs()).toEqual([])
  })

  it('D4: that nobody answers for waits, unspendable; taking it again sends it again, and counts it once', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000])
    const told = {
      name: 'WERR_REVIEW_ACTIONS',
      reviewActionResults: [{ txid: paid.txid, status: 'serviceError' }],
      sendWithResults: [{ txid: paid.txid, status: 'sending' }],
    }
    const inAnOutage = (): Promise<unknown> =>
      world.services.during('unavailable', () => alice.wallet.internalizeAction(receive(paid)))
    await expect(inAnOutage()).rejects.toMatchObject(told)
    await expect(inAnOutage()).rejects.toMatchObject(told)
    expect(await transactionOf(world.store, paid.txid)).toMatchObject({ processing: 'sending', attempts: 2 })
    expect(await alice.balance()).toBe(0)
    await expect(alice.wallet.createAction(payment(1000, atOnce))).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)

    expect(await alice.wallet.internalizeAction(receive(paid))).toMatchObject({ isMerge: true, satoshis: 0 })
    expect(await transactionOf(world.store, paid.txid)).toMatchObject({ processing: 'sent' })
    expect(await alice.balance()).toBe(3000)
    expect(await actionOf(world, alice, paid.txid)).toMatchObject({ satoshisDelta: 3000 })
  })

  it('that waits here and is refused in the end is invalid, and the wallet is told', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000])
    const take = (): Promise<unknown> => alice.wallet.internalizeAction(receive(paid))
    await expect(world.services.during('unavailable', take)).rejects.toMatchObject({ name: 'WERR_REVIEW_ACTIONS' })
    await expect(world.services.during('rejecting', take)).rejects.toMatchObject({
      reviewActionResults: [{ status: 'invalidTx' }],
    })
    expect(await transactionOf(world.store, paid.txid)).toMatchObject({ processing: 'invalid' })
    await expect(take()).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'tx' })
    // It was mined after all: its proof says more than any refusal.
    const beef = Beef.fromBinary(paid.tx)
    await world.services.postBeef(beef, [paid.txid])
    await world.services.mineBlock()
    beef.mergeBump((await world.services.getMerklePath(paid.txid)).merklePath!)
    const proven = { ...paid, tx: beef.toBinaryAtomic(paid.txid) }
    expect(await alice.wallet.internalizeAction(receive(proven))).toMatchObject({ isMerge: true, satoshis: 0 })
    expect(await alice.balance()).toBe(3000)
  })

  it('that is not final yet is not taken', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000], { lockTime: 1_000_000 })
    await expect(alice.wallet.internalizeAction(receive(paid))).rejects.toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
    expect(await transactionOf(world.store, paid.txid)).toBeUndefined()
  })
})

describe('a transaction of another user', () => {
  it('is received from the very row she sent, and both have an action of it', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const sent = await alice.wallet.createAction(toBob(bob, atOnce))
    expect(await bob.wallet.internalizeAction(fromAlice(sent.tx!))).toMatchObject({ isMerge: false, satoshis: 2000 })
    const transaction = await transactionOf(world.store, sent.txid!)
    expect(transaction).toMatchObject({ processing: 'sent' })
    const actions = await world.store.read((tx) => tx.actions.findByTransactions([transaction!.transactionId]))
    expect(actions.map(({ userId, satoshisDelta }) => [userId, satoshisDelta])).toEqual([
      [alice.userId, -2001],
      [bob.userId, 2000],
    ])
    expect([await bob.balance(), await balanceOnChain(world, bob)]).toEqual([2000, 2000])
    await bob.wallet.createAction(payment(1000, atOnce))
    expect(await balanceOnChain(world, bob)).toBe(await bob.balance())
    expect(await balanceOnChain(world, alice)).toBe(await alice.balance())
  })

  it('that she kept back is posted when its receiver takes it', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const kept = await alice.wallet.createAction(toBob(bob, { ...atOnce, noSend: true }))
    expect(await transactionOf(world.store, kept.txid!)).toMatchObject({ processing: 'nosend' })
    await bob.wallet.internalizeAction(fromAlice(kept.tx!))
    expect(await transactionOf(world.store, kept.txid!)).toMatchObject({ processing: 'sent' })
    expect([await bob.balance(), await balanceOnChain(world, bob)]).toEqual([2000, 2000])
    expect(await balanceOnChain(world, alice)).toBe(await alice.balance())
  })

  it('that she kept back stays so when the network refuses it, and nothing is received', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const kept = await alice.wallet.createAction(toBob(bob, { ...atOnce, noSend: true }))
    const attempt = world.services.during('rejecting', () => bob.wallet.internalizeAction(fromAlice(kept.tx!)))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_REVIEW_ACTIONS' })
    expect(await transactionOf(world.store, kept.txid!)).toMatchObject({ processing: 'nosend' })
    expect(await bob.outputs()).toEqual([])
  })

  it('that she kept back is sent on when nobody answers', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const kept = await alice.wallet.createAction(toBob(bob, { ...atOnce, noSend: true }))
    const attempt = world.services.during('unavailable', () => bob.wallet.internalizeAction(fromAlice(kept.tx!)))
    await expect(attempt).rejects.toMatchObject({ sendWithResults: [{ status: 'sending' }] })
    expect(await transactionOf(world.store, kept.txid!)).toMatchObject({ processing: 'sending' })
    expect([await bob.balance(), await alice.balance()]).toEqual([0, 0])
  })

  it('that she aborted is not taken without a proof', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const kept = await alice.wallet.createAction(toBob(bob, { ...atOnce, noSend: true }))
    await alice.wallet.abortAction({ reference: kept.txid! })
    const attempt = bob.wallet.internalizeAction(fromAlice(kept.tx!))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'tx' })
    expect(await bob.outputs()).toEqual([])
    expect(await alice.balance()).toBe(10_000)
  })
})

describe('merging', () => {
  it('the same again changes nothing', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [400, 600], proven: true })
    const mixed: InternalizeActionArgs = {
      ...receive(paid, { vouts: [0], labels: ['a', 'b'] }),
      outputs: [
        ...receive(paid, { vouts: [0] }).outputs,
        ...insert(paid, 'tokens', { vouts: [1], tags: ['t'], customInstructions: 'turn left' }).outputs,
      ],
    }
    expect(await alice.wallet.internalizeAction(mixed)).toMatchObject({ isMerge: false, satoshis: 400 })
    const before = [await alice.outputs(), await actionOf(world, alice, paid.txid)]
    expect(await alice.wallet.internalizeAction(mixed)).toMatchObject({ isMerge: true, satoshis: 0 })
    expect([await alice.outputs(), await actionOf(world, alice, paid.txid)]).toEqual(before)
    expect(await alice.balance()).toBe(400)
    expect(await outputAt(alice, paid.txid, 1)).toMatchObject({
      ...{ change: false, type: 'custom', providedBy: 'you', purpose: '' },
      ...{ customInstructions: 'turn left', spendable: true },
    })
  })

  it('D5: applies the satoshis, the proof, labels and tags to what is there, all at once', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({
      identityKey: alice.auth.identityKey,
      satoshis: [400, 600, 900],
      proven: false,
    })
    await alice.wallet.internalizeAction(insert(paid, 'tokens', { vouts: [0, 1], tags: ['old'] }))
    expect(await actionOf(world, alice, paid.txid)).toMatchObject({ satoshisDelta: 0 })
    await world.services.mineBlock()
    const beef = Beef.fromBinary(paid.tx)
    beef.mergeBump((await world.services.getMerklePath(paid.txid)).merklePath!)
    const proven = { ...paid, tx: beef.toBinaryAtomic(paid.txid) }
    const merged = await alice.wallet.internalizeAction({
      ...receive(proven, { vouts: [0, 2], labels: ['late'] }),
      outputs: [
        ...receive(proven, { vouts: [0, 2] }).outputs,
        ...insert(proven, 'other', { vouts: [1], tags: ['new'] }).outputs,
      ],
    })
    expect(merged).toMatchObject({ isMerge: true, satoshis: 1300 })
    const action = await actionOf(world, alice, paid.txid)
    expect(action).toMatchObject({ satoshisDelta: 1300, description: 'coins for a basket' })
    expect(await transactionOf(world.store, paid.txid)).toMatchObject({ processing: 'unconfirmed' })
    const { outputId, basketId } = (await outputAt(alice, paid.txid, 1))!
    const names = await world.store.read(async (tx) => ({
      basket: (await tx.baskets.get({ basketId: basketId! }))?.name,
      labels: (await tx.actions.labelsOf([action!.actionId])).get(action!.actionId),
      tags: (await tx.outputs.tagsOf([outputId])).get(outputId),
    }))
    expect(names).toEqual({ basket: 'other', labels: ['late'], tags: ['old', 'new'] })
    expect([await alice.balance(), await balanceOnChain(world, alice)]).toEqual([1300, 1300])
    await alice.wallet.createAction(payment(1200, atOnce))
  })

  it('D5: two merges at once count one payment once', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [400, 600], proven: true })
    await alice.wallet.internalizeAction(insert(paid, 'tokens', { vouts: [0] }))
    const take = (): Promise<unknown> => world.provider.internalizeAction(alice.auth, receive(paid))
    await Promise.all([take(), take(), take()])
    expect(await actionOf(world, alice, paid.txid)).toMatchObject({ satoshisDelta: 1000 })
    expect(await alice.balance()).toBe(1000)
  })

  it('D6: change stays change, with all it takes to spend it', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [4000, 600], proven: true })
    await alice.wallet.internalizeAction(receive(paid, { vouts: [0] }))
    const before = await alice.outputs()
    // The other output is fine; all or nothing.
    const attempt = alice.wallet.internalizeAction(insert(paid, 'tokens'))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'outputs' })
    expect(await alice.outputs()).toEqual(before)
    await alice.wallet.createAction(payment(3000, atOnce))
  })

  it('D7: what is put into the default basket is kept there, and never picked as change', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [4000], proven: true })
    await alice.wallet.internalizeAction(insert(paid, 'default'))
    expect(await outputAt(alice, paid.txid, 0)).toMatchObject({ change: false, spendable: true })
    await expect(alice.wallet.createAction(payment(1000, atOnce))).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
    // With its derivation it is change like any other.
    expect(await alice.wallet.internalizeAction(receive(paid))).toMatchObject({ isMerge: true, satoshis: 4000 })
    await alice.wallet.createAction(payment(1000, atOnce))
  })

  it('a coin that is spent already does not become change', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const minted = await alice.wallet.createAction({
      description: 'mint a token',
      outputs: [{ satoshis: 100, lockingScript: strangersGift(alice), outputDescription: 'a token', basket: 'tokens' }],
      options: { ...atOnce, randomizeOutputs: false },
    })
    const { actionId } = (await actionOf(world, alice, minted.txid!))!
    const token = (await outputAt(alice, minted.txid!, 0))!
    await world.store.write((tx) => tx.outputs.update(token.outputId, { spentByActionId: actionId, spendable: false }))
    const args = receive({ ...giftOf(minted.txid!), tx: [...minted.tx!] })
    expect(await alice.wallet.internalizeAction(args)).toMatchObject({ isMerge: true, satoshis: 0 })
    expect(await outputAt(alice, minted.txid!, 0)).toMatchObject({ change: false, spentByActionId: actionId })
  })

  it('the commission of the store belongs to its owner', async () => {
    const publicKeyHex = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`
    const world = await openWorld({ commission: { satoshis: 200, publicKeyHex } })
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const { tx, txid } = await alice.wallet.createAction(payment(1000, atOnce))
    const paid = (await alice.outputs()).find(({ purpose }) => purpose === 'storage-commission')!
    const outputs = [{ outputIndex: paid.vout, satoshis: 200, derivationPrefix: 'cA==', derivationSuffix: 'cw==' }]
    const args = insert({ tx: [...tx!], txid: txid!, outputs, senderIdentityKey: '' }, 'mine')
    const attempt = alice.wallet.internalizeAction(args)
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'outputs' })
  })
})

describe('coins the transaction spends', () => {
  it('are spent by its receiver where they were hers: another copy of her wallet spent them', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000, 50])
    await alice.wallet.internalizeAction(insert(paid, 'tokens', { vouts: [1] }))
    await alice.wallet.internalizeAction(receive(paid, { vouts: [0] }))
    const spender = new Transaction()
    spender.addInput({
      sourceTXID: paid.txid,
      sourceOutputIndex: 1,
      unlockingScript: UnlockingScript.fromHex('51'),
      sequence: 0xffff_ffff,
    })
    spender.addOutput({ satoshis: 49, lockingScript: new P2PKH().lock(Array.from({ length: 20 }, () => 1)) })
    const beef = Beef.fromBinary(paid.tx)
    beef.mergeTransaction(spender)
    const txid = spender.id('hex')
    const outputs = [{ outputIndex: 0, satoshis: 49, derivationPrefix: '', derivationSuffix: '' }]
    const args = insert({ txid, tx: beef.toBinaryAtomic(txid), outputs, senderIdentityKey: '' }, 'change of tokens')
    // Its signature is none: nobody can say so but the network, which is silent.
    const attempt = world.services.during('unavailable', () => alice.wallet.internalizeAction(args))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_REVIEW_ACTIONS' })
    const { actionId } = (await actionOf(world, alice, txid))!
    expect(await outputAt(alice, paid.txid, 1)).toMatchObject({
      spentByActionId: actionId,
      withheld: null,
      spendable: false,
    })
    expect(await alice.balance()).toBe(3000)
  })
})

const suffix = 'Z2lmdA=='

function strangersGift(wallet: TestWallet): string {
  return paymentScript(wallet.auth.identityKey, suffix).toHex()
}

function giftOf(txid: string): Omit<Parameters<typeof receive>[0], 'tx'> {
  const { derivationPrefix, derivationSuffix, senderIdentityKey } = remittance(suffix)
  return {
    txid,
    senderIdentityKey,
    outputs: [{ outputIndex: 0, satoshis: 100, derivationPrefix, derivationSuffix }],
  }
}

function toBob(bob: TestWallet, options: Parameters<typeof payment>[1] = {}): ReturnType<typeof payment> {
  return {
    description: 'a payment to Bob',
    outputs: [{ satoshis: 2000, lockingScript: strangersGift(bob), outputDescription: 'for Bob' }],
    options: { ...options, randomizeOutputs: false },
  }
}

function fromAlice(tx: readonly number[] | Uint8Array): InternalizeActionArgs {
  return receive({ ...giftOf(''), tx: [...tx] })
}

it('a made-up merkle path proves nothing, whether or not its leaf is marked as a txid', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  const paid = await unpostedPayment(world, alice.auth.identityKey, [3000])
  for (const mark of [{}, { txid: true }]) {
    const beef = Beef.fromBinary(paid.tx)
    const leaves = [
      { offset: 0, hash: 'cd'.repeat(32) },
      { offset: 1, hash: paid.txid, ...mark },
    ]
    beef.mergeBump(new MerklePath(3, [leaves]))
    const args = receive({ ...paid, tx: beef.toBinaryAtomic(paid.txid) })
    const attempt = world.provider.internalizeAction(alice.auth, args)
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'tx' })
  }
  expect(await transactionOf(world.store, paid.txid)).toBeUndefined()
})
