import { PROCESSING_STATUSES, type OutputListQuery, type ProcessingStatus, type Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedBasket, seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present } from './assertions.js'

/** `tx.outputs.list` and `sum`. */
export const outputListCases: readonly ContractCase[] = [
  defineCase(
    'outputs: list pages in order of id, either way, and counts everything the filter matches',
    async (store) => {
      const user = await seedUser(store)
      await seedCoins(store, await seedUser(store), [1])
      const ids = (await seedCoins(store, user, [50, 10, 40, 20, 30])).map((row) => row.outputId)
      const { userId } = user
      assert.deepEqual(await list(store, { userId, limit: 2 }), { ids: ids.slice(0, 2), total: 5 })
      assert.deepEqual(await list(store, { userId, limit: 2, offset: 4 }), { ids: ids.slice(4), total: 5 })
      assert.deepEqual(await list(store, { userId, limit: 2, offset: 5 }), { ids: [], total: 5 })
      assert.deepEqual(await list(store, { userId, limit: 2, offset: 500 }), { ids: [], total: 5 })
      assert.deepEqual(await list(store, { userId, limit: 2, offset: 1, descending: true }), {
        ids: [ids[3], ids[2]],
        total: 5,
      })
    },
  ),

  defineCase('outputs: a listed output shows the status of its transaction, a draft’s null', async (store) => {
    const user = await seedUser(store)
    const [coin] = await seedCoins(store, user, [10], { processing: 'seen' })
    const draft = await seedAction(store, { ...user, processing: 'draft' })
    const { rows } = await store.read((tx) => tx.outputs.list({ userId: user.userId, show: 'all', limit: 10 }))
    assert.deepEqual(rows, [
      { ...present(coin, 'the coin'), processing: 'seen' },
      { ...present(draft.outputs[0], 'the draft’s output'), processing: null },
    ])
  }),

  defineCase('outputs: what is listed by default follows the status of its transaction', async (store) => {
    const user = await seedUser(store)
    const ids = new Map<ProcessingStatus, number>()
    for (const processing of PROCESSING_STATUSES) {
      const [coin] = await seedCoins(store, user, [10], { processing })
      ids.set(processing, present(coin, 'a coin').outputId)
    }
    const draft = await seedAction(store, { ...user, processing: 'draft' })
    const listed = PROCESSING_STATUSES.filter((status) => LISTED_STATUSES.includes(status))
    const { userId } = user
    assert.deepEqual(await list(store, { userId, limit: 50 }), {
      ids: listed.map((status) => ids.get(status)),
      total: listed.length,
    })
    const everything = [...ids.values(), present(draft.outputs[0], 'the draft’s output').outputId]
    assert.deepEqual(await list(store, { userId, show: 'all', limit: 50 }), {
      ids: everything,
      total: everything.length,
    })
  }),

  defineCase(
    'outputs: spent and withheld coins and those of aborted actions are not listed by default',
    async (store) => {
      const user = await seedUser(store)
      const { userId } = user
      const [free, spent, withheld] = await seedCoins(store, user, [1, 2, 3])
      await seedAction(store, { userId, spends: [present(spent, 'a coin')], outputs: [] })
      const heldBack = { withheld: 'operator' as const, spendable: false }
      await store.write((tx) => tx.outputs.update(present(withheld, 'a coin').outputId, heldBack))
      const aborted = await seedAction(store, { ...user, outputs: [4], action: { userAborted: true } })
      const free1 = present(free, 'a coin').outputId
      assert.deepEqual(await list(store, { userId, limit: 10 }), { ids: [free1], total: 1 })
      assert.deepEqual(await list(store, { userId, limit: 10, show: 'spendable' }), { ids: [free1], total: 1 })
      const all = [free, spent, withheld, aborted.outputs[0]].map((row) => present(row, 'a coin').outputId)
      assert.deepEqual(await list(store, { userId, limit: 10, show: 'all' }), { ids: all, total: 4 })
    },
  ),

  defineCase('outputs: show spendable follows the cached flag alone', async (store) => {
    const user = await seedUser(store)
    const [on, off] = await seedCoins(store, user, [1, 2], { processing: 'queued' })
    await store.write((tx) => tx.outputs.update(present(on, 'a coin').outputId, { spendable: true }))
    const query = { userId: user.userId, limit: 10, show: 'spendable' as const }
    assert.deepEqual((await list(store, query)).ids, [present(on, 'a coin').outputId])
    assert.isFalse(present(off, 'a coin').spendable)
  }),

  defineCase('outputs: list filters by basket', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const tokens = await seedBasket(store, userId, 'tokens')
    const [inDefault] = await seedCoins(store, user, [1])
    const [inTokens] = await seedCoins(store, { userId, basketId: tokens.basketId }, [2])
    await seedAction(store, { userId, outputs: [3] })
    const expectOne = async (basketId: number, outputId: number | undefined): Promise<void> =>
      assert.deepEqual(await list(store, { userId, basketId, limit: 10 }), { ids: [outputId], total: 1 })
    await expectOne(user.basketId, inDefault?.outputId)
    await expectOne(tokens.basketId, inTokens?.outputId)
    assert.strictEqual((await list(store, { userId, limit: 10 })).total, 3)
  }),

  defineCase('outputs: list needs any or all of the tags asked for, and sees no deleted map', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const coins = await seedCoins(store, user, [1, 2, 3, 4])
    const [both, onlyRed, wasBlue, none] = coins.map((row) => row.outputId)
    const [red, blue] = await store.write(async (tx) => [
      (await tx.tags.insert({ userId, tag: 'red', isDeleted: false })).outputTagId,
      (await tx.tags.insert({ userId, tag: 'blue', isDeleted: false })).outputTagId,
    ])
    const map = (outputTagId: number | undefined, outputId: number | undefined, isDeleted = false) =>
      store.write((tx) =>
        tx.tagMaps.insert({
          outputTagId: present(outputTagId, 'a tag'),
          outputId: present(outputId, 'a coin'),
          isDeleted,
        }),
      )
    await map(red, both)
    await map(blue, both)
    await map(red, onlyRed)
    await map(red, wasBlue)
    await map(blue, wasBlue, true)
    const tagIds = [present(red, 'red'), present(blue, 'blue')]
    const page = { userId, limit: 10 }
    assert.deepEqual(await list(store, { ...page, tagIds }), { ids: [both, onlyRed, wasBlue], total: 3 })
    assert.deepEqual(await list(store, { ...page, tagIds, tagMode: 'all' }), { ids: [both], total: 1 })
    assert.deepEqual(await list(store, { ...page, tagIds: [tagIds[1] ?? 0], tagMode: 'any' }), {
      ids: [both],
      total: 1,
    })
    assert.deepEqual(await list(store, { ...page, tagIds: [...tagIds, ...tagIds], tagMode: 'all' }), {
      ids: [both],
      total: 1,
    })
    assert.deepEqual(await list(store, { ...page, tagIds, offset: 9 }), { ids: [], total: 3 })
    assert.deepEqual((await list(store, page)).ids, [both, onlyRed, wasBlue, none])
  }),

  defineCase('outputs: sum counts and adds up exactly what list would show', async (store) => {
    const user = await seedUser(store)
    const { userId, basketId } = user
    await seedCoins(store, user, [1, 20, 300])
    await seedCoins(store, user, [4000], { processing: 'queued' })
    await seedCoins(store, user, [50_000], { processing: 'invalid' })
    await seedAction(store, { userId, outputs: [600_000] })
    await seedCoins(store, await seedUser(store), [7_000_000])
    await store.read(async ({ outputs }) => {
      assert.deepEqual(await outputs.sum({ userId }), { count: 5, satoshis: 604_321 })
      assert.deepEqual(await outputs.sum({ userId, basketId }), { count: 4, satoshis: 4_321 })
      assert.deepEqual(await outputs.sum({ userId, basketId, show: 'spendable' }), { count: 3, satoshis: 321 })
      assert.deepEqual(await outputs.sum({ userId, show: 'all' }), { count: 6, satoshis: 654_321 })
      assert.deepEqual(await outputs.sum({ userId: 999_999 }), { count: 0, satoshis: 0 })
    })
  }),

  defineCase('outputs: sum counts a coin with two of the tags once', async (store) => {
    const user = await seedUser(store)
    const [coin] = await seedCoins(store, user, [5, 6])
    const tagIds = await store.write(async (tx) => {
      const ids: number[] = []
      for (const tag of ['red', 'blue']) {
        const { outputTagId } = await tx.tags.insert({ userId: user.userId, tag, isDeleted: false })
        await tx.tagMaps.insert({ outputTagId, outputId: present(coin, 'a coin').outputId, isDeleted: false })
        ids.push(outputTagId)
      }
      return ids
    })
    const sum = await store.read((tx) => tx.outputs.sum({ userId: user.userId, tagIds }))
    assert.deepEqual(sum, { count: 1, satoshis: 5 })
  }),
]

/** docs/spec/wallet-storage.md §14. */
const LISTED_STATUSES: readonly ProcessingStatus[] = [
  'queued',
  'sending',
  'nosend',
  'reorging',
  'sent',
  'seen',
  'seen_multi',
  'unconfirmed',
  'confirmed',
]

async function list(store: Store, query: OutputListQuery): Promise<{ ids: number[]; total: number }> {
  const { rows, total } = await store.read((tx) => tx.outputs.list(query))
  return { ids: rows.map((row) => row.outputId), total }
}
