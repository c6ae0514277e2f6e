import type { ProcessingStatus, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, type SeededSignedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { auditOf, detailsOf, movesOf, outputOf, serviceCase, transactionOf } from './service-case.js'

/** docs/spec/lifecycle.md §3 step 6: a dead parent takes its family along. */
export const descendantCases: readonly ContractCase[] = [
  ...(['queued', 'sending', 'nosend', 'nonfinal'] as const).map((status) =>
    serviceCase(
      `descendants: a ${status} child of an invalid transaction becomes invalid`,
      async ({ store, service }) => {
        const { parent, child } = await family(store, status)
        const { transactionId } = parent.transaction
        await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
        assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, 'invalid')
        const [change] = await auditOf(store, child.transaction.transactionId, 'processing.changed')
        assert.deepInclude(detailsOf(change), { why: 'ancestor', ancestor: parent.built.txid })
        const made = await outputOf(store, child.outputs[0]!)
        assert.isFalse(made.spendable || made.pending)
      },
    ),
  ),

  serviceCase('descendants: every generation goes along', async ({ store, service }) => {
    const { userId, parent, child } = await family(store, 'sending')
    const grandchild = await seedAction(store, { userId, processing: 'queued', spends: child.outputs })
    const draft = await seedAction(store, { userId, processing: 'draft', spends: grandchild.outputs })
    await service.transition({
      transactionId: parent.transaction.transactionId,
      expectedFrom: 'sending',
      to: 'doubleSpend',
    })
    assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, 'invalid')
    assert.strictEqual((await transactionOf(store, grandchild.transaction.transactionId)).processing, 'invalid')
    assert.isTrue((await store.read((tx) => tx.actions.findById(draft.action.actionId)))?.userAborted)
  }),

  serviceCase(
    'descendants: a draft that spends a dead output is aborted and lets go of its inputs',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const parent = await seedAction(store, { userId, processing: 'sending' })
      const coins = await seedAction(store, { userId, processing: 'sent' })
      const spends = [...parent.outputs, ...coins.outputs]
      const draft = await seedAction(store, { userId, processing: 'draft', spends })
      await service.transition({
        transactionId: parent.transaction.transactionId,
        expectedFrom: 'sending',
        to: 'invalid',
      })
      assert.isTrue((await store.read((tx) => tx.actions.findById(draft.action.actionId)))?.userAborted)
      assert.isTrue((await outputOf(store, coins.outputs[0]!)).spendable)
      assert.isFalse((await outputOf(store, parent.outputs[0]!)).spendable)
    },
  ),

  ...(['sent', 'seen', 'seen_multi'] as const).map((status) =>
    serviceCase(`descendants: a ${status} child goes along with a double spend`, async ({ store, service }) => {
      const { parent, child } = await family(store, status, 'sent')
      const { transactionId } = parent.transaction
      const result = await service.transition({ transactionId, expectedFrom: 'sent', to: 'doubleSpend' })
      assert.strictEqual(result.outcome, 'updated')
      assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, 'invalid')
    }),
  ),

  ...(['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed'] as const).map((status) =>
    serviceCase(
      `descendants: a ${status} child contradicts an invalid verdict, which is refused`,
      async ({ store, service, clock }) => {
        const { parent, child } = await family(store, status, 'sent')
        const { transactionId } = parent.transaction
        clock.advance(3_600_000)
        const result = await service.transition({ transactionId, expectedFrom: 'sent', to: 'invalid' })
        assert.strictEqual(result.outcome, 'refused')
        const row = await transactionOf(store, transactionId)
        assert.strictEqual(row.processing, 'sent')
        assert.deepEqual(row.nextActionAt, clock.now(), 'a look-up is due')
        assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, status)
        assert.deepEqual(await movesOf(store, transactionId), [])
        const [discrepancy] = await auditOf(store, transactionId, 'broadcast.discrepancy')
        assert.deepInclude(detailsOf(discrepancy), { descendants: [child.built.txid] })
      },
    ),
  ),

  ...(['unconfirmed', 'confirmed'] as const).map((status) =>
    serviceCase(`descendants: a ${status} child contradicts a double spend as well`, async ({ store, service }) => {
      const { parent } = await family(store, status, 'sent')
      const { transactionId } = parent.transaction
      const result = await service.transition({ transactionId, expectedFrom: 'sent', to: 'doubleSpend' })
      assert.strictEqual(result.outcome, 'refused')
      assert.strictEqual((await transactionOf(store, transactionId)).processing, 'sent')
    }),
  ),

  serviceCase('descendants: unfail of the ancestor puts what died with it to unfail', async ({ store, service }) => {
    const { userId, parent, child } = await family(store, 'sending')
    const other = await seedAction(store, { userId, processing: 'invalid', spends: child.outputs })
    const { transactionId } = parent.transaction
    await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
    // What the network says about the inputs may have come in between.
    await store.write(async (tx) => {
      await tx.outputs.releaseSpentBy(child.action.actionId)
    })
    await service.transition({ transactionId, expectedFrom: 'invalid', to: 'unfail' })
    assert.strictEqual((await transactionOf(store, child.transaction.transactionId)).processing, 'unfail')
    assert.deepEqual(await movesOf(store, child.transaction.transactionId), ['sending→invalid', 'invalid→unfail'])
    assert.strictEqual((await transactionOf(store, other.transaction.transactionId)).processing, 'invalid')
  }),

  serviceCase(
    'descendants: what died for a reason of its own since stays dead when the ancestor is looked at again',
    async ({ store, service }) => {
      const { parent, child } = await family(store, 'sending')
      const { transactionId } = parent.transaction
      const childId = child.transaction.transactionId
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
      await service.transition({ transactionId: childId, expectedFrom: 'invalid', to: 'unfail' })
      await service.transition({
        transactionId: childId,
        expectedFrom: 'unfail',
        to: 'invalid',
        details: { why: 'own' },
      })
      await service.transition({ transactionId, expectedFrom: 'invalid', to: 'unfail' })
      assert.strictEqual((await transactionOf(store, childId)).processing, 'invalid')
    },
  ),

  serviceCase(
    'descendants: a parent and a child failed together need no agreement of each other',
    async ({ store, service }) => {
      const { parent, child } = await family(store, 'sent', 'sent')
      const result = await service.transitionMany({
        to: 'invalid',
        transactions: [parent, child].map(({ transaction: { transactionId } }) => ({
          transactionId,
          expectedFrom: 'sent',
        })),
      })
      assert.lengthOf(result.updated, 2)
      assert.lengthOf(await movesOf(store, child.transaction.transactionId), 1)
    },
  ),
]

async function family(
  store: Store,
  childStatus: ProcessingStatus,
  parentStatus: ProcessingStatus = 'sending',
): Promise<{ userId: number; parent: SeededSignedAction; child: SeededSignedAction }> {
  const { userId } = await seedUser(store)
  const parent = await seedAction(store, { userId, processing: parentStatus })
  const child = await seedAction(store, { userId, processing: childStatus, spends: parent.outputs })
  return { userId, parent, child }
}
