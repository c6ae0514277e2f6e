import type { NewTransactionRow, Store, TransactionRow } from '@txkeep/core'
import { assert } from 'chai'
import { buildProof } from '../builders/build-proof.js'
import { hashOf } from '../builders/hash-of.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { present } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'

/** `tx.transactions`: compare-and-set, updates, counters, and all of it under concurrent callers. */
export const transactionChangeCases: readonly ContractCase[] = [
  defineCase('transactions: concurrent insertIfAbsent calls of one store get the same row', async (store) => {
    await assertOneRow([store, store, store, store])
  }),

  defineTwoStoreCase(
    'transactions: concurrent insertIfAbsent calls of two connections get the same row',
    async (first, second) => {
      await assertOneRow([first, second, first, second, first, second])
    },
  ),

  defineTwoStoreCase(
    'transactions: insertIfAbsent waits for an open insert of the same txid',
    async (first, second) => {
      const txid = hashOf('contended')
      const [mine, theirs] = await overlap(
        (reached) =>
          first.write(async (tx) => {
            const result = await tx.transactions.insertIfAbsent({ txid, processing: 'queued' })
            reached()
            await holdOpen(tx)
            return result
          }),
        () => second.write((tx) => tx.transactions.insertIfAbsent({ txid, processing: 'nosend' })),
      )
      assert.isTrue(mine.inserted)
      assert.deepEqual(theirs, { row: mine.row, inserted: false })
    },
  ),

  defineCase('transactions: compareAndSet changes a row that is as expected and raises its version', async (store) => {
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued', processingChangedAt: LONG_AGO })
    const changed = present(
      await store.write((tx) => tx.transactions.compareAndSet(expected(row), { processing: 'sending', attempts: 2 })),
      'the changed row',
    )
    assert.strictEqual(changed.processing, 'sending')
    assert.strictEqual(changed.attempts, 2)
    assert.isAbove(changed.rowVersion, row.rowVersion)
    assert.isAbove(changed.processingChangedAt.getTime(), LONG_AGO.getTime())
    assert.deepEqual(await find(store, row), changed)
  }),

  defineCase(
    'transactions: compareAndSet leaves processingChangedAt when the status stays, and takes a given one',
    async (store) => {
      const row = await insert(store, { txid: hashOf('a'), processing: 'queued', processingChangedAt: LONG_AGO })
      const same = await store.write((tx) => tx.transactions.compareAndSet(expected(row), { attempts: 1 }))
      assert.deepEqual(same?.processingChangedAt, LONG_AGO)
      const refreshed = await store.write((tx) =>
        tx.transactions.compareAndSet(
          { ...expected(row), rowVersion: same?.rowVersion ?? 0 },
          { processing: 'queued' },
        ),
      )
      assert.deepEqual(refreshed?.processingChangedAt, LONG_AGO, 'a move to the same status')
      const given = new Date('2026-02-03T04:05:06.789Z')
      const moved = await store.write((tx) =>
        tx.transactions.compareAndSet(
          { transactionId: row.transactionId, processing: 'queued' },
          { processing: 'sending', processingChangedAt: given },
        ),
      )
      assert.deepEqual(moved?.processingChangedAt, given)
    },
  ),

  defineCase('transactions: compareAndSet can clear columns', async (store) => {
    const proof = buildProof({ txid: hashOf('a'), height: 5 })
    const row = await insert(store, { ...proof, txid: hashOf('a'), processing: 'confirmed' })
    const cleared = { height: null, merkleIndex: null, merklePath: null, merkleRoot: null, blockHash: null }
    const changed = await store.write((tx) =>
      tx.transactions.compareAndSet(expected(row), { processing: 'reorging', ...cleared }),
    )
    assert.include(changed, { processing: 'reorging', ...cleared })
  }),

  defineCase('transactions: a stale compareAndSet answers undefined and changes nothing', async (store) => {
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued' })
    const stale = [
      { ...expected(row), processing: 'sent' as const },
      { ...expected(row), rowVersion: row.rowVersion + 1 },
      { ...expected(row), transactionId: row.transactionId + 1000 },
    ]
    for (const expectation of stale) {
      const answer = await store.write((tx) => tx.transactions.compareAndSet(expectation, { processing: 'sending' }))
      assert.isUndefined(answer)
    }
    assert.deepEqual(await find(store, row), row)
  }),

  defineTwoStoreCase('transactions: of two concurrent compareAndSet calls one wins', async (first, second) => {
    const row = await insert(first, { txid: hashOf('a'), processing: 'queued' })
    const attempt = (store: Store, attempts: number) =>
      store.write((tx) => tx.transactions.compareAndSet(expected(row), { processing: 'sending', attempts }))
    const answers = await Promise.all([attempt(first, 1), attempt(second, 2), attempt(first, 3), attempt(second, 4)])
    const winners = answers.filter((answer) => answer !== undefined)
    assert.lengthOf(winners, 1)
    assert.deepEqual(await find(first, row), winners[0])
  }),

  defineTwoStoreCase('transactions: a compareAndSet locks its row until the unit ends', async (first, second) => {
    const row = await insert(first, { txid: hashOf('a'), processing: 'queued' })
    const { transactionId, processing } = row
    const [mine, theirs] = await overlap(
      (reached) =>
        first.write(async (tx) => {
          const changed = await tx.transactions.compareAndSet({ transactionId, processing }, { processing: 'sending' })
          reached()
          await holdOpen(tx)
          return changed
        }),
      () =>
        second.write((tx) => tx.transactions.compareAndSet({ transactionId, processing }, { processing: 'nosend' })),
    )
    assert.strictEqual(mine?.processing, 'sending')
    assert.isUndefined(theirs)
    assert.deepEqual(await find(second, row), mine)
  }),

  defineCase('transactions: compareAndSetMany changes what is as expected and names it', async (store) => {
    const a = await insert(store, { txid: hashOf('a'), processing: 'queued', processingChangedAt: LONG_AGO })
    const b = await insert(store, { txid: hashOf('b'), processing: 'queued', processingChangedAt: LONG_AGO })
    const moved = await insert(store, { txid: hashOf('moved'), processing: 'sent' })
    const newer = await insert(store, { txid: hashOf('newer'), processing: 'queued' })
    const changed = await store.write((tx) =>
      tx.transactions.compareAndSetMany(
        [
          { ...expected(a) },
          { transactionId: b.transactionId, processing: 'queued' },
          { transactionId: moved.transactionId, processing: 'queued' },
          { ...expected(newer), rowVersion: newer.rowVersion + 1 },
          { transactionId: 999_999, processing: 'queued' },
        ],
        { processing: 'sending', batch: 'together' },
      ),
    )
    assert.sameMembers(changed, [a.transactionId, b.transactionId])
    for (const before of [a, b]) {
      const after = present(await find(store, before), 'a changed row')
      assert.include(after, { processing: 'sending', batch: 'together' })
      assert.isAbove(after.rowVersion, before.rowVersion)
      assert.isAbove(after.processingChangedAt.getTime(), LONG_AGO.getTime())
    }
    assert.deepEqual(await find(store, moved), moved)
    assert.deepEqual(await find(store, newer), newer)
  }),

  defineCase('transactions: compareAndSetMany takes rows from different statuses', async (store) => {
    const a = await insert(store, { txid: hashOf('a'), processing: 'queued', processingChangedAt: LONG_AGO })
    const b = await insert(store, { txid: hashOf('b'), processing: 'frozen', processingChangedAt: LONG_AGO })
    const changed = await store.write((tx) =>
      tx.transactions.compareAndSetMany([expected(a), expected(b)], {
        processing: 'frozen',
        frozenReason: 'operator: x',
      }),
    )
    assert.sameMembers(changed, [a.transactionId, b.transactionId])
    assert.isAbove(present(await find(store, a), 'a').processingChangedAt.getTime(), LONG_AGO.getTime())
    assert.deepEqual((await find(store, b))?.processingChangedAt, LONG_AGO, 'the status of b stayed')
  }),

  defineCase('transactions: compareAndSetMany of nothing changes nothing', async (store) => {
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued' })
    assert.deepEqual(await store.write((tx) => tx.transactions.compareAndSetMany([], { processing: 'sending' })), [])
    assert.deepEqual(await find(store, row), row)
  }),

  defineTwoStoreCase(
    'transactions: two concurrent compareAndSetMany calls share out the rows',
    async (first, second) => {
      const rows: TransactionRow[] = []
      for (let index = 0; index < 10; index++) {
        rows.push(await insert(first, { txid: hashOf(`many ${index}`), processing: 'queued' }))
      }
      const attempt = (store: Store) =>
        store.write((tx) => tx.transactions.compareAndSetMany(rows.map(expected), { processing: 'sending' }))
      const answers = await Promise.all([attempt(first), attempt(second)])
      assert.sameMembers(
        answers.flat(),
        rows.map((row) => row.transactionId),
      )
    },
  ),

  defineCase(
    'transactions: update changes a row and raises its version, and answers undefined when there is none',
    async (store) => {
      const row = await insert(store, { txid: hashOf('a'), processing: 'queued', processingChangedAt: LONG_AGO })
      const changes = { batch: 'batch', wasBroadcast: true, nextActionAt: new Date('2026-02-03T04:05:06.007Z') }
      const changed = present(
        await store.write((tx) => tx.transactions.update(row.transactionId, changes)),
        'the changed row',
      )
      assert.deepEqual(changed, { ...row, ...changes, rowVersion: changed.rowVersion, updatedAt: changed.updatedAt })
      assert.isAbove(changed.rowVersion, row.rowVersion)
      assert.isAtLeast(changed.updatedAt.getTime(), row.updatedAt.getTime())
      assert.deepEqual(await find(store, row), changed)
      assert.isUndefined(await store.write((tx) => tx.transactions.update(999_999, changes)))
    },
  ),

  defineCase('transactions: increment adds one to one counter', async (store) => {
    const row = await insert(store, { txid: hashOf('a'), processing: 'queued' })
    for (const counter of ['attempts', 'proofAttempts', 'rebroadcastCycles'] as const) {
      const before = present(await find(store, row), 'the row')
      const after = await store.write((tx) => tx.transactions.increment(row.transactionId, counter))
      assert.deepInclude(after, {
        attempts: before.attempts,
        proofAttempts: before.proofAttempts,
        rebroadcastCycles: before.rebroadcastCycles,
        [counter]: before[counter] + 1,
      })
    }
    assert.isUndefined(await store.write((tx) => tx.transactions.increment(999_999, 'attempts')))
  }),

  defineTwoStoreCase('transactions: concurrent increments all count', async (first, second) => {
    const row = await insert(first, { txid: hashOf('a'), processing: 'queued' })
    const stores = [first, second, first, second, first, second, first, second]
    await Promise.all(
      stores.map((store) => store.write((tx) => tx.transactions.increment(row.transactionId, 'attempts'))),
    )
    assert.strictEqual((await find(first, row))?.attempts, stores.length)
  }),
]

const LONG_AGO = new Date('2020-01-01T00:00:00.123Z')

async function insert(store: Store, row: NewTransactionRow): Promise<TransactionRow> {
  return (await store.write((tx) => tx.transactions.insertIfAbsent(row))).row
}

function find(store: Store, row: TransactionRow): Promise<TransactionRow | undefined> {
  return store.read((tx) => tx.transactions.findById(row.transactionId))
}

function expected({ transactionId, processing, rowVersion }: TransactionRow): {
  transactionId: number
  processing: TransactionRow['processing']
  rowVersion: number
} {
  return { transactionId, processing, rowVersion }
}

async function assertOneRow(stores: readonly Store[]): Promise<void> {
  const txid = hashOf('same for all')
  const answers = await Promise.all(
    stores.map((store, index) =>
      store.write((tx) => tx.transactions.insertIfAbsent({ txid, processing: 'queued', batch: `caller ${index}` })),
    ),
  )
  assert.lengthOf(
    answers.filter((answer) => answer.inserted),
    1,
    'callers that inserted',
  )
  for (const answer of answers) assert.deepEqual(answer.row, answers[0]?.row)
}
