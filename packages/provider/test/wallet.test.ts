import {
  Beef,
  LockingScript,
  PrivateKey,
  PublicKey,
  P2PKH,
  Transaction,
  UnlockingScript,
  Utils,
  Hash,
  BigNumber,
  type CreateActionArgs,
} from '@bsv/sdk'
import { sdk } from '@bsv/wallet-toolbox'
import type { Store } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { MAX_POSSIBLE_SATOSHIS, createProvider } from '../src/index.js'
import { atOnce, openWorld, payment, strangerScript, validPayment } from './support/open-wallet.js'

const delayed = { acceptDelayedBroadcast: true } as const
const kept = { noSend: true, acceptDelayedBroadcast: false } as const

async function processingOf(store: Store, txid: string | undefined): Promise<string | undefined> {
  return (await store.read((tx) => tx.transactions.findByTxid(txid ?? '')))?.processing
}

async function drafts(store: Store, userId: number): Promise<readonly { readonly userAborted: boolean }[]> {
  const { rows } = await store.read((tx) => tx.actions.list({ userId, limit: 1000 }))
  return rows.filter(({ transactionId }) => transactionId === null)
}

describe('a payment at once', () => {
  it('is on the network, its coin spent and its change spendable', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
    const transaction = await world.store.read((tx) => tx.transactions.findByTxid(txid!))
    expect(transaction).toMatchObject({ processing: 'sent', wasBroadcast: true })
    expect((await world.services.getStatusForTxids([txid!])).results[0]).toMatchObject({ status: 'known' })
    expect(await alice.balance()).toBe(8999)
    const change = (await alice.outputs()).filter((output) => output.change && output.txid === txid)
    expect(change).toHaveLength(8)
    expect(change.every(({ satoshis, spendable }) => satoshis >= 32 && spendable)).toBe(true)
    const action = await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))
    expect(action.rows.at(-1)).toMatchObject({ satoshisDelta: -1001, isOutgoing: true, description: 'a payment' })
  })

  it('pays again and again out of its own change', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(100_000)
    for (let count = 1; count <= 6; count++) await alice.wallet.createAction(payment(1000, atOnce))
    expect(await alice.balance()).toBeGreaterThan(100_000 - 6 * 1010)
  })

  it('stays sending, its coin locked, while no service answers; the wallet is told so', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const attempt = world.services.during('unavailable', () => alice.wallet.createAction(payment(1000, atOnce)))
    const error = await attempt.catch((caught: unknown) => caught as sdk.WERR_REVIEW_ACTIONS)
    expect(error).toMatchObject({
      name: 'WERR_REVIEW_ACTIONS',
      reviewActionResults: [{ status: 'serviceError' }],
      sendWithResults: [{ status: 'sending' }],
    })
    expect(await processingOf(world.store, (error as sdk.WERR_REVIEW_ACTIONS).txid)).toBe('sending')
    expect(await alice.balance()).toBe(0)
  })

  it('survives a process that dies while posting: what may be live is never failed', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    await world.services.during('crash', () => alice.wallet.createAction(payment(1000, atOnce)).catch(() => undefined))
    const { rows } = await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))
    expect(rows.at(-1)).toMatchObject({ processing: 'sending' })
    expect(await alice.balance()).toBe(0)
  })

  it('is invalid when every service refuses it, and its coin waits for the network’s word', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const attempt = world.services.during('rejecting', () => alice.wallet.createAction(payment(1000, atOnce)))
    const error = await attempt.catch((caught: unknown) => caught as sdk.WERR_REVIEW_ACTIONS)
    expect(error).toMatchObject({
      reviewActionResults: [{ status: 'invalidTx' }],
      sendWithResults: [{ status: 'failed' }],
    })
    expect(await processingOf(world.store, (error as sdk.WERR_REVIEW_ACTIONS).txid)).toBe('invalid')
    expect(await alice.balance()).toBe(0)
  })
})

