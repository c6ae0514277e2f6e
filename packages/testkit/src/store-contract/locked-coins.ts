import type { FreeCoins, Store, StoreWriter } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedChainTip, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { present, sortedNumbers } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'

/** `tx.outputs.lockFree`: what a unit decided about coins stays true until it ends. */
export const lockedCoinCases: readonly ContractCase[] = [
  defineCase('outputs: lockFree names what a claim would take, in order, and changes nothing', async (store) => {
    const user = await seedUser(store)
    await seedChainTip(store, 120)
    const [free, spent, withheld] = await seedCoins(store, user, [10, 20, 30])
    const pending = await seedCoins(store, user, [40], { processing: 'queued' })
    const unusable = await seedCoins(store, user, [50], { processing: 'nosend' })
    await seedAction(store, { userId: user.userId, spends: [present(spent, 'a coin')], outputs: [] })
    const { outputId: heldBack } = present(withheld, 'a coin')
    await store.write((tx) => tx.outputs.update(heldBack, { withheld: 'operator' }))
    const idOf = (coin: { outputId: number } | undefined) => present(coin, 'a coin').outputId
    const outputIds = [unusable[0], pending[0], withheld, spent, free, free].map(idOf)
    const before = await store.read((tx) => tx.outputs.findByIds(outputIds))
    const lock = (coins: Partial<FreeCoins> & { skipLocked?: boolean }) =>
      store.write((tx) => tx.outputs.lockFree({ outputIds: [...outputIds, 999_999], ...coins }))
    for (const skipLocked of [false, true]) {
      assert.deepEqual(await lock({ skipLocked }), [idOf(free)])
      assert.deepEqual(await lock({ skipLocked, allowPending: true }), [idOf(free), idOf(pending[0])])
      const any = sortedNumbers([free, pending[0], unusable[0]].map(idOf))
      assert.deepEqual(await lock({ skipLocked, allowAny: true }), any)
      assert.deepEqual(await lock({ skipLocked, outputIds: [] }), [])
    }
    assert.deepEqual(await store.read((tx) => tx.outputs.findByIds(outputIds)), before)
  }),

  defineTwoStoreCase('outputs: coins locked by an open unit are nobody else’s until it ends', async (first, second) => {
    const user = await seedUser(first)
    const ids = (await seedCoins(first, user, [10, 20, 30])).map((row) => row.outputId)
    const [mine, theirs] = [await draftOf(first, user.userId), await draftOf(first, user.userId)]
    const [, answer] = await overlap(
      (reached) =>
        first.write(async (tx) => {
          await tx.outputs.lockFree({ outputIds: ids.slice(0, 2) })
          reached()
          await holdOpen(tx)
          return tx.outputs.claim({ outputIds: ids.slice(0, 2), actionId: mine })
        }),
      () => second.write((tx) => lockAndClaim(tx, { outputIds: ids, skipLocked: true }, theirs)),
    )
    assert.deepEqual(answer, ids.slice(2))
    const rows = await second.read((tx) => tx.outputs.findByIds(ids))
    assert.deepEqual(
      rows.map((row) => row.spentByActionId),
      [mine, mine, theirs],
    )
  }),

  defineTwoStoreCase('outputs: lockFree waits for coins that an open unit lets go', async (first, second) => {
    const user = await seedUser(first)
    const ids = (await seedCoins(first, user, [10, 20, 30])).map((row) => row.outputId)
    const theirs = await draftOf(first, user.userId)
    const [, answer] = await overlap(
      (reached) =>
        first.write(async (tx) => {
          await tx.outputs.lockFree({ outputIds: ids.slice(0, 2) })
          reached()
          await holdOpen(tx)
        }),
      () => second.write((tx) => lockAndClaim(tx, { outputIds: ids }, theirs)),
    )
    assert.deepEqual(answer, ids)
  }),

  defineTwoStoreCase('outputs: units that lock one list in opposite order both come through', async (first, second) => {
    const user = await seedUser(first)
    const ids = (await seedCoins(first, user, [10, 20, 30, 40])).map((row) => row.outputId)
    let tries = 0
    const lockAll = (store: Store, outputIds: readonly number[]) =>
      store.write(async (tx) => {
        tries++
        const locked = await tx.outputs.lockFree({ outputIds })
        await tx.outputs.updateMany(locked, { spendingDescription: String(outputIds[0]) })
        return locked
      })
    for (let round = 0; round < 10; round++) {
      const answers = await Promise.all([lockAll(first, ids), lockAll(second, [...ids].reverse())])
      assert.deepEqual(answers, [ids, ids])
    }
    assert.strictEqual(tries, 20, 'no unit had to run again')
  }),
]

async function draftOf(store: Store, userId: number): Promise<number> {
  return (await seedAction(store, { userId, processing: 'draft', outputs: [] })).action.actionId
}

/** What the lock promised is what the claim gets. */
async function lockAndClaim(
  tx: StoreWriter,
  coins: FreeCoins & { readonly skipLocked?: boolean },
  actionId: number,
): Promise<number[]> {
  const outputIds = await tx.outputs.lockFree(coins)
  assert.deepEqual(sortedNumbers(await tx.outputs.claim({ outputIds, actionId })), outputIds)
  return outputIds
}
