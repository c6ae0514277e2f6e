import { Beef, MerklePath, Validation, type InternalizeActionArgs } from '@bsv/sdk'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WalletError } from '../src/index.js'
import { openWorld, strangerScript, type TestWallet, type World } from './support/open-wallet.js'
import { insert, receive, unpostedPayment, type ReceivedPayment } from './support/received-payments.js'

const invalidTx = { name: 'WERR_INVALID_PARAMETER', parameter: 'tx' }

/** Straight to the storage: the wallet's own checks do not stand before it. */
async function openVictim(): Promise<{
  readonly world: World
  readonly alice: TestWallet
  readonly paid: ReceivedPayment
  readonly take: (args: InternalizeActionArgs) => Promise<unknown>
}> {
  const world = await openWorld({ errors: {} })
  const alice = await world.newWallet()
  const paid = await unpostedPayment(world, alice.auth.identityKey, [3000, 50])
  return { world, alice, paid, take: (args) => world.provider.internalizeAction(alice.auth, args) }
}

it('bytes that were cut or changed prove nothing: a published error, and nothing stored', async () => {
  const { world, alice, paid, take } = await openVictim()
  const changed = fc.record({ at: fc.nat(paid.tx.length - 1), xor: fc.integer({ min: 1, max: 255 }) })
  const cut = fc.nat(paid.tx.length - 1)
  const bytes = fc.oneof(
    cut.map((length) => paid.tx.slice(0, length)),
    changed.map(({ at, xor }) => paid.tx.map((byte, index) => (index === at ? byte ^ xor : byte))),
    fc.array(changed, { minLength: 2, maxLength: 5 }).map((changes) => {
      const tx = [...paid.tx]
      for (const { at, xor } of changes) tx[at] = tx[at]! ^ xor
      return tx
    }),
    fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }),
  )
  let refused = 0
  await world.services.during('unavailable', () =>
    fc.assert(
      fc.asyncProperty(bytes, async (tx) => {
        const outcome = await take(receive({ ...paid, tx })).catch((error: unknown) => error)
        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(WalletError)
          refused++
        } else {
          // Some bits mean nothing. What is taken all the same is the very transaction that was paid with.
          expect(outcome).toMatchObject({ txid: paid.txid, sendWithResults: [{ status: 'sending' }] })
        }
        const stored = await world.store.read((reader) => reader.transactions.countByProcessing())
        expect(Object.keys(stored).filter((status) => status !== 'sending')).toEqual([])
        expect(await alice.balance()).toBe(0)
      }),
      { numRuns: 150 },
    ),
  )
  expect(refused).toBeGreaterThan(100)
})

it('counts that promise more than the bytes hold are refused, and ask for no memory', async () => {
  const { world, alice, paid, take } = await openVictim()
  const fourBillion = [0xfe, 0xff, 0xff, 0xff, 0xff]
  const header = [1, 1, 1, 1, ...Array<number>(32).fill(7), 1, 0, 0xbe, 0xef]
  const hostile = {
    'merkle paths': fourBillion,
    'leaves of a path': [1, 0, 1, ...fourBillion],
    transactions: [0, ...fourBillion],
    inputs: [0, 1, 1, 0, 0, 0, ...fourBillion],
    outputs: [0, 1, 1, 0, 0, 0, 0, ...fourBillion],
  }
  for (const [what, bytes] of Object.entries(hostile)) {
    const tx = [...header, ...bytes, ...Array<number>(300).fill(0)]
    await expect(take(receive({ ...paid, tx })), what).rejects.toMatchObject(invalidTx)
    const spending = Validation.validateCreateActionArgs({
      description: 'spend what never was',
      inputBEEF: tx,
      inputs: [{ outpoint: `${paid.txid}.0`, unlockingScriptLength: 107, inputDescription: 'not proven' }],
    })
    const creating = world.provider.createAction(alice.auth, spending)
    await expect(creating, what).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputBEEF' })
  }
})

