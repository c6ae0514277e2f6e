import { MerklePath } from '@bsv/sdk'
import { InvalidProofError, PROCESSING_STATUSES } from '@txkeep/core'
import { canTransition } from '@txkeep/fsm'
import { verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { buildProof } from '../builders/build-proof.js'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedAction, seedChainTip } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused, assertSameBytes, rejection } from '../store-contract/assertions.js'
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

const UNPROVEN = [
  'queued',
  'sending',
  'sent',
  'seen',
  'seen_multi',
  'reorging',
  'unfail',
  'nosend',
  'nonfinal',
] as const

/** docs/spec/lifecycle.md §5: proofs and the depth gate. */
export const proofCases: readonly ContractCase[] = [
  serviceCase('verifyProof: the leaf index and the height come from the path itself', async () => {
    const { txid } = buildTransaction()
    for (const merkleIndex of [0, 1, 5]) {
      const proof = await proofFor(txid, 812_345, { merkleIndex })
      assert.deepInclude(proof, { txid, height: 812_345, merkleIndex, blockHash: blockHashAt(812_345) })
    }
  }),

  serviceCase('verifyProof: a path that does not contain the txid is an error', async () => {
    const { merklePath } = buildProof({ txid: buildTransaction().txid, height: 100 })
    const error = await rejection(verifyProof(merklePath, buildTransaction().txid, ANY_ROOT), 'a foreign path')
    assert.instanceOf(error, InvalidProofError)
  }),

  serviceCase('verifyProof: a root that no header has is an error', async () => {
    const { txid } = buildTransaction()
    const { merklePath } = buildProof({ txid, height: 100 })
    const headers = { isValidRootForHeight: async () => false }
    assert.instanceOf(await rejection(verifyProof(merklePath, txid, headers), 'a wrong root'), InvalidProofError)
  }),

  serviceCase('verifyProof: bytes that are no path are an error', async () => {
    const { txid } = buildTransaction()
    const error = await rejection(verifyProof(Uint8Array.of(1, 2, 3), txid, ANY_ROOT), 'broken bytes')
    assert.instanceOf(error, InvalidProofError)
  }),

  serviceCase('verifyProof: an outage of the header service is its own error, not a bad proof', async () => {
    const { txid } = buildTransaction()
    const outage = new Error('no headers today')
    const headers = { isValidRootForHeight: () => Promise.reject(outage) }
    assert.strictEqual(
      await rejection(verifyProof(buildProof({ txid, height: 1 }).merklePath, txid, headers), 'an outage'),
      outage,
    )
  }),

  serviceCase('verifyProof: a block that is replaced while the path is checked proves nothing', async () => {
    const { txid } = buildTransaction()
    const { merklePath } = buildProof({ txid, height: 100 })
    const header = { version: 1, previousHash: '', time: 0, bits: 0, nonce: 0, height: 100, hash: blockHashAt(100) }
    const headers = { ...ANY_ROOT, findHeaderForHeight: async () => ({ ...header, merkleRoot: blockHashAt(1) }) }
    assert.instanceOf(await rejection(verifyProof(merklePath, txid, headers), 'a replaced block'), InvalidProofError)
  }),

  serviceCase('verifyProof: a path through a whole block is cut down to what one txid needs', async () => {
    const txids = Array.from({ length: 16 }, () => buildTransaction().txid)
    const leaves = txids.map((hash, offset) => ({ offset, hash, txid: true }))
    const block = new MerklePath(100, [leaves])
    const proof = await verifyProof(block.toBinaryUint8Array(), txids[5] ?? '', ANY_ROOT)
    assert.deepInclude(proof, { merkleIndex: 5, merkleRoot: block.computeRoot(txids[5] ?? '') })
    const path = MerklePath.fromBinary(proof.merklePath)
    assert.isAtMost(path.path[0]?.length ?? 0, 2)
    assert.strictEqual(path.computeRoot(txids[5] ?? ''), proof.merkleRoot)
  }),

  serviceCase('verifyProof: an old coinbase is proven like anything else', async () => {
    const { txid } = buildTransaction()
    const path = MerklePath.fromCoinbaseTxidAndHeight(txid, 100)
    const proof = await verifyProof(path.toBinaryUint8Array(), txid, ANY_ROOT)
    assert.deepInclude(proof, { merkleIndex: 0, merkleRoot: txid, blockHash: null })
  }),

  serviceCase('recordProof: takes nothing but what verifyProof made', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, built } = await seedAction(store, { userId, processing: 'sent' })
    const forged = { ...(await proofFor(built.txid, 100)) } as VerifiedProof
    const { transactionId } = transaction
    await assertRefused(service.recordProof({ transactionId, proof: forged }), 'INVALID_PARAMETER', 'a copied proof')
    const foreign = await proofFor(buildTransaction().txid, 100)
    await assertRefused(service.recordProof({ transactionId, proof: foreign }), 'INVALID_PROOF', 'a foreign proof')
    assert.deepEqual(await transactionOf(store, transactionId), transaction)
    assert.deepEqual(await auditOf(store, transactionId), [])
  }),

  ...UNPROVEN.map((from) =>
    serviceCase(
      `recordProof: ${from} with a buried block is confirmed, columns and status together`,
      async ({ store, service }) => {
        const { userId } = await seedUser(store)
        await seedChainTip(store, 101)
        const { transaction, built, outputs } = await seedAction(store, { userId, processing: from })
        const { transactionId } = transaction
        const proof = await proofFor(built.txid, 100, { merkleIndex: 3 })
        assert.strictEqual((await service.recordProof({ transactionId, proof, provider: 'woc' })).outcome, 'recorded')
        const row = await transactionOf(store, transactionId)
        assert.deepInclude(row, {
          processing: 'confirmed',
          height: 100,
          merkleIndex: 3,
          merkleRoot: proof.merkleRoot,
          blockHash: blockHashAt(100),
          lastProvider: 'woc',
          nextActionAt: null,
          isCoinbase: false,
        })
        assertSameBytes(row.merklePath, proof.merklePath, 'the merkle path')
        assert.deepEqual(await movesOf(store, transactionId), [`${from}→confirmed`])
        assert.lengthOf(await auditOf(store, transactionId, 'proof.acquired'), 1)
        assert.isTrue((await outputOf(store, outputs[0]!)).spendable)
      },
    ),
  ),

  serviceCase(
    'recordProof: a block that is the tip, above it, or without a tip gives unconfirmed',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      for (const [tip, height] of [
        [undefined, 100],
        [100, 100],
        [100, 101],
      ] as const) {
        if (tip !== undefined) await seedChainTip(store, tip)
        const { transaction, built, outputs } = await seedAction(store, { userId, processing: 'seen' })
        await service.recordProof({
          transactionId: transaction.transactionId,
          proof: await proofFor(built.txid, height),
        })
        const row = await transactionOf(store, transaction.transactionId)
        assert.strictEqual(row.processing, 'unconfirmed', `tip ${tip}, height ${height}`)
        assert.isNotNull(row.nextActionAt)
        assert.isTrue((await outputOf(store, outputs[0]!)).spendable)
      }
    },
  ),

  ...(['invalid', 'doubleSpend'] as const).map((from) =>
    serviceCase(
      `recordProof: a late proof for ${from} makes two moves and two audit rows, and the coins live`,
      async ({ store, service }) => {
        const { userId } = await seedUser(store)
        await seedChainTip(store, 200)
        const coins = await seedAction(store, { userId, processing: 'sent' })
        const { transaction, built, outputs, action } = await seedAction(store, {
          userId,
          processing: from,
          inputs: coins.outputs.map(({ txid, vout }) => ({ txid: txid ?? '', vout })),
        })
        const { transactionId } = transaction
        await service.recordProof({ transactionId, proof: await proofFor(built.txid, 100) })
        assert.deepEqual(await movesOf(store, transactionId), [`${from}→unfail`, 'unfail→confirmed'])
        assert.isTrue((await outputOf(store, outputs[0]!)).spendable)
        assert.strictEqual((await outputOf(store, coins.outputs[0]!)).spentByActionId, action.actionId)
      },
    ),
  ),

  serviceCase('recordProof: a frozen transaction with a buried block is confirmed', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await seedChainTip(store, 200)
    const { transaction, built } = await seedAction(store, { userId, processing: 'frozen' })
    await service.recordProof({ transactionId: transaction.transactionId, proof: await proofFor(built.txid, 100) })
    assert.strictEqual((await transactionOf(store, transaction.transactionId)).processing, 'confirmed')
  }),

  serviceCase('recordProof: every status the table lets there goes there, and no other', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await seedChainTip(store, 200)
    for (const from of PROCESSING_STATUSES.filter((status) => status !== 'confirmed' && status !== 'unconfirmed')) {
      const { transaction, built } = await seedAction(store, { userId, processing: from })
      await service.recordProof({ transactionId: transaction.transactionId, proof: await proofFor(built.txid, 100) })
      assert.strictEqual((await transactionOf(store, transaction.transactionId)).processing, 'confirmed', from)
      const last = (await movesOf(store, transaction.transactionId)).at(-1)?.split('→')[0]
      const before = PROCESSING_STATUSES.find((status) => status === last) ?? 'confirmed'
      assert.isTrue(canTransition(before, 'confirmed', { proof: true }), `${before} to confirmed`)
    }
  }),

  serviceCase('recordProof: the same proof again changes nothing', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await seedChainTip(store, 200)
    const { transaction, built } = await seedAction(store, { userId, processing: 'sent' })
    const { transactionId } = transaction
    const proof = await proofFor(built.txid, 100)
    await service.recordProof({ transactionId, proof })
    const before = await transactionOf(store, transactionId)
    await seedChainTip(store, 100)
    assert.strictEqual((await service.recordProof({ transactionId, proof })).outcome, 'unchanged')
    assert.deepEqual(await transactionOf(store, transactionId), before)
    assert.lengthOf(await auditOf(store, transactionId, 'proof.acquired'), 1)
  }),

  serviceCase(
    'recordProof: a proof from the new chain replaces the one of a confirmed transaction',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await seedChainTip(store, 200)
      const { transaction, built } = await seedAction(store, { userId, processing: 'sent' })
      const { transactionId } = transaction
      await service.recordProof({ transactionId, proof: await proofFor(built.txid, 100) })
      await service.recordProof({ transactionId, proof: await proofFor(built.txid, 102, { fork: 'other' }) })
      const row = await transactionOf(store, transactionId)
      assert.deepInclude(row, { processing: 'confirmed', height: 102, blockHash: blockHashAt(102, 'other') })
      await service.recordProof({ transactionId, proof: await proofFor(built.txid, 200, { fork: 'third' }) })
      assert.deepInclude(await transactionOf(store, transactionId), { processing: 'unconfirmed', height: 200 })
      assert.deepEqual(await movesOf(store, transactionId), [
        'sent→confirmed',
        'confirmed→reorging',
        'reorging→unconfirmed',
      ])
    },
  ),

  serviceCase('recordProof: another version than expected is stale and changes nothing', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, built } = await seedAction(store, { userId, processing: 'sent' })
    const { transactionId, rowVersion } = transaction
    await service.setBatch([transactionId], 'batch')
    const proof = await proofFor(built.txid, 100)
    assert.strictEqual(
      (await service.recordProof({ transactionId, proof, expectedVersion: rowVersion })).outcome,
      'stale',
    )
    assert.isNull((await transactionOf(store, transactionId)).merklePath)
  }),

  serviceCase(
    'recordProof: index 0 makes a coinbase, whose outputs wait a hundred blocks',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await seedChainTip(store, 199)
      const { transaction, built, outputs } = await seedAction(store, { userId, processing: 'seen', outputs: [5, 6] })
      const { transactionId } = transaction
      await service.recordProof({ transactionId, proof: await proofFor(built.txid, 100, { merkleIndex: 0 }) })
      assert.isTrue((await transactionOf(store, transactionId)).isCoinbase)
      for (const output of outputs) {
        assert.deepInclude(await outputOf(store, output), { maturesAtHeight: 200, spendable: false })
      }
      await service.setChainTip({ height: 200 })
      for (const output of outputs) assert.isTrue((await outputOf(store, output)).spendable)
    },
  ),

  serviceCase('createWithProof: a new transaction is proven from its first moment', async ({ store, service }) => {
    await seedChainTip(store, 200)
    const built = buildTransaction()
    const proof = await proofFor(built.txid, 100)
    const request = { txid: built.txid, rawTx: built.rawTx, proof }
    const { transaction, isNew } = await service.createWithProof(request)
    assert.isTrue(isNew)
    assert.deepInclude(transaction, { processing: 'confirmed', height: 100, nextActionAt: null })
    const [created] = await auditOf(store, transaction.transactionId, 'transaction.created')
    assert.strictEqual(created?.toState, 'confirmed')
    const again = await service.createWithProof(request)
    assert.isFalse(again.isNew)
    assert.strictEqual(again.transaction.transactionId, transaction.transactionId)
  }),

  serviceCase('createWithProof: a stored transaction gets the proof', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, built } = await seedAction(store, { userId, processing: 'invalid' })
    const proof = await proofFor(built.txid, 100)
    const result = await service.createWithProof({ txid: built.txid, rawTx: built.rawTx, proof })
    assert.isFalse(result.isNew)
    assert.strictEqual(result.transaction.processing, 'unconfirmed')
    assert.deepEqual(await movesOf(store, transaction.transactionId), ['invalid→unfail', 'unfail→unconfirmed'])
  }),

  serviceCase(
    'promoteConfirmed: a later tip confirms what is buried by now, and nothing else',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await seedChainTip(store, 100)
      const ids: number[] = []
      for (const height of [99, 100, 101]) {
        const { transaction, built } = await seedAction(store, { userId, processing: 'seen' })
        await service.recordProof({
          transactionId: transaction.transactionId,
          proof: await proofFor(built.txid, height),
        })
        ids.push(transaction.transactionId)
      }
      const [, second = 0, third = 0] = ids
      assert.deepEqual(await service.promoteConfirmed(), [])
      await service.setChainTip({ height: 101 })
      assert.deepEqual(await service.promoteConfirmed({ limit: 1 }), [second])
      assert.strictEqual((await transactionOf(store, third)).processing, 'unconfirmed')
      const [, change] = await auditOf(store, second, 'processing.changed')
      assert.deepInclude(detailsOf(change), { tipHeight: 101 })
      assert.deepEqual(await service.promoteConfirmed({ tipHeight: 500 }), [third])
    },
  ),
]

const ANY_ROOT = { isValidRootForHeight: async (): Promise<boolean> => true }
