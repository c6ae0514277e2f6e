import { PROCESSING_STATUSES, type NewTransactionRow, type Store, type TransactionRow } from '@txkeep/core'
import { assert } from 'chai'
import { buildProof } from '../builders/build-proof.js'
import { buildTransaction } from '../builders/build-transaction.js'
import { hashOf } from '../builders/hash-of.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { assertRefused, present, rejection } from './assertions.js'

/** `tx.transactions`: inserting, finding and listing. */
export const transactionCases: readonly ContractCase[] = [
  defineCase('transactions: a row comes back with every column as it was inserted', async (store) => {
    const columns = everyColumn()
    const { row, inserted } = await store.write((tx) => tx.transactions.insertIfAbsent(columns))
    assert.isTrue(inserted)
    const { transactionId, rowVersion, ...rest } = row
    assert.isAbove(transactionId, 0)
    assert.isNumber(rowVersion)
    assert.deepEqual(rest, columns)
    assert.deepEqual(await store.read((tx) => tx.transactions.findById(transactionId)), row)
  }),

  defineCase('transactions: what an insert leaves out is 0, false, null or now', async (store) => {
    const before = Date.now()
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued' })
    const { transactionId, rowVersion, processingChangedAt, createdAt, updatedAt, ...rest } = row
    assert.isAbove(transactionId, 0)
    assert.isNumber(rowVersion)
    for (const time of [processingChangedAt, createdAt, updatedAt]) {
      assert.isAtLeast(time.getTime(), before - CLOCK_TOLERANCE_MS)
      assert.isAtMost(time.getTime(), Date.now() + CLOCK_TOLERANCE_MS)
    }
    assert.deepEqual(rest, {
      txid: hashOf('a'),
      processing: 'queued',
      nextActionAt: null,
      attempts: 0,
      proofAttempts: 0,
      rebroadcastCycles: 0,
      wasBroadcast: false,
      idempotencyKey: null,
      batch: null,
      rawTx: null,
      inputBeef: null,
      height: null,
      merkleIndex: null,
      merklePath: null,
      merkleRoot: null,
      blockHash: null,
      isCoinbase: false,
      lastProvider: null,
      lastProviderStatus: null,
      frozenReason: null,
      legacyProvenId: null,
      legacyReqId: null,
    })
  }),

  defineCase('transactions: every processing status can be stored', async (store) => {
    for (const processing of PROCESSING_STATUSES) {
      const txid = hashOf(processing)
      const row = await insert(store, { ...buildProof({ txid, height: 5 }), txid, processing })
      assert.strictEqual(row.processing, processing)
    }
  }),

  defineCase('transactions: insertIfAbsent leaves a stored row untouched and answers with it', async (store) => {
    const stored = await insert(store, { txid: hashOf('a'), processing: 'sent', batch: 'first' })
    const again = await store.write((tx) =>
      tx.transactions.insertIfAbsent({ txid: hashOf('a'), processing: 'queued', batch: 'second' }),
    )
    assert.deepEqual(again, { row: stored, inserted: false })
    assert.deepEqual(await store.read((tx) => tx.transactions.findById(stored.transactionId)), stored)
  }),

  defineCase('transactions: an idempotency key belongs to one txid', async (store) => {
    await insert(store, { txid: hashOf('a'), processing: 'queued', idempotencyKey: 'mine' })
    await assertRefused(
      insert(store, { txid: hashOf('b'), processing: 'queued', idempotencyKey: 'mine' }),
      'UNIQUE_VIOLATION',
      'a second txid with the same idempotency key',
    )
    assert.isUndefined(await store.read((tx) => tx.transactions.findByTxid(hashOf('b'))))
    const other = await insert(store, { txid: hashOf('c'), processing: 'queued', idempotencyKey: 'Mine' })
    assert.strictEqual(other.idempotencyKey, 'Mine')
  }),

  defineCase('transactions: many rows may have no idempotency key', async (store) => {
    await insert(store, { txid: hashOf('a'), processing: 'queued' })
    await insert(store, { txid: hashOf('b'), processing: 'queued' })
  }),

  defineCase('transactions: a proven status without a merkle path is refused', async (store) => {
    for (const processing of ['unconfirmed', 'confirmed'] as const) {
      await rejection(insert(store, { txid: hashOf('a'), processing }), `a ${processing} row without a path`)
      const row = await insert(store, { txid: hashOf(processing), processing: 'sent' })
      await rejection(
        store.write((tx) => tx.transactions.compareAndSet(row, { processing })),
        `a move to ${processing} without a path`,
      )
      await rejection(
        store.write((tx) => tx.transactions.compareAndSetMany([row], { processing })),
        `a set-based move to ${processing} without a path`,
      )
      assert.deepEqual(await store.read((tx) => tx.transactions.findById(row.transactionId)), row)
    }
    assert.isUndefined(await store.read((tx) => tx.transactions.findByTxid(hashOf('a'))))
  }),

  defineCase('transactions: a proven row cannot lose its merkle path', async (store) => {
    const row = await insert(store, {
      ...buildProof({ txid: hashOf('a'), height: 5 }),
      txid: hashOf('a'),
      processing: 'confirmed',
    })
    await rejection(
      store.write((tx) => tx.transactions.update(row.transactionId, { merklePath: null })),
      'clearing the path of a confirmed row',
    )
    assert.deepEqual(await store.read((tx) => tx.transactions.findById(row.transactionId)), row)
  }),

  defineCase('transactions: rows are found by id, txid, idempotency key and batch', async (store) => {
    const a = await insert(store, { txid: hashOf('a'), processing: 'queued', batch: 'batch', idempotencyKey: 'key' })
    const b = await insert(store, { txid: hashOf('b'), processing: 'queued', batch: 'batch' })
    const c = await insert(store, { txid: hashOf('c'), processing: 'queued', batch: 'Batch' })
    await store.read(async ({ transactions }) => {
      assert.deepEqual(await transactions.findById(a.transactionId), a)
      assert.deepEqual(await transactions.findByTxid(b.txid), b)
      assert.deepEqual(await transactions.findByIdempotencyKey('key'), a)
      assert.sameDeepMembers(await transactions.findByIds([c.transactionId, a.transactionId, 999_999]), [a, c])
      assert.sameDeepMembers(await transactions.findByTxids([c.txid, hashOf('nobody'), b.txid]), [b, c])
      assert.sameDeepMembers(await transactions.findByBatch('batch'), [a, b])
    })
  }),

  defineCase(
    'transactions: what is not there is undefined or empty, and an empty list asks for nothing',
    async (store) => {
      await insert(store, { txid: hashOf('a'), processing: 'queued' })
      await store.read(async ({ transactions }) => {
        assert.isUndefined(await transactions.findById(999_999))
        assert.isUndefined(await transactions.findByTxid(hashOf('nobody')))
        assert.isUndefined(await transactions.findByIdempotencyKey('nobody'))
        assert.deepEqual(await transactions.findByBatch('nobody'), [])
        assert.deepEqual(await transactions.findByIds([]), [])
        assert.deepEqual(await transactions.findByTxids([]), [])
        assert.deepEqual(await transactions.listByProcessing({ processing: [], limit: 10 }), [])
        assert.deepEqual(await transactions.findByBlockHash(hashOf('nowhere')), [])
        assert.deepEqual(await transactions.listProvenFrom({ height: 0, limit: 10 }), [])
        assert.isUndefined(await transactions.highestProvenHeight())
      })
    },
  ),

  defineCase('transactions: an id asked for twice is answered once', async (store) => {
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued' })
    await store.read(async ({ transactions }) => {
      assert.lengthOf(await transactions.findByIds([row.transactionId, row.transactionId]), 1)
      assert.lengthOf(await transactions.findByTxids([row.txid, row.txid]), 1)
    })
  }),

  defineCase('transactions: listByProcessing pages in order of id through the statuses asked for', async (store) => {
    const rows: TransactionRow[] = []
    for (const [index, processing] of (['queued', 'sent', 'sending', 'queued', 'sending'] as const).entries()) {
      rows.push(await insert(store, { txid: hashOf(`page ${index}`), processing }))
    }
    const wanted = rows.filter((row) => row.processing !== 'sent').map((row) => row.transactionId)
    const query = { processing: ['sending', 'queued'] as const, limit: 3 }
    const first = await store.read((tx) => tx.transactions.listByProcessing(query))
    assert.deepEqual(ids(first), wanted.slice(0, 3))
    const afterId = present(first.at(-1), 'the last row').transactionId
    const next = await store.read((tx) => tx.transactions.listByProcessing({ ...query, afterId }))
    assert.deepEqual(ids(next), wanted.slice(3))
  }),

  defineCase('transactions: listByProcessing with dueAt leaves out rows that are due later or never', async (store) => {
    const due = new Date('2026-01-02T03:04:05.678Z')
    const justBefore = new Date(due.getTime() - 1)
    const justAfter = new Date(due.getTime() + 1)
    const early = await insert(store, { txid: hashOf('early'), processing: 'queued', nextActionAt: justBefore })
    const exact = await insert(store, { txid: hashOf('exact'), processing: 'queued', nextActionAt: due })
    const late = await insert(store, { txid: hashOf('late'), processing: 'queued', nextActionAt: justAfter })
    const never = await insert(store, { txid: hashOf('never'), processing: 'queued', nextActionAt: null })
    const list = (dueAt?: Date) =>
      store.read((tx) =>
        tx.transactions.listByProcessing({ processing: ['queued'], limit: 10, ...(dueAt ? { dueAt } : {}) }),
      )
    assert.deepEqual(ids(await list(due)), ids([early, exact]))
    assert.deepEqual(ids(await list()), ids([early, exact, late, never]))
  }),

  defineCase('transactions: proofs are found by block hash and from a height on, in order of id', async (store) => {
    const heights = [12, 10, 11, 12]
    const rows: TransactionRow[] = []
    for (const [index, height] of heights.entries()) {
      const txid = hashOf(`proof ${index}`)
      rows.push(await insert(store, { ...buildProof({ txid, height }), txid, processing: 'confirmed' }))
    }
    await insert(store, { txid: hashOf('no proof'), processing: 'sent' })
    const blockHash = present(rows[0], 'the first row').blockHash ?? ''
    await store.read(async ({ transactions }) => {
      assert.deepEqual(ids(await transactions.findByBlockHash(blockHash)), ids(pick(rows, [0, 3])))
      const fromEleven = await transactions.listProvenFrom({ height: 11, limit: 2 })
      assert.deepEqual(ids(fromEleven), ids(pick(rows, [0, 2])))
      const afterId = present(fromEleven[1], 'the second row').transactionId
      assert.deepEqual(ids(await transactions.listProvenFrom({ height: 11, afterId, limit: 2 })), ids(pick(rows, [3])))
      assert.strictEqual(await transactions.highestProvenHeight(), 12)
    })
  }),

  defineCase('transactions: countByProcessing names the statuses somebody holds and no other', async (store) => {
    assert.deepEqual(await store.read((tx) => tx.transactions.countByProcessing()), {})
    for (const [index, processing] of (['queued', 'queued', 'sent'] as const).entries()) {
      await insert(store, { txid: hashOf(`count ${index}`), processing })
    }
    assert.deepEqual(await store.read((tx) => tx.transactions.countByProcessing()), { queued: 2, sent: 1 })
  }),
]

