import { Beef, LockingScript, type CreateActionArgs } from '@bsv/sdk'
import { expect, it } from 'vitest'
import { atOnce, openWorld, payment } from './support/open-wallet.js'

/** The published `Wallet` over our lists. */

const kept = { noSend: true, acceptDelayedBroadcast: false } as const
const ANYONE_CAN_SPEND = LockingScript.fromHex('7551').toHex()

function mint(satoshis: number, labels: string[] = []): CreateActionArgs {
  return {
    description: 'mint a token',
    labels,
    outputs: [
      {
        satoshis,
        lockingScript: ANYONE_CAN_SPEND,
        outputDescription: 'a token',
        basket: 'tokens',
        tags: ['shiny', 'new'],
        customInstructions: 'none',
      },
    ],
    options: { ...atOnce, randomizeOutputs: false },
  }
}

it('tokens are found by basket and tags, and spent with the transactions the list hands out', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const { txid } = await alice.wallet.createAction(mint(700))
  const { totalOutputs, outputs, BEEF } = await alice.wallet.listOutputs({
    basket: 'tokens',
    tags: ['shiny'],
    include: 'entire transactions',
    includeTags: true,
  })
  expect({ totalOutputs, outputs }).toEqual({
    totalOutputs: 1,
    outputs: [{ satoshis: 700, spendable: true, outpoint: `${txid}.0`, tags: ['shiny', 'new'] }],
  })
  const spent = await alice.wallet.createAction({
    description: 'spend a token',
    inputBEEF: BEEF!,
    inputs: [{ outpoint: `${txid}.0`, unlockingScript: '51', inputDescription: 'the token' }],
    options: atOnce,
  })
  expect((await alice.wallet.listOutputs({ basket: 'tokens' })).totalOutputs).toBe(0)
  const { actions } = await alice.wallet.listActions({ labels: [], includeInputs: true, limit: 100 })
  const { inputs } = actions.find((action) => action.txid === spent.txid)!
  expect(inputs).toContainEqual(expect.objectContaining({ sourceOutpoint: `${txid}.0`, inputDescription: 'the token' }))
})

it('entire transactions are whole however often the wallet asks, also for what it knows already', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(50_000)
  for (const satoshis of [500, 600, 700]) await alice.wallet.createAction(mint(satoshis))
  for (let times = 0; times < 3; times++) {
    const { outputs, BEEF } = await alice.wallet.listOutputs({ basket: 'tokens', include: 'entire transactions' })
    const beef = Beef.fromBinary(BEEF!)
    expect(await beef.verify(await world.services.getChainTracker(), true)).toBe(true)
    for (const { outpoint, satoshis } of outputs) {
      const [txid, vout] = outpoint.split('.')
      expect(beef.findTransactionForSigning(txid!)!.outputs[Number(vout)]!.satoshis).toBe(satoshis)
    }
  }
})

it('the balance is what the wallet may spend, in one number and coin by coin', async () => {
  const world = await openWorld()
  const [alice, bob] = [await world.newWallet(), await world.newWallet()]
  await alice.fund(6000, 4000)
  await bob.fund(500)
  expect(await alice.wallet.balance()).toBe(10_000)
  await alice.wallet.createAction(payment(1000, atOnce))
  expect(await alice.wallet.balance()).toBe(await alice.balance())
  const { total, utxos } = await alice.wallet.balanceAndUtxos()
  expect(total).toBe(await alice.balance())
  expect(utxos.length).toBeGreaterThan(1)
  expect(await bob.wallet.balance()).toBe(500)
})

it('kept-back actions are listed, given up, and their coins are free again', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const { txid } = await alice.wallet.createAction({ ...payment(1000, kept), labels: ['later'] })
  const asked = { labels: ['later'], includeLabels: true }
  expect(await alice.wallet.listNoSendActions(asked)).toMatchObject({
    totalActions: 1,
    actions: [{ txid, status: 'nosend', labels: ['later'] }],
  })
  expect(await alice.wallet.listNoSendActions(asked, true)).toMatchObject({
    totalActions: 1,
    actions: [{ txid, status: 'failed' }],
  })
  expect((await alice.wallet.listNoSendActions(asked)).totalActions).toBe(0)
  expect((await alice.wallet.listActions(asked)).totalActions).toBe(0)
  expect(await alice.wallet.balance()).toBe(10_000)
})

it('failed actions are listed, and asked about again', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const refused = world.services.during('rejecting', () => alice.wallet.createAction(payment(1000, atOnce)))
  await expect(refused).rejects.toMatchObject({ name: 'WERR_REVIEW_ACTIONS' })
  const failed = await alice.wallet.listFailedActions({ labels: [] })
  expect(failed).toMatchObject({ totalActions: 1, actions: [{ status: 'failed' }] })
  expect(await alice.wallet.listFailedActions({ labels: [] }, true)).toEqual(failed)
  const row = await world.store.read((tx) => tx.transactions.findByTxid(failed.actions[0]!.txid))
  expect(row).toMatchObject({ processing: 'unfail' })
  expect(await alice.wallet.listFailedActions({ labels: [] })).toEqual(failed)
})

it('a wallet whose coins are all there loses none to a review, not even during an outage (D1)', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000, 2000)
  await alice.wallet.createAction(payment(1000, atOnce))
  const before = await alice.wallet.balance()
  const review = (): Promise<{ totalOutputs: number }> => alice.wallet.reviewSpendableOutputs(true, true)
  expect((await review()).totalOutputs).toBe(0)
  expect((await world.services.during('unavailable', review)).totalOutputs).toBe(0)
  expect(await alice.wallet.balance()).toBe(before)
})

it('how change is made follows what the wallet sets', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(100_000)
  await alice.wallet.setWalletChangeParams(2, 5000)
  const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
  const change = (await alice.outputs()).filter((output) => output.change && output.txid === txid)
  expect(change.length).toBeLessThanOrEqual(3)
  await expect(alice.wallet.setWalletChangeParams(-1, 5000)).rejects.toMatchObject({ name: /^WERR_/ })
})