it('a BEEF without what it is about, or of txids alone, proves nothing', async () => {
  const { world, alice, paid, take } = await openVictim()
  const whole = Beef.fromBinary(paid.tx)
  const parent = whole.findTransactionForSigning(paid.txid)!.inputs[0]!.sourceTXID!
  const atomic = (beef: Beef, txid: string): number[] => [
    1,
    1,
    1,
    1,
    ...Buffer.from(txid, 'hex').reverse(),
    ...beef.toBinary(),
  ]
  const without = (change: (beef: Beef) => void): Beef => {
    const beef = Beef.fromBinary(paid.tx)
    change(beef)
    return beef
  }
  const hostile = {
    'no txid': whole.toBinary(),
    'the txid of another': atomic(whole, parent.replace(/^../, '00')),
    'no parent': atomic(
      without((beef) => beef.removeExistingTxid(parent)),
      paid.txid,
    ),
    'a parent that is a txid only': atomic(
      without((beef) => beef.makeTxidOnly(parent)),
      paid.txid,
    ),
    'a subject that is a txid only': atomic(
      without((beef) => beef.makeTxidOnly(paid.txid)),
      paid.txid,
    ),
    'a parent without its path': atomic(
      without((beef) => {
        beef.bumps = []
        for (const tx of beef.txs) tx.bumpIndex = undefined
      }),
      paid.txid,
    ),
  }
  for (const [what, tx] of Object.entries(hostile)) {
    await expect(take(receive({ ...paid, tx })), what).rejects.toMatchObject(invalidTx)
  }
  expect(await alice.outputs()).toEqual([])
  expect(await world.store.read((tx) => tx.transactions.findByTxid(paid.txid))).toBeUndefined()
})

it('outputs that are not in the transaction, or not as they are said to be, are not taken', async () => {
  const { alice, paid, take } = await openVictim()
  const payment = receive(paid, { vouts: [0] })
  const [{ paymentRemittance }] = payment.outputs as [InternalizeActionArgs['outputs'][0]]
  const insertionRemittance = { basket: 'tokens' }
  const foreign = await unpostedPayment({ ...(await openWorld()) }, alice.auth.identityKey, [1], { height: 6 })
  const hostile: Record<string, InternalizeActionArgs['outputs']> = {
    'beyond the last': [{ ...payment.outputs[0]!, outputIndex: 2 }],
    'a negative one': [{ ...payment.outputs[0]!, outputIndex: -1 }],
    'a fraction': [{ ...payment.outputs[0]!, outputIndex: 0.5 }],
    twice: [...payment.outputs, ...payment.outputs],
    'a payment without remittance': [{ outputIndex: 0, protocol: 'wallet payment' }],
    'a payment with that of an insertion': [{ outputIndex: 0, protocol: 'wallet payment', insertionRemittance }],
    'an insertion with that of a payment': [
      { outputIndex: 0, protocol: 'basket insertion', paymentRemittance: paymentRemittance! },
    ],
    'both at once': [{ ...payment.outputs[0]!, insertionRemittance }],
    'no key': [{ ...payment.outputs[0]!, paymentRemittance: { ...paymentRemittance!, senderIdentityKey: 'abcd' } }],
    none: [],
  }
  for (const [what, outputs] of Object.entries(hostile)) {
    await expect(take({ ...payment, outputs }), what).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
  }
  // One good output beside a bad one: nothing at all.
  const mixed = [
    ...payment.outputs,
    ...insert(foreign, 'x', { vouts: [0] }).outputs.map((o) => ({ ...o, outputIndex: 9 })),
  ]
  await expect(take({ ...payment, outputs: mixed })).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
  expect(await alice.outputs()).toEqual([])
})

it('an unmarked merkle path proves no input either', async () => {
  const { world, alice, paid } = await openVictim()
  await alice.fund(5000)
  const beef = Beef.fromBinary(paid.tx)
  beef.mergeBump(
    new MerklePath(3, [
      [
        { offset: 0, hash: 'cd'.repeat(32) },
        { offset: 1, hash: paid.txid },
      ],
    ]),
  )
  const attempt = alice.wallet.createAction({
    description: 'spend what never was',
    inputBEEF: beef.toBinary(),
    inputs: [{ outpoint: `${paid.txid}.0`, unlockingScriptLength: 107, inputDescription: 'not proven' }],
    outputs: [{ satoshis: 1, lockingScript: strangerScript, outputDescription: 'to a stranger' }],
  })
  await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', parameter: 'inputBEEF' })
  expect((await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 9 }))).total).toBe(1)
})
