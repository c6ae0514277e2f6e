import type { SpendableQuery, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedChainTip, seedCoins } from '../builders/seed-action.js'
import { seedBasket, seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present } from './assertions.js'

/** `tx.outputs.findSpendable`, the hot query. */
export const spendableOutputCases: readonly ContractCase[] = [
  defineCase('outputs: findSpendable answers smallest first, coins of one value in order of id', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [30, 10, 20, 10])
    const ids = coins.map((row) => row.outputId)
    const found = await find(store, { ...query(user), limit: 10 })
    assert.deepEqual(found, [ids[1], ids[3], ids[2], ids[0]])
  }),

  defineCase(
    'outputs: findSpendable answers largest first when asked, of coins of one value the newest first',
    async (store) => {
      const user = await seedUser(store)
      const ids = (await seedCoins(store, user, [30, 10, 20, 10])).map((row) => row.outputId)
      const found = await find(store, { ...query(user), limit: 10, descending: true })
      assert.deepEqual(found, [ids[0], ids[2], ids[3], ids[1]])
    },
  ),

  defineCase('outputs: findSpendable stops at its limit, and starts at the least value asked for', async (store) => {
    const user = await seedUser(store)
    const ids = (await seedCoins(store, user, [30, 10, 20])).map((row) => row.outputId)
    assert.deepEqual(await find(store, { ...query(user), limit: 2 }), [ids[1], ids[2]])
    assert.deepEqual(await find(store, { ...query(user), limit: 1, descending: true }), [ids[0]])
    assert.deepEqual(await find(store, { ...query(user), limit: 10, minSatoshis: 20 }), [ids[2], ids[0]])
    assert.deepEqual(await find(store, { ...query(user), limit: 1, minSatoshis: 11 }), [ids[2]])
    assert.deepEqual(await find(store, { ...query(user), limit: 1, minSatoshis: 31 }), [])
  }),

  defineCase('outputs: findSpendable answers with whole rows', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10])
    assert.deepEqual(await store.read((tx) => tx.outputs.findSpendable({ ...query(user), limit: 10 })), [...coins])
  }),

  defineCase('outputs: findSpendable stays inside one user’s basket', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const tokens = await seedBasket(store, alice.userId, 'tokens')
    const [mine] = await seedCoins(store, alice, [10])
    await seedCoins(store, { userId: alice.userId, basketId: tokens.basketId }, [10])
    await seedCoins(store, bob, [10])
    await seedAction(store, { userId: alice.userId, outputs: [10] })
    assert.deepEqual(await find(store, { ...query(alice), limit: 10 }), [mine?.outputId])
    assert.deepEqual(await find(store, { userId: bob.userId, basketId: alice.basketId, limit: 10 }), [])
  }),

  defineCase('outputs: findSpendable adds coins on their way out only when pending is included', async (store) => {
    const user = await seedUser(store)
    const [large] = await seedCoins(store, user, [30])
    const [queued] = await seedCoins(store, user, [20], { processing: 'queued' })
    const [sending] = await seedCoins(store, user, [40], { processing: 'sending' })
    await seedCoins(store, user, [10], { processing: 'nosend' })
    assert.deepEqual(await find(store, { ...query(user), limit: 10 }), [large?.outputId])
    const pending = { ...query(user), includePending: true }
    const merged = [queued?.outputId, large?.outputId, sending?.outputId]
    assert.deepEqual(await find(store, { ...pending, limit: 10 }), merged)
    assert.deepEqual(await find(store, { ...pending, limit: 2 }), merged.slice(0, 2))
    assert.deepEqual(await find(store, { ...pending, limit: 10, descending: true }), [...merged].reverse())
    assert.deepEqual(await find(store, { ...pending, limit: 10, minSatoshis: 25 }), merged.slice(1))
  }),

  defineCase('outputs: findSpendable offers no spent, withheld, immature or dead coin', async (store) => {
    const user = await seedUser(store)
    await seedChainTip(store, 150)
    const [good, spent, withheld] = await seedCoins(store, user, [1, 2, 3])
    await seedAction(store, { userId: user.userId, spends: [present(spent, 'a coin')], outputs: [] })
    const heldBack = present(withheld, 'a coin').outputId
    await store.write(async (tx) => {
      await tx.outputs.update(heldBack, { withheld: 'spent-elsewhere' })
      await tx.outputs.refreshSpendable({ outputIds: [heldBack] })
    })
    const [mature] = await seedCoins(store, user, [4], { processing: 'confirmed', isCoinbase: true, height: 50 })
    await seedCoins(store, user, [5], { processing: 'confirmed', isCoinbase: true, height: 51 })
    for (const processing of ['invalid', 'doubleSpend', 'frozen', 'nosend', 'nonfinal'] as const) {
      await seedCoins(store, user, [6], { processing })
    }
    await seedCoins(store, user, [7], { action: { userAborted: true } })
    await seedAction(store, { ...user, processing: 'draft', outputs: [8] })
    const usable = [good?.outputId, mature?.outputId]
    assert.deepEqual(await find(store, { ...query(user), limit: 50 }), usable)
    assert.deepEqual(await find(store, { ...query(user), limit: 50, includePending: true }), usable)
  }),
]

function query(user: { userId: number; basketId: number }): { userId: number; basketId: number } {
  return { userId: user.userId, basketId: user.basketId }
}

async function find(store: Store, spendable: SpendableQuery): Promise<number[]> {
  const rows = await store.read((tx) => tx.outputs.findSpendable(spendable))
  return rows.map((row) => row.outputId)
}
