import { Beef, LockingScript, Transaction, UnlockingScript, type CreateActionArgs } from '@bsv/sdk'
import { Validation } from '@bsv/sdk'
import { sdk } from '@bsv/wallet-toolbox'
import { describe, expect, it } from 'vitest'
import { publishedNetwork } from '../src/network/published-network.js'
import { MAX_POSSIBLE_SATOSHIS, createProvider } from '../src/index.js'
import { atOnce, openWorld, payment, strangerScript, validPayment, type TestWallet } from './support/open-wallet.js'

const valid = Validation.validateCreateActionArgs

async function mintToken(alice: TestWallet): Promise<{ readonly txid: string; readonly beef: number[] }> {
  const { txid, tx } = await alice.wallet.createAction({
    description: 'mint a token',
    outputs: [{ satoshis: 100, lockingScript: '5187', outputDescription: 'a token', basket: 'tokens' }],
    options: { ...atOnce, randomizeOutputs: false },
  })
  return { txid: txid!, beef: [...tx!] }
}

function spending(txid: string, more: Partial<CreateActionArgs> = {}): CreateActionArgs {
  return {
    description: 'spend a token',
    inputs: [{ outpoint: `${txid}.0`, unlockingScriptLength: 1, inputDescription: 'the token' }],
    outputs: [{ satoshis: 50, lockingScript: strangerScript, outputDescription: 'to a stranger' }],
    ...more,
  }
}

describe('what the wallet gets to sign', () => {
  it('has inputs in order, change with its derivation and no script, and every index once', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const token = await mintToken(alice)
    const result = await world.provider.createAction(alice.auth, valid(spending(token.txid, { inputBEEF: token.beef })))
    expect(result.inputs[0]).toMatchObject({
      vin: 0,
      sourceTxid: token.txid,
      sourceVout: 0,
      sourceSatoshis: 100,
      sourceLockingScript: '5187',
      unlockingScriptLength: 1,
      providedBy: 'you',
      type: 'custom',
    })
    expect(result.inputs.map(({ vin }) => vin)).toEqual(result.inputs.map((_, index) => index))
    expect(result.outputs.map(({ vout }) => vout).sort((a, b) => a - b)).toEqual(result.outputs.map((_, i) => i))
    const change = result.outputs.filter(({ purpose }) => purpose === 'change')
    expect(change.length).toBeGreaterThan(0)
    for (const output of change) {
      expect(output).toMatchObject({ lockingScript: '', providedBy: 'storage' })
      expect(output.derivationSuffix).toMatch(/^[A-Za-z0-9+/]{22}==$/)
      expect(output).not.toHaveProperty('basket')
    }
    expect(result).not.toHaveProperty('noSendChangeOutputVouts')
  })

  it('pays exactly the fee of its size', async () => {
    const world = await openWorld({ feeModel: { model: 'sat/kb', value: 500 } })
    const alice = await world.newWallet()
    await alice.fund(2000, 3000, 90_000)
    for (const satoshis of [1000, 4000, 20_000]) {
      const { tx } = await alice.wallet.createAction(payment(satoshis, atOnce))
      const transaction = Transaction.fromAtomicBEEF(tx!)
      const paid = transaction.getFee()
      const bytes = transaction.toUint8Array().length
      // A signature may be a byte or two shorter than the longest one, for which the fee is meant.
      expect(paid).toBeGreaterThanOrEqual(Math.ceil(bytes / 2))
      expect(paid).toBeLessThanOrEqual(Math.ceil((bytes + 3 * transaction.inputs.length) / 2))
    }
  })

  it('proves its inputs, but for what the caller knows already', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const [coin] = await alice.outputs()
    const full = await world.provider.createAction(alice.auth, validPayment(1000))
    expect(Beef.fromBinary(full.inputBeef!).findTxid(coin!.txid!)?.isTxidOnly).toBe(false)
    await alice.wallet.abortAction({ reference: full.reference })
    const known = valid(payment(1000, { knownTxids: [coin!.txid!] }))
    const short = await world.provider.createAction(alice.auth, known)
    expect(Beef.fromBinary(short.inputBeef!).findTxid(coin!.txid!)?.isTxidOnly).toBe(true)
    await alice.wallet.abortAction({ reference: short.reference })
    const nothing = await world.provider.createAction(alice.auth, valid(payment(1000, { returnTXIDOnly: true })))
    expect(nothing).not.toHaveProperty('inputBeef')
  })

  it('is the same for the same random values', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(50_000)
    const args = { ...validPayment(1000), randomVals: [0.1, 0.7, 0.4] }
    const first = await world.provider.createAction(alice.auth, args)
    await alice.wallet.abortAction({ reference: first.reference })
    const second = await world.provider.createAction(alice.auth, args)
    const shape = ({ outputs }: typeof first) => outputs.map(({ vout, satoshis }) => ({ vout, satoshis }))
    expect(shape(second)).toEqual(shape(first))
    expect(second.reference).not.toBe(first.reference)
  })

  it('signs later what was created now', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const token = await mintToken(alice)
    const { signableTransaction } = await alice.wallet.createAction(spending(token.txid, { inputBEEF: token.beef }))
    const { txid } = await alice.wallet.signAction({
      reference: signableTransaction!.reference,
      spends: { 0: { unlockingScript: '51' } },
      options: atOnce,
    })
    expect(await world.store.read((tx) => tx.transactions.findByTxid(txid!))).toMatchObject({ processing: 'sent' })
  })
})

