import type { Store } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { seedAction, seedChainTip, type SeededSignedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import {
  auditOf,
  blockHashAt,
  detailsOf,
  movesOf,
  outputOf,
  proofFor,
  serviceCase,
  transactionOf,
} from './service-case.js'

/** docs/spec/lifecycle.md §5: reorgs, and the maturity of coinbase outputs under a moving tip. */
export const reorgCases: readonly ContractCase[] = [
  serviceCase(
    'reorg: what was proven in the block waits for a new proof, the old one is kept in the audit',
    async ({ store, service, clock }) => {
      const { seeded, proof } = await proven(store, service, 100)
      const other = await proven(store, service, 101)
      const { transactionId } = seeded.transaction
      assert.deepEqual(await service.reorgBlock(blockHashAt(100)), { reorged: [transactionId] })
      const row = await transactionOf(store, transactionId)
      assert.deepInclude(row, {
        processing: 'reorging',
        height: null,
        merkleIndex: null,
        merklePath: null,
        merkleRoot: null,
        blockHash: null,
      })
      assert.deepEqual(row.nextActionAt, new Date(clock.now().getTime() + 10 * 60_000))
      const change = (await auditOf(store, transactionId, 'processing.changed')).at(-1)
      assert.deepInclude(detailsOf(change)['proof'], { height: 100, merkleRoot: proof.merkleRoot })
      assert.lengthOf(await auditOf(store, transactionId, 'reorg.detected'), 1)
      assert.strictEqual((await transactionOf(store, other.seeded.transaction.transactionId)).processing, 'confirmed')
    },
  ),

  serviceCase('reorg: outputs keep their flags', async ({ store, service }) => {
    const { seeded } = await proven(store, service, 100)
    await service.reorgBlock(blockHashAt(100))
    assert.isTrue((await outputOf(store, seeded.outputs[0]!)).spendable)
    await service.refreshOutputsSpendable()
    assert.isTrue((await outputOf(store, seeded.outputs[0]!)).spendable)
  }),

  serviceCase('reorg: a new proof on the new chain goes through the same depth gate', async ({ store, service }) => {
    const { seeded } = await proven(store, service, 100)
    const { transactionId } = seeded.transaction
    await service.reorgBlock(blockHashAt(100))
    await seedChainTip(store, 101)
    await service.recordProof({ transactionId, proof: await proofFor(seeded.built.txid, 101, { fork: 'new' }) })
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'unconfirmed')
    await service.setChainTip({ height: 102 })
    await service.promoteConfirmed()
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'confirmed')
  }),

  serviceCase('reorg: after three tries without a proof it is seen', async ({ store, service }) => {
    const { seeded } = await proven(store, service, 100)
    const { transactionId } = seeded.transaction
    await service.reorgBlock(blockHashAt(100))
    assert.strictEqual((await service.recordProofAttempt({ transactionId })).outcome, 'counted')
    assert.strictEqual((await service.recordProofAttempt({ transactionId })).outcome, 'counted')
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'reorging')
    assert.strictEqual((await service.recordProofAttempt({ transactionId })).outcome, 'seen')
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'seen')
    assert.isTrue((await outputOf(store, seeded.outputs[0]!)).spendable)
    assert.deepEqual((await movesOf(store, transactionId)).slice(1), ['confirmed→reorging', 'reorging→seen'])
  }),

  serviceCase('reorg: tries before the reorg do not count', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'seen' })
    const { transactionId } = transaction
    for (let tries = 0; tries < 5; tries++) await service.recordProofAttempt({ transactionId })
    await service.transition({ transactionId, expectedFrom: 'seen', to: 'reorging' })
    assert.strictEqual((await service.recordProofAttempt({ transactionId })).outcome, 'counted')
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'reorging')
  }),

  serviceCase('reorg: a coinbase never goes back to seen, it stays and alerts', async ({ store, service }) => {
    const { seeded } = await proven(store, service, 100, 0)
    const { transactionId } = seeded.transaction
    await service.reorgBlock(blockHashAt(100))
    for (let tries = 0; tries < 2; tries++) await service.recordProofAttempt({ transactionId })
    assert.strictEqual((await service.recordProofAttempt({ transactionId })).outcome, 'stalled')
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'reorging')
    assert.lengthOf(await auditOf(store, transactionId, 'proof.stalled'), 1)
  }),

  serviceCase('reorg: a coinbase has no maturity height until a new proof sets it', async ({ store, service }) => {
    const { seeded } = await proven(store, service, 100, 0)
    const { transactionId } = seeded.transaction
    assert.strictEqual((await outputOf(store, seeded.outputs[0]!)).maturesAtHeight, 200)
    await service.reorgBlock(blockHashAt(100))
    assert.isNull((await outputOf(store, seeded.outputs[0]!)).maturesAtHeight)
    const proof = await proofFor(seeded.built.txid, 101, { fork: 'new', merkleIndex: 0 })
    await service.recordProof({ transactionId, proof })
    assert.strictEqual((await outputOf(store, seeded.outputs[0]!)).maturesAtHeight, 201)
  }),

  serviceCase(
    'reorg: a transaction that lost its proof in any other way keeps it in the audit too',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const { transaction, built } = await seedAction(store, { userId, processing: 'seen' })
      const { transactionId } = transaction
      await service.recordProof({ transactionId, proof: await proofFor(built.txid, 100) })
      await service.transition({ transactionId, expectedFrom: 'unconfirmed', to: 'seen' })
      assert.isNull((await transactionOf(store, transactionId)).merklePath)
      const change = (await auditOf(store, transactionId, 'processing.changed')).at(-1)
      assert.deepInclude(detailsOf(change)['proof'], { height: 100 })
    },
  ),

  serviceCase(
    'chain tip: coinbase outputs mature and are lost again as the tip moves, others are left alone',
    async ({ store, service }) => {
      const { seeded } = await proven(store, service, 100, 0)
      const plain = await proven(store, service, 100)
      const { transactionId } = seeded.transaction
      await service.setChainTip({ height: 199 })
      assert.isFalse((await outputOf(store, seeded.outputs[0]!)).spendable)
      assert.deepInclude(await service.setChainTip({ height: 200 }), { flipped: 1 })
      assert.isTrue((await outputOf(store, seeded.outputs[0]!)).spendable)
      assert.deepInclude(await service.setChainTip({ height: 198 }), { flipped: 1 })
      assert.isFalse((await outputOf(store, seeded.outputs[0]!)).spendable)
      assert.isTrue((await outputOf(store, plain.seeded.outputs[0]!)).spendable)
      const [matured] = await auditOf(store, transactionId, 'coinbase.matured')
      const [lost] = await auditOf(store, transactionId, 'coinbase.lost')
      const outputIds = seeded.outputs.map(({ outputId }) => outputId)
      assert.deepInclude(detailsOf(matured), { tipHeight: 200, outputIds })
      assert.deepInclude(detailsOf(lost), { tipHeight: 198, outputIds })
    },
  ),

  serviceCase(
    'chain tip: the stored tip is what was set, and a tip below zero is refused',
    async ({ store, service, clock }) => {
      assert.isUndefined(await service.getChainTip())
      await service.setChainTip({ height: 5, blockHash: blockHashAt(5), merkleRoot: null })
      assert.deepEqual(await service.getChainTip(), {
        height: 5,
        blockHash: blockHashAt(5),
        merkleRoot: null,
        observedAt: clock.now(),
      })
      for (const height of [-1, 1.5, Number.NaN]) {
        let code: unknown
        await service.setChainTip({ height }).catch((error: unknown) => {
          code = error instanceof Error && 'code' in error ? error.code : undefined
        })
        assert.strictEqual(code, 'INVALID_PARAMETER')
      }
      assert.strictEqual((await store.read((tx) => tx.chainTip.get()))?.height, 5)
    },
  ),
]

async function proven(
  store: Store,
  service: TransactionService,
  height: number,
  merkleIndex = 1,
): Promise<{ seeded: SeededSignedAction; proof: Awaited<ReturnType<typeof proofFor>> }> {
  const { userId } = await seedUser(store)
  await seedChainTip(store, 150)
  const seeded = await seedAction(store, { userId, processing: 'seen' })
  const proof = await proofFor(seeded.built.txid, height, { merkleIndex })
  await service.recordProof({ transactionId: seeded.transaction.transactionId, proof })
  return { seeded, proof }
}
