import { assert } from 'chai'
import { hashOf } from '../builders/hash-of.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present, sortedNumbers } from './assertions.js'

/**
 * A list of ids may be of any length: engines limit the parameters of one statement (SQLite 32 766, Postgres 65 535), and
 * no caller should need to know.
 */
export const longListCases: readonly ContractCase[] = [
  defineCase('long lists: fifty thousand ids find the few rows there are, in the order promised', async (store) => {
    const user = await seedUser(store)
    const { action, transaction, outputs } = await seedAction(store, { ...user, outputs: [1, 2, 3] })
    const spender = await seedAction(store, { ...user, spends: outputs.slice(0, 1), outputs: [] })
    const ids = among([...outputs.map((row) => row.outputId)])
    const actionIds = among([action.actionId, spender.action.actionId])
    const transactionIds = among([transaction.transactionId])
    const outpoints = outputs.map(({ vout }) => ({ txid: transaction.txid, vout }))
    const unknown = Array.from({ length: LENGTH }, (_, vout) => ({ txid: hashOf(`page ${vout % 50}`), vout }))
    const txids = [transaction.txid, ...Array.from({ length: LENGTH }, (_, index) => fakeTxid(index))]
    await store.read(async (tx) => {
      assert.lengthOf(await tx.outputs.findByIds(ids), 3)
      assert.lengthOf(await tx.outputs.findByOutpoints([...unknown, ...outpoints]), 3)
      assert.lengthOf(await tx.outputs.findSpentBy(actionIds), 1)
      assert.lengthOf(await tx.outputs.findByActions(actionIds, user.userId), 3)
      assert.strictEqual((await tx.outputs.tagsOf(ids)).size, 0)
      assert.strictEqual((await tx.actions.labelsOf(actionIds)).size, 0)
      assert.lengthOf(await tx.actions.findByIds(actionIds), 2)
      assert.lengthOf(await tx.actions.findByTransactions(transactionIds), 1)
      assert.lengthOf(await tx.actions.findSpendersOfTransactions(transactionIds), 1)
      assert.lengthOf(await tx.transactions.findByIds(transactionIds), 1)
      assert.lengthOf(await tx.transactions.findByTxids(txids), 1)
      assert.lengthOf(await tx.users.find({ userId: among([user.userId]) }), 1)
      assert.strictEqual(await tx.users.count({ userId: among([user.userId]) }), 1)
    })
  }),

  defineCase('long lists: rows found through many ids keep one order throughout', async (store) => {
    const user = await seedUser(store)
    const { outputs } = await seedAction(store, {
      ...user,
      outputs: Array.from({ length: 600 }, (_, index) => index + 1),
    })
    const outpoints = outputs.map((row) => ({ txid: row.txid ?? '', vout: row.vout })).reverse()
    const filler = Array.from({ length: LENGTH }, (_, vout) => ({ txid: hashOf('nobody'), vout }))
    const spread = outpoints.flatMap((outpoint, index) => [...filler.slice(index * 80, index * 80 + 80), outpoint])
    const found = await store.read((tx) => tx.outputs.findByOutpoints(spread))
    const order = outputs.map((row) => row.outputId)
    assert.deepEqual(
      found.map((row) => row.outputId),
      sortedNumbers(order),
    )
    const users = await store.read((tx) => tx.baskets.find({ basketId: [...among([user.basketId])].reverse() }))
    assert.lengthOf(users, 1)
  }),

  defineCase('long lists: fifty thousand ids are changed, claimed, released and refreshed at once', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [1, 2, 3])
    const known = coins.map((row) => row.outputId)
    const ids = among(known)
    const { action } = await seedAction(store, { ...user, processing: 'draft', outputs: [] })
    await store.write(async ({ outputs }) => {
      assert.strictEqual(await outputs.updateMany(ids, { spendable: false }), 3)
      assert.deepEqual(await outputs.refreshSpendable({ outputIds: ids }), { examined: 3, flipped: 3 })
      assert.sameMembers(await outputs.claim({ outputIds: ids, actionId: action.actionId }), known)
      assert.strictEqual(await outputs.releaseSpentBy(action.actionId, ids), 3)
      const filter = { actionIds: among([present(coins[0], 'a coin').actionId]) }
      assert.deepEqual(await outputs.refreshSpendable(filter), { examined: 3, flipped: 3 })
    })
  }),

  defineCase('long lists: a refresh with several long filters still needs all of them', async (store) => {
    const user = await seedUser(store)
    const one = await seedAction(store, { ...user, outputs: [1, 2] })
    const two = await seedAction(store, { ...user, outputs: [3] })
    const both = [...one.outputs, ...two.outputs].map((row) => row.outputId)
    await store.write(async ({ outputs }) => {
      await outputs.updateMany(both, { spendable: false })
      const filter = {
        outputIds: among(both),
        actionIds: among([one.action.actionId]),
        transactionIds: among([one.transaction.transactionId, two.transaction.transactionId]),
      }
      assert.deepEqual(await outputs.refreshSpendable(filter), { examined: 2, flipped: 2 })
    })
  }),

  defineCase('long lists: fifty thousand expectations change the rows that are as expected', async (store) => {
    const { row } = await store.write((tx) =>
      tx.transactions.insertIfAbsent({ txid: hashOf('a'), processing: 'queued' }),
    )
    const expected = among([row.transactionId]).map((transactionId) => ({
      transactionId,
      processing: 'queued' as const,
      ...(transactionId % 2 === 0 ? {} : { rowVersion: row.rowVersion }),
    }))
    const changed = await store.write((tx) => tx.transactions.compareAndSetMany(expected, { processing: 'sending' }))
    assert.deepEqual(changed, [row.transactionId])
  }),
]

const LENGTH = 50_000

/** `ids`, and so many that nobody has that the list is fifty thousand long. */
function among(ids: readonly number[]): number[] {
  const strangers = Array.from({ length: LENGTH - ids.length }, (_, index) => 1_000_000 + index)
  return [...strangers.slice(0, LENGTH / 2), ...ids, ...strangers.slice(LENGTH / 2)]
}

function fakeTxid(index: number): string {
  return index.toString(16).padStart(64, '0')
}