describe('a BEEF', () => {
  it('whose merkle root the chain does not know is refused, before anything is locked', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const token = await mintToken(alice)
    const network = { ...publishedNetwork(world.services), isValidRootForHeight: async () => false }
    const doubting = createProvider({ store: world.store, network, errors: sdk })
    await doubting.makeAvailable()
    const before = await alice.outputs()
    const attempt = doubting.createAction(alice.auth, valid(spending(token.txid, { inputBEEF: token.beef })))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputBEEF' })
    expect(await alice.outputs()).toEqual(before)
  })

  it('is not needed for what this store knows, if the caller trusts it', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const token = await mintToken(alice)
    const args = valid(spending(token.txid))
    const trusting = { ...args, options: { ...args.options, trustSelf: 'known' as const } }
    const result = await world.provider.createAction(alice.auth, trusting)
    expect(result.inputs[0]).toMatchObject({ sourceSatoshis: 100, sourceLockingScript: '5187' })
    const unknown = { ...trusting, inputs: [{ ...trusting.inputs[0]!, outpoint: { txid: 'ab'.repeat(32), vout: 0 } }] }
    await expect(world.provider.createAction(alice.auth, unknown)).rejects.toMatchObject({ parameter: 'inputBEEF' })
  })
})

it('a transaction that is not final yet is not committed', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const token = await mintToken(alice)
  const args = spending(token.txid, {
    inputBEEF: token.beef,
    lockTime: 499_999_999,
    inputs: [{ ...spending(token.txid).inputs![0]!, sequenceNumber: 0, unlockingScript: '51' }],
    options: atOnce,
  })
  await expect(alice.wallet.createAction(args)).rejects.toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
  const { rows } = await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))
  expect(rows.at(-1)).toMatchObject({ transactionId: null, lockTime: 499_999_999 })
})

it('an action without outputs carries the wallet’s empty one, and no other', async () => {
  const world = await openWorld()
  const alice = await world.newWallet()
  await alice.fund(10_000)
  const minted = await alice.wallet.createAction({
    description: 'a token, and nothing else left',
    outputs: [
      { satoshis: 100, lockingScript: '5187', outputDescription: 'a token', basket: 'tokens' },
      { satoshis: MAX_POSSIBLE_SATOSHIS, lockingScript: strangerScript, outputDescription: 'all the rest' },
    ],
    options: { ...atOnce, randomizeOutputs: false },
  })
  // The token pays for nothing but its own fee: what is left is too little for change.
  const args = valid({ ...spending(minted.txid!, { inputBEEF: [...minted.tx!] }), outputs: [] })
  const rich = createProvider({
    store: world.store,
    services: world.services,
    feeModel: { model: 'sat/kb', value: 1200 },
    errors: sdk,
  })
  await rich.makeAvailable()
  const draft = await rich.createAction(alice.auth, args)
  expect(draft.outputs).toEqual([])
  const signed = (lockingScript: string): Transaction =>
    new Transaction(
      1,
      draft.inputs.map((input) => ({
        sourceTXID: input.sourceTxid,
        sourceOutputIndex: input.sourceVout,
        sequence: 0xffffffff,
        unlockingScript: UnlockingScript.fromHex('51'),
      })),
      [{ satoshis: 0, lockingScript: LockingScript.fromHex(lockingScript) }],
    )
  const commit = (transaction: Transaction): Promise<unknown> =>
    rich.processAction(alice.auth, {
      isNewTx: true,
      isSendWith: false,
      isNoSend: true,
      isDelayed: false,
      reference: draft.reference,
      txid: transaction.id('hex'),
      rawTx: transaction.toBinary(),
      sendWith: [],
    })
  await expect(commit(signed('51'))).rejects.toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
  expect(await commit(signed('006a0142'))).toEqual({ sendWithResults: [] })
})
