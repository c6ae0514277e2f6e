import type { OutputRow, RefreshFilter, RefreshResult, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedChainTip, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { present } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'

/** `tx.outputs.refreshSpendable`: what it looks at, and what it does beside other writers. */
export const refreshSpendableCases: readonly ContractCase[] = [
  defineCase('refreshSpendable: counts what it looked at and what it set right', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [1, 2, 3])
    await corrupt(store, coins.slice(0, 2))
    assert.deepEqual(await refresh(store, {}), { examined: 3, flipped: 2 })
    assert.deepEqual(await refresh(store, {}), { examined: 3, flipped: 0 })
    assert.deepEqual(await spendableOf(store, coins), [true, true, true])
  }),

  defineCase('refreshSpendable: flips nothing and touches no row on a consistent database', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [1, 2])
    assert.strictEqual((await refresh(store, {})).flipped, 0)
    const rows = await store.read((tx) => tx.outputs.findByIds(coins.map((row) => row.outputId)))
    assert.sameDeepMembers(rows, [...coins])
  }),

  defineCase('refreshSpendable: looks only at what every given filter matches', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const a1 = await seedAction(store, { ...alice, outputs: [1, 2] })
    const a2 = await seedAction(store, { ...alice, outputs: [3] })
    const b1 = await seedAction(store, { ...bob, built: a1.built, outputs: [1, 2] })
    const all = [...a1.outputs, ...a2.outputs, ...b1.outputs]
    const [first, second] = a1.outputs.map((row) => row.outputId)
    const transactionIds = [a1.transaction.transactionId]
    const expectations: [RefreshFilter, readonly OutputRow[]][] = [
      [{ userId: alice.userId }, [...a1.outputs, ...a2.outputs]],
      [{ transactionIds }, [...a1.outputs, ...b1.outputs]],
      [{ transactionIds, userId: bob.userId }, b1.outputs],
      [{ actionIds: [a2.action.actionId, b1.action.actionId] }, [...a2.outputs, ...b1.outputs]],
      [{ outputIds: [first ?? 0, second ?? 0], actionIds: [a2.action.actionId] }, []],
      [{ outputIds: [second ?? 0], transactionIds, userId: alice.userId }, a1.outputs.slice(1)],
      [{ outputIds: [] }, []],
      [{ transactionIds: [] }, []],
      [{ actionIds: [] }, []],
      [{ coinbaseOnly: true }, []],
    ]
    for (const [filter, looked] of expectations) {
      await corrupt(store, all)
      const result = await refresh(store, filter)
      assert.deepEqual(result, { examined: looked.length, flipped: looked.length }, JSON.stringify(filter))
      const right = await spendableOf(store, all)
      assert.deepEqual(
        right,
        all.map((row) => looked.includes(row)),
        JSON.stringify(filter),
      )
    }
  }),

  defineCase('refreshSpendable: looks at the outputs of drafts by action', async (store) => {
    const user = await seedUser(store)
    const draft = await seedAction(store, { ...user, processing: 'draft', outputs: [1] })
    const ids = draft.outputs.map((row) => row.outputId)
    await store.write((tx) => tx.outputs.updateMany(ids, { spendable: true, pending: true }))
    assert.deepEqual(await refresh(store, { actionIds: [draft.action.actionId] }), { examined: 1, flipped: 1 })
    const [row] = await store.read((tx) => tx.outputs.findByIds(ids))
    assert.include(row, { spendable: false, pending: false })
  }),

  defineCase(
    'refreshSpendable: a new tip makes coinbase coins spendable at their height, and a lower one takes them back',
    async (store) => {
      const user = await seedUser(store)
      await seedChainTip(store, 149)
      const coinbase = await seedCoins(store, user, [1], { processing: 'confirmed', isCoinbase: true, height: 50 })
      const ordinary = await seedCoins(store, user, [2])
      const coins = [...coinbase, ...ordinary]
      assert.deepEqual(await spendableOf(store, coins), [false, true])
      await seedChainTip(store, 150)
      assert.strictEqual((await refresh(store, { coinbaseOnly: true })).flipped, 1)
      assert.deepEqual(await spendableOf(store, coins), [true, true])
      await seedChainTip(store, 149)
      assert.strictEqual((await refresh(store, { coinbaseOnly: true })).flipped, 1)
      assert.deepEqual(await spendableOf(store, coins), [false, true])
    },
  ),

  defineCase('refreshSpendable: coinbaseOnly leaves other outputs alone even when they are wrong', async (store) => {
    const user = await seedUser(store)
    await seedChainTip(store, 500)
    const coinbase = await seedCoins(store, user, [1], { processing: 'confirmed', isCoinbase: true, height: 50 })
    const ordinary = await seedCoins(store, user, [2])
    await corrupt(store, [...coinbase, ...ordinary])
    assert.deepEqual(await refresh(store, { coinbaseOnly: true }), { examined: 1, flipped: 1 })
    assert.deepEqual(await spendableOf(store, [...coinbase, ...ordinary]), [true, false])
  }),

  defineCase('refreshSpendable: tipHeight counts as the tip, whatever is stored', async (store) => {
    const user = await seedUser(store)
    const coinbase = await seedCoins(store, user, [1], { processing: 'confirmed', isCoinbase: true, height: 50 })
    assert.deepEqual(await spendableOf(store, coinbase), [false], 'no tip is known')
    await refresh(store, { tipHeight: 150 })
    assert.deepEqual(await spendableOf(store, coinbase), [true])
    await seedChainTip(store, 1000)
    await refresh(store, { tipHeight: 149 })
    assert.deepEqual(await spendableOf(store, coinbase), [false])
    await refresh(store, {})
    assert.deepEqual(await spendableOf(store, coinbase), [true])
    assert.strictEqual((await store.read((tx) => tx.chainTip.get()))?.height, 1000)
  }),

  defineTwoStoreCase(
    'refreshSpendable: one that waits behind a transition to invalid does not revive a dead coin',
    async (first, second) => {
      const user = await seedUser(first)
      const { transaction, outputs } = await seedAction(first, { ...user, processing: 'sent' })
      // Flags that are false although the rule says true: what the second refresh, were it to go by the old status, would flip.
      await corrupt(first, outputs)
      const transactionIds = [transaction.transactionId]
      await overlap(
        (reached) =>
          first.write(async (tx) => {
            await tx.transactions.compareAndSet(transaction, { processing: 'invalid' })
            await tx.outputs.refreshSpendable({ transactionIds })
            reached()
            await holdOpen(tx)
          }),
        () => refresh(second, { transactionIds }),
      )
      assert.deepEqual(await spendableOf(first, outputs), [false])
      assert.deepEqual(await refresh(first, { transactionIds }), { examined: 1, flipped: 0 })
    },
  ),

  defineTwoStoreCase(
    'refreshSpendable: a transition that waits behind a refresh has the last word',
    async (first, second) => {
      const user = await seedUser(first)
      const { transaction, outputs } = await seedAction(first, { ...user, processing: 'sent' })
      await corrupt(first, outputs)
      const transactionIds = [transaction.transactionId]
      await overlap(
        (reached) =>
          first.write(async (tx) => {
            await tx.outputs.refreshSpendable({ transactionIds })
            reached()
            await holdOpen(tx)
          }),
        () =>
          second.write(async (tx) => {
            await tx.transactions.compareAndSet(transaction, { processing: 'invalid' })
            await tx.outputs.refreshSpendable({ transactionIds })
          }),
      )
      assert.deepEqual(await spendableOf(first, outputs), [false])
    },
  ),

  defineTwoStoreCase(
    'refreshSpendable: one that waits behind an abort does not revive the aborted coin',
    async (first, second) => {
      const user = await seedUser(first)
      const { action, outputs } = await seedAction(first, { ...user, processing: 'sent' })
      await corrupt(first, outputs)
      const actionIds = [action.actionId]
      await overlap(
        (reached) =>
          first.write(async (tx) => {
            present(await tx.actions.update(action.actionId, { userAborted: true }), 'the aborted action')
            await tx.outputs.refreshSpendable({ actionIds })
            reached()
            await holdOpen(tx)
          }),
        () => refresh(second, { actionIds }),
      )
      assert.deepEqual(await spendableOf(first, outputs), [false])
    },
  ),

  defineTwoStoreCase(
    'refreshSpendable: one that waits behind a lower tip does not mature a coinbase too early',
    async (first, second) => {
      const user = await seedUser(first)
      await seedChainTip(first, 150)
      const coins = await seedCoins(first, user, [1], { processing: 'confirmed', isCoinbase: true, height: 50 })
      await corrupt(first, coins)
      await overlap(
        (reached) =>
          first.write(async (tx) => {
            await tx.chainTip.set({ height: 149, blockHash: null, merkleRoot: null })
            await tx.outputs.refreshSpendable({ coinbaseOnly: true })
            reached()
            await holdOpen(tx)
          }),
        () => refresh(second, { coinbaseOnly: true }),
      )
      assert.deepEqual(await spendableOf(first, coins), [false])
    },
  ),

  defineTwoStoreCase(
    'refreshSpendable: one that meets an open claim leaves the claimed coin spent',
    async (first, second) => {
      const user = await seedUser(first)
      const coins = await seedCoins(first, user, [1])
      const outputIds = coins.map((row) => row.outputId)
      const { action } = await seedAction(first, { ...user, processing: 'draft', outputs: [] })
      await overlap(
        (reached) =>
          first.write(async (tx) => {
            await tx.outputs.claim({ outputIds, actionId: action.actionId })
            reached()
            await holdOpen(tx)
          }),
        () => refresh(second, { outputIds }),
      )
      const [row] = await first.read((tx) => tx.outputs.findByIds(outputIds))
      assert.include(row, { spentByActionId: action.actionId, spendable: false, pending: false })
    },
  ),
]

function refresh(store: Store, filter: RefreshFilter): Promise<RefreshResult> {
  return store.write((tx) => tx.outputs.refreshSpendable(filter))
}

/** Turns `spendable` off where the rule says it is on. */
async function corrupt(store: Store, outputs: readonly OutputRow[]): Promise<void> {
  const ids = outputs.map((row) => row.outputId)
  await store.write((tx) => tx.outputs.updateMany(ids, { spendable: false, pending: false }))
}

async function spendableOf(store: Store, outputs: readonly OutputRow[]): Promise<boolean[]> {
  const rows = await store.read((tx) => tx.outputs.findByIds(outputs.map((row) => row.outputId)))
  return outputs.map(
    (output) =>
      present(
        rows.find((row) => row.outputId === output.outputId),
        'an output',
      ).spendable,
  )
}
