import { assert } from 'chai'
import { buildCoinbase } from '../builders/build-coinbase.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused } from '../store-contract/assertions.js'
import { auditOf, detailsOf, outputOf, proofFor, serviceCase } from './service-case.js'

/** docs/spec/lifecycle.md §4: withholding coins, refreshing flags, finding coins, lists. */
export const coinCases: readonly ContractCase[] = [
  serviceCase(
    'withholdOutput: the coin is not offered until it is restored, and both are in the audit',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const { outputs, transaction } = await seedAction(store, { ...owner, processing: 'sent' })
      const { outputId } = outputs[0]!
      const withheld = await service.withholdOutput({ outputId, reason: 'operator', details: { why: 'odd' } })
      assert.deepInclude(withheld, { withheld: 'operator', spendable: false })
      await service.withholdOutput({ outputId, reason: 'operator' })
      await service.refreshOutputsSpendable({ userId: owner.userId })
      assert.strictEqual((await outputOf(store, { outputId })).withheld, 'operator', 'a refresh never clears it')
      assert.deepEqual(await service.findSpendableOutputs({ ...owner, limit: 10 }), [])
      assert.strictEqual((await service.restoreOutput({ outputId, reason: 'not-utxo' })).withheld, 'operator')
      assert.deepInclude(await service.restoreOutput({ outputId }), { withheld: null, spendable: true })
      const audit = await auditOf(store, transaction.transactionId)
      assert.deepEqual(
        audit.map(({ event, fromState, toState }) => [event, fromState, toState]),
        [
          ['output.withheld', null, 'operator'],
          ['output.restored', 'operator', null],
        ],
      )
      assert.deepInclude(detailsOf(audit[0]), { outputId, why: 'odd' })
    },
  ),

  serviceCase(
    'withholdOutput: a coin that is not there or another user owns is not found',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const [coin] = await seedCoins(store, alice, [100])
      const { outputId } = coin!
      await assertRefused(service.withholdOutput({ outputId: 404, reason: 'operator' }), 'NOT_FOUND', 'no coin')
      const theirs = service.withholdOutput({ outputId, reason: 'operator', userId: bob.userId })
      await assertRefused(theirs, 'NOT_FOUND', "alice's coin")
      assert.isTrue((await outputOf(store, coin!)).spendable)
    },
  ),

  serviceCase('withholdOutput: a weaker reason never takes the place of a stronger one', async ({ store, service }) => {
    const owner = await seedUser(store)
    const [coin] = await seedCoins(store, owner, [100])
    const { outputId } = coin!
    for (const [reason, expected] of [
      ['legacy', 'legacy'],
      ['not-utxo', 'legacy'],
      ['spent-elsewhere', 'spent-elsewhere'],
      ['not-utxo', 'spent-elsewhere'],
      ['operator', 'operator'],
      ['spent-elsewhere', 'operator'],
    ] as const) {
      assert.strictEqual((await service.withholdOutput({ outputId, reason })).withheld, expected)
    }
  }),

  serviceCase(
    'addOutputs: a payment found later has its script, its flags and its maturity',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await service.setChainTip({ height: 150 })
      const outputs = [{ ...PAYMENT, vout: 0, satoshis: 5_000_000_000, basket: 'default', tags: ['late'] }]
      const wrong = [{ ...PAYMENT, vout: 0, satoshis: 1 }]
      const made = buildCoinbase({ height: 100 })
      const { transaction } = await service.create({ txid: made.txid, rawTx: made.rawTx, processing: 'sent' })
      await service.recordProof({
        transactionId: transaction.transactionId,
        proof: await proofFor(made.txid, 100, { merkleIndex: 0 }),
      })
      const { action } = await service.findOrCreateActionForTxid({ userId, txid: made.txid, reference: 'late' })
      const [added] = await service.addOutputs({ actionId: action.actionId, outputs })
      const place = made.outputs[0]!
      assert.deepInclude(added, {
        txid: made.txid,
        maturesAtHeight: 200,
        spendable: false,
        scriptOffset: place.scriptOffset,
        scriptLength: place.scriptLength,
      })
      await service.setChainTip({ height: 200 })
      assert.isTrue((await outputOf(store, added!)).spendable)
      await assertRefused(
        service.addOutputs({ actionId: action.actionId, outputs: wrong }),
        'INVALID_PARAMETER',
        'a wrong value',
      )
      await assertRefused(service.addOutputs({ actionId: 404, outputs }), 'NOT_FOUND', 'no action')
    },
  ),

  serviceCase('restoreOutput: a restored coin is spendable only if the rule says so', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { outputs } = await seedAction(store, {
      userId,
      processing: 'invalid',
      outputs: [{ satoshis: 1, withheld: 'legacy' }],
    })
    assert.deepInclude(await service.restoreOutput({ outputId: outputs[0]!.outputId }), {
      withheld: null,
      spendable: false,
    })
  }),

  serviceCase(
    'refreshOutputsSpendable: repairs wrong flags, says how many, and flips nothing the second time',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const coins = await seedCoins(store, owner, [1, 2, 3])
      await store.write(async (tx) => {
        await tx.outputs.update(coins[0]!.outputId, { spendable: false })
        await tx.outputs.update(coins[1]!.outputId, { pending: true })
      })
      assert.deepEqual(await service.refreshOutputsSpendable({ userId: owner.userId }), { examined: 3, flipped: 2 })
      assert.deepEqual(await service.refreshOutputsSpendable(), { examined: 3, flipped: 0 })
      for (const coin of coins) assert.deepInclude(await outputOf(store, coin), { spendable: true, pending: false })
    },
  ),

  serviceCase(
    'findSpendableOutputs: spendable coins of the basket in order of value, up to the limit',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      await seedCoins(store, owner, [30, 10, 20])
      await seedCoins(store, owner, [5], { processing: 'sending' })
      const found = await service.findSpendableOutputs({ ...owner, limit: 2 })
      assert.deepEqual(
        found.map(({ satoshis }) => satoshis),
        [10, 20],
      )
    },
  ),

  serviceCase('lists: unknown labels, baskets and tags find nothing', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await seedAction(store, { userId })
    assert.deepInclude(await service.listActionsForUser({ userId, limit: 10 }), { total: 1 })
    assert.deepInclude(await service.listActionsForUser({ userId, labels: ['no'], limit: 10 }), { total: 0 })
    assert.deepInclude(await service.listOutputsForUser({ userId, limit: 10 }), { total: 1 })
    assert.deepInclude(await service.listOutputsForUser({ userId, basket: 'no', limit: 10 }), { total: 0 })
    assert.deepInclude(await service.listOutputsForUser({ userId, tags: ['no'], limit: 10 }), { total: 0 })
  }),

  serviceCase('lists: with `all` every label is needed, with `any` one', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await service.createAction({ userId, reference: 'one', labels: ['a'] })
    await service.createAction({ userId, reference: 'two', labels: ['a', 'b'] })
    const totalOf = async (labels: readonly string[], labelMode: 'any' | 'all'): Promise<number> =>
      (await service.listActionsForUser({ userId, labels, labelMode, limit: 10 })).total
    assert.strictEqual(await totalOf(['a', 'b'], 'any'), 2)
    assert.strictEqual(await totalOf(['a', 'b'], 'all'), 1)
    assert.strictEqual(await totalOf(['a', 'a'], 'all'), 2)
    assert.strictEqual(await totalOf(['a', 'none'], 'all'), 0)
    assert.strictEqual(await totalOf(['a', 'none'], 'any'), 2)
  }),
]

const PAYMENT = { providedBy: 'storage', purpose: 'change', type: 'P2PKH', change: true } as const