describe('funding', () => {
  it('that is not enough says what is missing, and leaves nothing behind', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(500)
    const before = await alice.outputs()
    const attempt = alice.wallet.createAction(payment(1000, atOnce))
    await expect(attempt).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
    await expect(attempt).rejects.toMatchObject({ totalSatoshisNeeded: 1001, moreSatoshisNeeded: 501 })
    expect(await alice.outputs()).toEqual(before)
    expect(await drafts(world.store, alice.userId)).toEqual([])
  })

  it('sweeps the wallet when asked for all there is', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(1000, 2000, 3000)
    const { txid } = await alice.wallet.createAction(payment(MAX_POSSIBLE_SATOSHIS, atOnce))
    const [paid] = (await alice.outputs()).filter((output) => output.txid === txid)
    expect(paid?.satoshis).toBe(5999)
    expect(await alice.balance()).toBe(0)
  })

  it('never picks what lies in the default basket but cannot be signed for', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(5000)
    await alice.wallet.createAction({
      ...payment(1000, atOnce),
      outputs: [{ satoshis: 1000, lockingScript: '51', outputDescription: 'anyone', basket: 'default' }],
    })
    const attempt = alice.wallet.createAction(payment(4500, atOnce))
    await expect(attempt).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
    await alice.wallet.createAction(payment(3990, atOnce))
  })

  it('takes pending change for delayed actions only', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const first = await alice.wallet.createAction(payment(1000, delayed))
    expect(await processingOf(world.store, first.txid)).toBe('queued')
    expect(first.sendWithResults).toEqual([{ txid: first.txid, status: 'sending' }])
    await expect(alice.wallet.createAction(payment(1000, atOnce))).rejects.toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
    const second = await alice.wallet.createAction(payment(1000, delayed))
    expect(await processingOf(world.store, second.txid)).toBe('queued')
  })

  it('by two processes at once never takes one coin twice', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(...Array.from({ length: 12 }, () => 2000))
    const second = createProvider({ store: await world.openSecond(), services: world.services })
    await second.makeAvailable()
    const created = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? world.provider : second)).map((provider) =>
        provider.createAction(alice.auth, validPayment(1500)),
      ),
    )
    const taken = created.flatMap(({ inputs }) => inputs.map((input) => `${input.sourceTxid}.${input.sourceVout}`))
    expect(new Set(taken).size).toBe(taken.length)
    expect(taken).toHaveLength(12)
  })
})

describe('actions kept back', () => {
  it('spend each other’s change, and are sent together', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const first = await alice.wallet.createAction(payment(1000, kept))
    expect(await processingOf(world.store, first.txid)).toBe('nosend')
    expect(await alice.balance()).toBe(0)
    const second = await alice.wallet.createAction(payment(1000, { ...kept, noSendChange: first.noSendChange ?? [] }))
    const raw = Transaction.fromAtomicBEEF(second.tx!)
    expect(raw.inputs.map((input) => input.sourceTXID ?? input.sourceTransaction?.id('hex'))).toContain(first.txid)
    const sent = await alice.wallet.createAction({
      description: 'send them all',
      options: { ...atOnce, sendWith: [first.txid!, second.txid!] },
    })
    expect(sent.sendWithResults).toEqual([
      { txid: first.txid, status: 'unproven' },
      { txid: second.txid, status: 'unproven' },
    ])
    const rows = await world.store.read((tx) => tx.transactions.findByTxids([first.txid!, second.txid!]))
    expect(new Set(rows.map(({ batch }) => batch)).size).toBe(1)
    expect(rows[0]?.batch).not.toBeNull()
    const { rows: actions } = await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))
    expect(actions.slice(1).map(({ satoshisDelta }) => satoshisDelta <= -1001)).toEqual([true, true])
    expect(await alice.balance()).toBe(10_000 + actions.reduce((sum, { satoshisDelta }) => sum + satoshisDelta, 0))
  })

  it('are reported one by one when one of them is unknown', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const first = await alice.wallet.createAction(payment(1000, kept))
    const attempt = alice.wallet.createAction({
      description: 'send what there is',
      options: { ...atOnce, sendWith: [first.txid!, 'ab'.repeat(32)] },
    })
    await expect(attempt).rejects.toMatchObject({
      sendWithResults: [
        { txid: first.txid, status: 'unproven' },
        { txid: 'ab'.repeat(32), status: 'failed' },
      ],
    })
  })

  it('of somebody else cannot be sent along', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const { txid } = await alice.wallet.createAction(payment(1000, kept))
    const attempt = bob.wallet.createAction({ description: 'send hers', options: { ...atOnce, sendWith: [txid!] } })
    await expect(attempt).rejects.toMatchObject({ sendWithResults: [{ txid, status: 'failed' }] })
    expect(await processingOf(world.store, txid)).toBe('nosend')
  })
})

