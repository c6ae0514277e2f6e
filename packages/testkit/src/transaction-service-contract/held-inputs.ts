import { assert } from 'chai'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { auditOf, detailsOf, outputOf, serviceCase, transactionOf } from './service-case.js'

const HOLDING = [
  ['queued', 'sending'],
  ['sending', 'sent'],
  ['sending', 'seen'],
  ['sending', 'seen_multi'],
] as const

/** docs/spec/lifecycle.md §3 step 5: a live transaction holds its inputs. */
export const heldInputCases: readonly ContractCase[] = [
  ...HOLDING.map(([from, to]) =>
    serviceCase(
      `held inputs: on entry to ${to} what the raw transaction consumes is spent by its owner's action`,
      async ({ store, service }) => {
        const { userId } = await seedUser(store)
        const coins = await seedAction(store, { userId, processing: 'sent', outputs: [10, 20] })
        const spender = await seedAction(store, {
          userId,
          processing: from,
          inputs: inputsOf(coins.outputs.slice(0, 1)),
        })
        const { transactionId } = spender.transaction
        await service.transition({ transactionId, expectedFrom: from, to })
        const taken = await outputOf(store, coins.outputs[0]!)
        assert.strictEqual(taken.spentByActionId, spender.action.actionId)
        assert.isFalse(taken.spendable)
        assert.isTrue((await outputOf(store, coins.outputs[1]!)).spendable)
        const [spent] = await auditOf(store, transactionId, 'input.spent')
        assert.deepInclude(detailsOf(spent), { outputId: taken.outputId })
      },
    ),
  ),

  serviceCase('held inputs: frozen holds them too', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const coins = await seedAction(store, { userId, processing: 'sent' })
    const spender = await seedAction(store, { userId, processing: 'nosend', inputs: inputsOf(coins.outputs) })
    const { transactionId } = spender.transaction
    await service.transition({ transactionId, expectedFrom: 'nosend', to: 'frozen', frozenReason: 'operator: wait' })
    assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, spender.action.actionId)
  }),

  serviceCase(
    'held inputs: a coin whose owner has no such action is withheld as spent elsewhere',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const coins = await seedAction(store, { userId: alice.userId, processing: 'sent' })
      const spender = await seedAction(store, {
        userId: bob.userId,
        processing: 'sending',
        inputs: inputsOf(coins.outputs),
      })
      const { transactionId } = spender.transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
      const coin = await outputOf(store, coins.outputs[0]!)
      assert.strictEqual(coin.withheld, 'spent-elsewhere')
      assert.isNull(coin.spentByActionId)
      assert.isFalse(coin.spendable)
      assert.lengthOf(await auditOf(store, transactionId, 'output.withheld'), 1)
    },
  ),

  serviceCase(
    'held inputs: what nobody accepted yet takes no coin and no draft of a user whose action it is not',
    async ({ store, service }) => {
      const [alice, mallory] = [await seedUser(store), await seedUser(store)]
      const coins = await seedAction(store, { userId: alice.userId, processing: 'sent', outputs: [10, 20] })
      const [free, drafted] = coins.outputs
      const draft = await seedAction(store, { userId: alice.userId, processing: 'draft', spends: [drafted!] })
      const before = [await outputOf(store, free!), await outputOf(store, drafted!)]
      const { transaction } = await seedAction(store, {
        userId: mallory.userId,
        processing: 'queued',
        inputs: inputsOf(coins.outputs),
      })
      const { transactionId } = transaction
      await service.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
      assert.deepEqual([await outputOf(store, free!), await outputOf(store, drafted!)], before)
      const { userAborted } = (await store.read((tx) => tx.actions.findById(draft.action.actionId)))!
      assert.isFalse(userAborted)
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
      assert.strictEqual((await outputOf(store, free!)).withheld, 'spent-elsewhere')
    },
  ),

  serviceCase(
    'held inputs: one user’s word that it was accepted takes no coin of another one',
    async ({ store, service }) => {
      const [alice, mallory] = [await seedUser(store), await seedUser(store)]
      const coins = await seedAction(store, { userId: alice.userId, processing: 'sent' })
      const before = await outputOf(store, coins.outputs[0]!)
      const { transaction } = await seedAction(store, {
        userId: mallory.userId,
        processing: 'queued',
        inputs: inputsOf(coins.outputs),
      })
      const { transactionId } = transaction
      await service.transition({ transactionId, expectedFrom: 'queued', to: 'sent', forUser: mallory.userId })
      await service.settleTransactions([transactionId], mallory.userId)
      assert.deepEqual(await outputOf(store, coins.outputs[0]!), before)
      await service.transition({ transactionId, expectedFrom: 'sent', to: 'seen' })
      assert.strictEqual((await outputOf(store, coins.outputs[0]!)).withheld, 'spent-elsewhere')
    },
  ),

  serviceCase(
    'held inputs: when the owner gets the action later, the coin is spent by it and no longer withheld',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const coins = await seedAction(store, { userId: alice.userId, processing: 'sent' })
      const { transaction, built } = await seedAction(store, {
        userId: bob.userId,
        processing: 'sending',
        inputs: inputsOf(coins.outputs),
      })
      await service.transition({ transactionId: transaction.transactionId, expectedFrom: 'sending', to: 'sent' })
      const { action } = await service.findOrCreateActionForTxid({
        userId: alice.userId,
        txid: built.txid,
        reference: 'alice-view',
      })
      const coin = await outputOf(store, coins.outputs[0]!)
      assert.isNull(coin.withheld)
      assert.strictEqual(coin.spentByActionId, action.actionId)
    },
  ),

  serviceCase(
    'held inputs: a coin another live action holds stays with it, and the conflict is logged',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const coins = await seedAction(store, { userId, processing: 'sent' })
      const holder = await seedAction(store, { userId, processing: 'sending', spends: coins.outputs })
      const rival = await seedAction(store, { userId, processing: 'sending', inputs: inputsOf(coins.outputs) })
      const { transactionId } = rival.transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
      assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, holder.action.actionId)
      const [conflict] = await auditOf(store, transactionId, 'input.conflict')
      assert.deepInclude(detailsOf(conflict), { heldBy: holder.action.actionId })
    },
  ),

  serviceCase(
    'held inputs: a draft loses its coin and is aborted, and its other coins are free again',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const coins = await seedAction(store, { userId, processing: 'sent', outputs: [10, 20] })
      const draft = await seedAction(store, { userId, processing: 'draft', spends: coins.outputs })
      const spender = await seedAction(store, {
        userId,
        processing: 'sending',
        inputs: inputsOf(coins.outputs.slice(0, 1)),
      })
      const { transactionId } = spender.transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
      assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, spender.action.actionId)
      const other = await outputOf(store, coins.outputs[1]!)
      assert.isNull(other.spentByActionId)
      assert.isTrue(other.spendable)
      const aborted = await store.read((tx) => tx.actions.findById(draft.action.actionId))
      assert.isTrue(aborted?.userAborted)
      const audit = await store.read((tx) => tx.audit.findByAction(draft.action.actionId))
      assert.include(
        audit.map(({ event }) => event),
        'action.aborted',
      )
    },
  ),

  serviceCase('held inputs: a dead holder loses the coin to a live transaction', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const coins = await seedAction(store, { userId, processing: 'sent' })
    await seedAction(store, { userId, processing: 'invalid', spends: coins.outputs })
    const live = await seedAction(store, { userId, processing: 'sending', inputs: inputsOf(coins.outputs) })
    await service.transition({
      transactionId: live.transaction.transactionId,
      expectedFrom: 'sending',
      to: 'sent',
    })
    assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, live.action.actionId)
  }),

  serviceCase(
    'held inputs: a coin a review withheld is spent elsewhere once it is known who spent it',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      for (const [reason, expected] of [
        ['not-utxo', 'spent-elsewhere'],
        ['operator', 'operator'],
      ] as const) {
        const coins = await seedAction(store, { userId, processing: 'sent' })
        await service.withholdOutput({ outputId: coins.outputs[0]!.outputId, reason })
        const { txid, rawTx } = buildTransaction({ inputs: inputsOf(coins.outputs) })
        await service.create({ txid, rawTx, processing: 'sent' })
        assert.strictEqual((await outputOf(store, coins.outputs[0]!)).withheld, expected)
      }
    },
  ),

  serviceCase('held inputs: an accepted transaction undoes the abort of its actions', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const coins = await seedAction(store, { userId, processing: 'sent' })
    const spender = await seedAction(store, {
      userId,
      processing: 'sending',
      inputs: inputsOf(coins.outputs),
      action: { userAborted: true },
    })
    const { transactionId } = spender.transaction
    assert.isFalse((await outputOf(store, spender.outputs[0]!)).spendable)
    await service.transition({ transactionId, expectedFrom: 'sending', to: 'seen' })
    const action = await store.read((tx) => tx.actions.findById(spender.action.actionId))
    assert.isFalse(action?.userAborted)
    assert.isTrue((await outputOf(store, spender.outputs[0]!)).spendable)
    assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, spender.action.actionId)
    assert.lengthOf(await auditOf(store, transactionId, 'action.revived'), 1)
  }),

  serviceCase('held inputs: a raw transaction that is missing or broken stops no move', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    for (const rawTx of [null, Uint8Array.of(1, 2, 3)]) {
      const { transaction } = await seedAction(store, { userId, processing: 'sending', transaction: { rawTx } })
      const { transactionId } = transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
      assert.strictEqual((await transactionOf(store, transactionId)).processing, 'sent')
    }
  }),
]

function inputsOf(
  outputs: readonly { readonly txid: string | null; readonly vout: number }[],
): { txid: string; vout: number }[] {
  return outputs.map(({ txid, vout }) => ({ txid: txid ?? '', vout }))
}