/** What a database's clock and this machine's may differ by. */
const CLOCK_TOLERANCE_MS = 5_000

async function insert(store: Store, row: NewTransactionRow): Promise<TransactionRow> {
  return (await store.write((tx) => tx.transactions.insertIfAbsent(row))).row
}

function ids(rows: readonly TransactionRow[]): number[] {
  return rows.map((row) => row.transactionId)
}

function pick<T>(rows: readonly T[], indexes: readonly number[]): T[] {
  return indexes.map((index) => present(rows[index], `row ${index}`))
}

/** A row with a value of its own in every column. */
function everyColumn(): Required<NewTransactionRow> {
  const built = buildTransaction({ salt: 'every column' })
  return {
    ...buildProof({ txid: built.txid, height: 840_000, merkleIndex: 9 }),
    txid: built.txid,
    processing: 'confirmed',
    processingChangedAt: new Date('2026-01-01T00:00:00.001Z'),
    nextActionAt: new Date('2026-01-01T00:00:00.002Z'),
    attempts: 3,
    proofAttempts: 4,
    rebroadcastCycles: 5,
    wasBroadcast: true,
    idempotencyKey: 'idempotency',
    batch: 'batch',
    rawTx: built.rawTx,
    inputBeef: Uint8Array.of(0, 1, 0, 255),
    isCoinbase: true,
    lastProvider: 'provider',
    lastProviderStatus: 'ok',
    frozenReason: 'operator: look at it',
    legacyProvenId: 6,
    legacyReqId: 7,
    createdAt: new Date('2026-01-01T00:00:00.003Z'),
    updatedAt: new Date('2026-01-01T00:00:00.004Z'),
  }
}