describe('aborting', () => {
  it('a draft frees its coins at once', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const { signableTransaction } = await alice.wallet.createAction(payment(1000, { signAndProcess: false }))
    expect(await alice.balance()).toBe(0)
    expect(await alice.wallet.abortAction({ reference: signableTransaction!.reference })).toEqual({ aborted: true })
    expect(await alice.balance()).toBe(10_000)
    expect(await drafts(world.store, alice.userId)).toMatchObject([{ userAborted: true }])
  })

  it('a kept transaction, by its txid, frees the coins the network calls unspent', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const { txid } = await alice.wallet.createAction(payment(1000, kept))
    await alice.wallet.abortAction({ reference: txid! })
    expect(await processingOf(world.store, txid)).toBe('invalid')
    expect(await alice.balance()).toBe(10_000)
  })

  it('is refused for what is on the network, and for another user’s action', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const sent = await alice.wallet.createAction(payment(1000, atOnce))
    const invalid = { name: 'WERR_INVALID_PARAMETER', parameter: 'reference' }
    await expect(alice.wallet.abortAction({ reference: sent.txid! })).rejects.toMatchObject(invalid)
    const draft = await alice.wallet.createAction(payment(1000, { signAndProcess: false }))
    const { reference } = draft.signableTransaction!
    await expect(bob.wallet.abortAction({ reference })).rejects.toMatchObject(invalid)
    await expect(alice.wallet.abortAction({ reference: 'bm8gc3VjaCBhY3Rpb24=' })).rejects.toMatchObject(invalid)
  })
})

describe('inputs of the caller', () => {
  it('spend a token of the wallet, locked with the description it is spent for; a second time is for review', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const minted = await alice.wallet.createAction({
      description: 'mint a token',
      outputs: [
        { satoshis: 100, lockingScript: '5187', outputDescription: 'a token', basket: 'tokens', tags: ['a', 'a'] },
      ],
      options: { ...atOnce, randomizeOutputs: false },
    })
    const spend: CreateActionArgs = {
      description: 'spend a token',
      inputBEEF: [...minted.tx!],
      inputs: [{ outpoint: `${minted.txid}.0`, unlockingScript: '51', inputDescription: 'the token' }],
      outputs: [{ satoshis: 50, lockingScript: strangerScript, outputDescription: 'to a stranger' }],
      options: atOnce,
    }
    const spent = await alice.wallet.createAction(spend)
    expect(await processingOf(world.store, spent.txid)).toBe('sent')
    const [token] = (await alice.outputs()).filter((output) => output.txid === minted.txid && output.vout === 0)
    expect(token).toMatchObject({ spendable: false, spendingDescription: 'the token' })
    const again = alice.wallet.createAction(spend)
    await expect(again).rejects.toMatchObject({
      name: 'WERR_REVIEW_ACTIONS',
      reviewActionResults: [{ txid: '', status: 'doubleSpend', competingTxs: [spent.txid] }],
    })
    const error = await again.catch((caught: unknown) => caught as sdk.WERR_REVIEW_ACTIONS)
    const [review] = (error as sdk.WERR_REVIEW_ACTIONS).reviewActionResults
    expect(Beef.fromBinary([...review!.competingBeef!]).findTxid(spent.txid!)).toBeDefined()
  })

  it('are refused when they name change, or come without proof', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const [coin] = await alice.outputs()
    const { tx } = await alice.wallet.createAction(payment(1000, { ...atOnce, signAndProcess: true }))
    const change = (await alice.outputs()).find((output) => output.change && output.spendable)!
    const naming = (txid: string, vout: number, inputBEEF?: number[]) => ({
      description: 'spend by name',
      ...(inputBEEF === undefined ? {} : { inputBEEF }),
      inputs: [{ outpoint: `${txid}.${vout}`, unlockingScriptLength: 107, inputDescription: 'by name' }],
      outputs: [{ satoshis: 1, lockingScript: strangerScript, outputDescription: 'to a stranger' }],
    })
    const ofChange = alice.wallet.createAction(naming(change.txid!, change.vout, [...tx!]))
    await expect(ofChange).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputs[0]' })
    const withoutProof = alice.wallet.createAction(naming(coin!.txid!, coin!.vout))
    await expect(withoutProof).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputBEEF' })
    const beyond = alice.wallet.createAction(naming(change.txid!, 99, [...tx!]))
    await expect(beyond).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputs[0]' })
  })
})

