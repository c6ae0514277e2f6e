import { assert } from 'chai'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused } from '../store-contract/assertions.js'
import { auditOf, detailsOf, outputOf, serviceCase, transactionOf } from './service-case.js'

/** docs/spec/wallet-storage.md §7, docs/spec/lifecycle.md §3. */
export const abortingCases: readonly ContractCase[] = [
  serviceCase('abortAction: a draft lets go of its inputs at once', async ({ store, service }) => {
    const owner = await seedUser(store)
    const coins = await seedCoins(store, owner, [100, 200])
    const draft = await seedAction(store, { userId: owner.userId, processing: 'draft', spends: coins })
    const { reference, actionId } = draft.action
    const result = await service.abortAction({ userId: owner.userId, reference })
    assert.deepInclude(result, { outcome: 'draft', released: 2 })
    assert.isTrue(result.action.userAborted)
    for (const coin of coins) {
      assert.deepInclude(await outputOf(store, coin), { spentByActionId: null, spendable: true })
    }
    const audit = await store.read((tx) => tx.audit.findByAction(actionId))
    assert.deepEqual(
      audit.map(({ event }) => event),
      ['action.aborted'],
    )
  }),

  ...(['nosend', 'nonfinal'] as const).map((processing) =>
    serviceCase(
      `abortAction: ${processing} becomes invalid; only inputs a look-up called unspent are free`,
      async ({ store, service }) => {
        const owner = await seedUser(store)
        const coins = await seedCoins(store, owner, [100, 200])
        const seeded = await seedAction(store, { userId: owner.userId, processing, spends: coins })
        const { transactionId } = seeded.transaction
        const result = await service.abortAction({
          userId: owner.userId,
          reference: seeded.action.reference,
          unspentOutputIds: [coins[0]!.outputId],
        })
        assert.deepInclude(result, { outcome: 'invalid', released: 1 })
        assert.strictEqual((await transactionOf(store, transactionId)).processing, 'invalid')
        assert.deepInclude(await outputOf(store, coins[0]!), { spentByActionId: null, spendable: true })
        assert.strictEqual((await outputOf(store, coins[1]!)).spentByActionId, seeded.action.actionId)
        assert.lengthOf(await auditOf(store, transactionId, 'input.released'), 1)
        const [change] = await auditOf(store, transactionId, 'processing.changed')
        assert.deepInclude(detailsOf(change), { why: 'aborted' })
      },
    ),
  ),

  serviceCase('abortAction: finds an action by its txid as well', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { built } = await seedAction(store, { userId, processing: 'nosend' })
    assert.strictEqual((await service.abortAction({ userId, reference: built.txid })).outcome, 'invalid')
  }),

  serviceCase('abortAction: what may be on the network cannot be aborted', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    for (const processing of [
      'queued',
      'sending',
      'sent',
      'seen',
      'confirmed',
      'frozen',
      'invalid',
      'unfail',
    ] as const) {
      const { action } = await seedAction(store, { userId, processing })
      await assertRefused(service.abortAction({ userId, reference: action.reference }), 'INVALID_PARAMETER', processing)
      assert.isFalse((await store.read((tx) => tx.actions.findById(action.actionId)))?.userAborted)
    }
  }),

  serviceCase(
    'abortAction: an incoming, an aborted, a foreign and a missing action are refused',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const { userId } = alice
      const incoming = await seedAction(store, { userId, processing: 'nosend', action: { isOutgoing: false } })
      const aborted = await seedAction(store, { userId, processing: 'draft', action: { userAborted: true } })
      const foreign = await seedAction(store, { userId: bob.userId, processing: 'draft' })
      for (const { action } of [incoming, aborted]) {
        await assertRefused(
          service.abortAction({ userId, reference: action.reference }),
          'INVALID_PARAMETER',
          'the action',
        )
      }
      const { reference } = foreign.action
      await assertRefused(service.abortAction({ userId, reference }), 'NOT_FOUND', 'a foreign action')
      await assertRefused(service.abortAction({ userId, reference: 'none' }), 'NOT_FOUND', 'no action')
    },
  ),

  serviceCase(
    'abortAction: of a transaction that others hold only this view is aborted, its inputs stay locked',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const coins = await seedCoins(store, alice, [100])
      const seeded = await seedAction(store, { userId: alice.userId, processing: 'nosend', spends: coins })
      await service.findOrCreateActionForTxid({ userId: bob.userId, txid: seeded.built.txid, reference: 'bob' })
      const { reference } = seeded.action
      const result = await service.abortAction({
        userId: alice.userId,
        reference,
        unspentOutputIds: [coins[0]!.outputId],
      })
      assert.deepInclude(result, { outcome: 'shared', released: 0 })
      assert.strictEqual((await transactionOf(store, seeded.transaction.transactionId)).processing, 'nosend')
      assert.strictEqual((await outputOf(store, coins[0]!)).spentByActionId, seeded.action.actionId)
      assert.isFalse((await service.findActionByReference(bob.userId, 'bob'))?.userAborted)
    },
  ),

  serviceCase('abortAction: the last of several users who gives it up makes it invalid', async ({ store, service }) => {
    const alice = await seedUser(store)
    const bob = await seedUser(store)
    const seeded = await seedAction(store, { userId: alice.userId, processing: 'nosend' })
    await service.findOrCreateActionForTxid({
      userId: bob.userId,
      txid: seeded.built.txid,
      reference: 'bob',
      isOutgoing: true,
    })
    assert.strictEqual((await service.abortAction({ userId: bob.userId, reference: 'bob' })).outcome, 'shared')
    const { reference } = seeded.action
    assert.strictEqual((await service.abortAction({ userId: alice.userId, reference })).outcome, 'invalid')
  }),

  serviceCase(
    'abortAction: a coin it does not hold is not released, whatever the caller says',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const coins = await seedCoins(store, owner, [100])
      const holder = await seedAction(store, { userId: owner.userId, processing: 'sending', spends: coins })
      const own = await seedCoins(store, owner, [200])
      const { action, transaction } = await seedAction(store, {
        userId: owner.userId,
        processing: 'nosend',
        spends: own,
      })
      const { reference } = action
      const unspentOutputIds = [coins[0]!.outputId, own[0]!.outputId]
      const result = await service.abortAction({ userId: owner.userId, reference, unspentOutputIds })
      assert.strictEqual(result.released, 1)
      assert.strictEqual((await outputOf(store, coins[0]!)).spentByActionId, holder.action.actionId)
      assert.lengthOf(await auditOf(store, transaction.transactionId, 'input.released'), 1)
    },
  ),

  serviceCase('abortAction: what spends its outputs fails with it', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const parent = await seedAction(store, { userId, processing: 'nosend' })
    const child = await seedAction(store, { userId, processing: 'nosend', spends: parent.outputs })
    const draft = await seedAction(store, { userId, processing: 'draft', spends: child.outputs })
    await service.abortAction({ userId, reference: parent.action.reference })
    assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, 'invalid')
    assert.isTrue((await store.read((tx) => tx.actions.findById(draft.action.actionId)))?.userAborted)
  }),

  serviceCase(
    'abortAction: is refused when the network took a transaction that spends its outputs',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const parent = await seedAction(store, { userId, processing: 'nosend' })
      await seedAction(store, { userId, processing: 'sent', spends: parent.outputs })
      const { reference, actionId } = parent.action
      await assertRefused(service.abortAction({ userId, reference }), 'CONFLICT', 'an abort against the network')
      assert.isFalse((await store.read((tx) => tx.actions.findById(actionId)))?.userAborted)
      assert.strictEqual((await transactionOf(store, parent.transaction.transactionId)).processing, 'nosend')
    },
  ),
]
