import type { OutputRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedChainTip, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { present, rejection, sortedNumbers } from './assertions.js'
import { holdOpen, overlap } from './overlap.js'

/** `tx.outputs.claim` and `releaseSpentBy`: no coin is ever spent twice. */
export const outputClaimCases: readonly ContractCase[] = [
  defineCase('outputs: claim marks free coins as spent and names them', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10, 20, 30])
    const taken = coins.slice(0, 2).map((row) => row.outputId)
    const actionId = await draftOf(store, user.userId)
    const claimed = await claim(store, actionId, [...taken, 999_999])
    assert.sameMembers(claimed, taken)
    const rows = await read(store, coins)
    assert.deepEqual(
      rows.map((row) => [row.spentByActionId, row.spendable, row.pending]),
      [
        [actionId, false, false],
        [actionId, false, false],
        [null, true, false],
      ],
    )
    assert.deepEqual(await store.write((tx) => tx.outputs.claim({ outputIds: [], actionId })), [])
  }),

  defineCase('outputs: claim never takes a coin twice, not even for the same action', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10, 20])
    const ids = coins.map((row) => row.outputId)
    const [first, second] = [await draftOf(store, user.userId), await draftOf(store, user.userId)]
    assert.sameMembers(await claim(store, first, ids.slice(0, 1)), ids.slice(0, 1))
    assert.deepEqual(await claim(store, first, ids.slice(0, 1), { allowAny: true }), [])
    assert.deepEqual(await claim(store, second, ids, { allowAny: true, allowPending: true }), ids.slice(1))
    assert.deepEqual(
      (await read(store, coins)).map((row) => row.spentByActionId),
      [first, second],
    )
  }),

  defineCase('outputs: claim never takes a withheld coin, whatever is allowed', async (store) => {
    const user = await seedUser(store)
    const [coin] = await seedCoins(store, user, [10])
    const { outputId } = present(coin, 'a coin')
    await store.write((tx) => tx.outputs.update(outputId, { withheld: 'commission' }))
    const actionId = await draftOf(store, user.userId)
    for (const allowed of [{}, { allowPending: true }, { allowAny: true }]) {
      assert.deepEqual(await claim(store, actionId, [outputId], allowed), [])
    }
    assert.isNull((await read(store, [present(coin, 'a coin')]))[0]?.spentByActionId)
  }),

  defineCase(
    'outputs: claim takes pending coins only when allowed, and unusable ones only when any is',
    async (store) => {
      const user = await seedUser(store)
      await seedChainTip(store, 120)
      const pending = await seedCoins(store, user, [10, 11], { processing: 'queued' })
      const unusable = await seedCoins(store, user, [20, 21], { processing: 'nosend' })
      const immature = await seedCoins(store, user, [30], { processing: 'confirmed', isCoinbase: true })
      const all = [...pending, ...unusable, ...immature].map((row) => row.outputId)
      const actionId = await draftOf(store, user.userId)
      assert.deepEqual(await claim(store, actionId, all), [])
      assert.sameMembers(
        await claim(store, actionId, all, { allowPending: true }),
        pending.map((row) => row.outputId),
      )
      const rest = [...unusable, ...immature]
      assert.sameMembers(
        await claim(store, actionId, all, { allowAny: true }),
        rest.map((row) => row.outputId),
      )
      for (const row of await read(store, [...pending, ...rest])) {
        assert.include(row, { spentByActionId: actionId, spendable: false, pending: false })
      }
    },
  ),

  defineCase('outputs: a claim that is rolled back leaves its coins free', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10])
    const actionId = await draftOf(store, user.userId)
    await rejection(
      store.write(async (tx) => {
        await tx.outputs.claim({ outputIds: coins.map((row) => row.outputId), actionId })
        throw new Error('not enough')
      }),
      'a claim whose unit throws',
    )
    assert.deepEqual(await read(store, coins), [...coins])
  }),

  defineTwoStoreCase('outputs: two concurrent claims on two connections never share a coin', async (first, second) => {
    const user = await seedUser(first)
    const coins = await seedCoins(
      first,
      user,
      Array.from({ length: 20 }, (_, index) => index + 1),
    )
    const ids = coins.map((row) => row.outputId)
    const claimants: { store: Store; actionId: number }[] = []
    for (const store of [first, second, first, second]) {
      claimants.push({ store, actionId: await draftOf(first, user.userId) })
    }
    const wishes = [ids, [...ids].reverse(), ids.slice(0, 10), ids.slice(5)]
    const answers = await Promise.all(
      claimants.map(({ store, actionId }, index) => claim(store, actionId, present(wishes[index], 'a wish'))),
    )
    assert.deepEqual(sortedNumbers(answers.flat()), sortedNumbers(ids), 'every coin is in exactly one answer')
    const rows = await read(second, coins)
    for (const [index, { actionId }] of claimants.entries()) {
      const held = rows.filter((row) => row.spentByActionId === actionId).map((row) => row.outputId)
      assert.sameMembers(held, present(answers[index], 'an answer'))
    }
  }),

  defineTwoStoreCase('outputs: a claim that meets an open one gets only what is left', async (first, second) => {
    const user = await seedUser(first)
    const coins = await seedCoins(first, user, [10, 20, 30])
    const ids = coins.map((row) => row.outputId)
    const [mine, theirs] = [await draftOf(first, user.userId), await draftOf(first, user.userId)]
    const [taken, left] = await overlap(
      (reached) =>
        first.write(async (tx) => {
          const claimed = await tx.outputs.claim({ outputIds: ids.slice(0, 2), actionId: mine })
          reached()
          await holdOpen(tx)
          return claimed
        }),
      () => claim(second, theirs, ids),
    )
    assert.sameMembers(taken, ids.slice(0, 2))
    assert.deepEqual(left, ids.slice(2))
  }),

  defineTwoStoreCase('outputs: a claim that met one that was rolled back can have the coins', async (first, second) => {
    const user = await seedUser(first)
    const coins = await seedCoins(first, user, [10])
    const ids = coins.map((row) => row.outputId)
    const [mine, theirs] = [await draftOf(first, user.userId), await draftOf(first, user.userId)]
    await overlap(
      (reached) =>
        first
          .write(async (tx) => {
            await tx.outputs.claim({ outputIds: ids, actionId: mine })
            reached()
            await holdOpen(tx)
            throw new Error('on purpose')
          })
          .catch(() => undefined),
      () => claim(second, theirs, ids),
    )
    const [row] = await read(first, coins)
    assert.notStrictEqual(row?.spentByActionId, mine)
    assert.deepEqual(await claim(second, theirs, ids, { allowAny: true }), row?.spentByActionId === null ? ids : [])
  }),

  defineCase('outputs: releaseSpentBy frees what one action holds and leaves the flags to a refresh', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10, 20, 30])
    const ids = coins.map((row) => row.outputId)
    const [mine, other] = [await draftOf(store, user.userId), await draftOf(store, user.userId)]
    await claim(store, mine, ids.slice(0, 2))
    await claim(store, other, ids.slice(2))
    assert.strictEqual(await store.write((tx) => tx.outputs.releaseSpentBy(mine)), 2)
    const flags = (rows: readonly OutputRow[]) => rows.map((row) => [row.spentByActionId, row.spendable])
    assert.deepEqual(flags(await read(store, coins)), [
      [null, false],
      [null, false],
      [other, false],
    ])
    await store.write((tx) => tx.outputs.refreshSpendable({ outputIds: ids }))
    assert.deepEqual(flags(await read(store, coins)), [
      [null, true],
      [null, true],
      [other, false],
    ])
    assert.strictEqual(await store.write((tx) => tx.outputs.releaseSpentBy(mine)), 0)
  }),

  defineCase(
    'outputs: releaseSpentBy of some ids frees those alone, and only if the action holds them',
    async (store) => {
      const user = await seedUser(store)
      const coins = await seedCoins(store, user, [10, 20, 30])
      const ids = coins.map((row) => row.outputId)
      const [mine, other] = [await draftOf(store, user.userId), await draftOf(store, user.userId)]
      await claim(store, mine, ids.slice(0, 2))
      await claim(store, other, ids.slice(2))
      assert.strictEqual(await store.write((tx) => tx.outputs.releaseSpentBy(mine, ids.slice(1))), 1)
      assert.strictEqual(await store.write((tx) => tx.outputs.releaseSpentBy(mine, [])), 0)
      assert.deepEqual(
        (await read(store, coins)).map((row) => row.spentByActionId),
        [mine, null, other],
      )
    },
  ),
]

async function draftOf(store: Store, userId: number): Promise<number> {
  return (await seedAction(store, { userId, processing: 'draft', outputs: [] })).action.actionId
}

function claim(
  store: Store,
  actionId: number,
  outputIds: readonly number[],
  allowed: { allowPending?: boolean; allowAny?: boolean } = {},
): Promise<number[]> {
  return store.write((tx) => tx.outputs.claim({ outputIds, actionId, ...allowed }))
}

async function read(store: Store, coins: readonly OutputRow[]): Promise<OutputRow[]> {
  const rows = await store.read((tx) => tx.outputs.findByIds(coins.map((row) => row.outputId)))
  return rows.sort((a, b) => a.outputId - b.outputId)
}