describe('a signed transaction', () => {
  it('that is another one than was planned is refused, and the draft stays', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const draft = await world.provider.createAction(alice.auth, validPayment(1000))
    const outputs = [...draft.outputs].sort((a, b) => a.vout - b.vout)
    const p2pkh = strangerScript
    const sign = (change: { script?: string; satoshis?: number; drop?: boolean; input?: string }): Transaction =>
      new Transaction(
        1,
        draft.inputs.map((input) => ({
          sourceTXID: change.input ?? input.sourceTxid,
          sourceOutputIndex: input.sourceVout,
          sequence: 0xffffffff,
          unlockingScript: UnlockingScript.fromHex('51'),
        })),
        outputs.slice(change.drop ? 1 : 0).map((output) => ({
          satoshis: output.satoshis + (output.purpose === 'change' ? (change.satoshis ?? 0) : 0),
          lockingScript: LockingScript.fromHex(
            output.purpose === 'change' ? (change.script ?? p2pkh) : output.lockingScript,
          ),
        })),
      )
    const commit = (transaction: Transaction) =>
      world.provider.processAction(alice.auth, {
        isNewTx: true,
        isSendWith: false,
        isNoSend: true,
        isDelayed: false,
        reference: draft.reference,
        txid: transaction.id('hex'),
        rawTx: transaction.toBinary(),
        sendWith: [],
      })
    for (const change of [{ script: '51' }, { satoshis: 1 }, { drop: true }, { input: 'ab'.repeat(32) }]) {
      await expect(commit(sign(change))).rejects.toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
    }
    expect(await drafts(world.store, alice.userId)).toMatchObject([{ userAborted: false }])
    expect(await commit(sign({}))).toEqual({ sendWithResults: [] })
    // Again: nothing changes. Another one: refused.
    expect(await commit(sign({}))).toEqual({ sendWithResults: [] })
    await expect(commit(sign({ satoshis: -1 }))).rejects.toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
  })

  it('of another user, or of no draft, is a bad request', async () => {
    const world = await openWorld()
    const [alice, bob] = [await world.newWallet(), await world.newWallet()]
    await alice.fund(10_000)
    const { reference } = await world.provider.createAction(alice.auth, validPayment(1000))
    const transaction = new Transaction(
      1,
      [{ sourceTXID: 'ab'.repeat(32), sourceOutputIndex: 0, unlockingScript: UnlockingScript.fromHex('51') }],
      [{ satoshis: 1, lockingScript: LockingScript.fromHex('51') }],
    )
    const attempt = world.provider.processAction(bob.auth, {
      isNewTx: true,
      isSendWith: false,
      isNoSend: false,
      isDelayed: true,
      reference,
      txid: transaction.id('hex'),
      rawTx: transaction.toBinary(),
      sendWith: [],
    })
    await expect(attempt).rejects.toBeInstanceOf(sdk.WERR_BAD_REQUEST)
  })
})

it('a commission is paid in an output of its own, never offered as a coin, and its owner can redeem it', async () => {
  const owner = PrivateKey.fromRandom()
  const publicKeyHex = owner.toPublicKey().toString()
  const world = await openWorld({ commission: { satoshis: 200, publicKeyHex } })
  const alice = await world.newWallet()
  await alice.fund(10_000)
  await alice.wallet.createAction(payment(1000, atOnce))
  expect(await alice.balance()).toBe(10_000 - 1000 - 200 - 1)
  const [commission] = await world.store.read((tx) => tx.commissions.find({ userId: alice.userId }))
  const [paid] = (await alice.outputs()).filter((output) => output.purpose === 'storage-commission')
  expect(paid).toMatchObject({ satoshis: 200, spendable: false, withheld: 'commission' })
  expect(commission).toMatchObject({ satoshis: 200, isRedeemed: false, lockingScript: paid!.lockingScript })
  const shared = PrivateKey.fromWif(commission!.keyOffset).toPublicKey().mul(owner)
  const hashed = new BigNumber(Hash.sha256(new PublicKey(shared).encode(true)))
  const redeeming = new PrivateKey(owner.add(hashed).umod(curveOrder).toArray('be', 32))
  expect(Utils.toHex([...commission!.lockingScript])).toBe(new P2PKH().lock(redeeming.toAddress()).toHex())
})

const curveOrder = new BigNumber('fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141', 16)
