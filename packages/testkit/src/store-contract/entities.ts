import type { EntityWriter, Match, OutputBasketRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { assertRefused } from './assertions.js'

/** `EntityReader` and `EntityWriter`: matching, paging, order, and concurrent callers. */
export const entityCases: readonly ContractCase[] = [
  defineCase('entities: find answers in key order, and pages through it either way', async (store) => {
    const { userId } = await seedUser(store)
    const ids: number[] = []
    for (const name of ['e', 'a', 'd', 'b']) ids.push((await insert(store, userId, { name })).basketId)
    const match = { userId, name: ['a', 'b', 'd', 'e'] }
    const find = (page?: { limit?: number; offset?: number; descending?: boolean }) =>
      store.read(async (tx) => (await tx.baskets.find(match, page)).map((row) => row.basketId))
    assert.deepEqual(await find(), ids)
    assert.deepEqual(await find({ limit: 2 }), ids.slice(0, 2))
    assert.deepEqual(await find({ limit: 2, offset: 1 }), ids.slice(1, 3))
    assert.deepEqual(await find({ offset: 3 }), ids.slice(3))
    assert.deepEqual(await find({ offset: 4 }), [])
    assert.deepEqual(await find({ limit: 0 }), [])
    assert.deepEqual(await find({ descending: true }), [...ids].reverse())
    assert.deepEqual(await find({ descending: true, limit: 1, offset: 1 }), ids.slice(2, 3))
  }),

  defineCase('entities: every given column must match, and no column matches everything', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    await insert(store, alice.userId, { name: 'tokens' })
    await insert(store, alice.userId, { name: 'gone', isDeleted: true })
    await insert(store, bob.userId, { name: 'tokens' })
    const expectNames = async (match: Match<OutputBasketRow>, names: string[]): Promise<void> =>
      store.read(async (tx) => {
        const rows = await tx.baskets.find(match)
        assert.deepEqual(
          rows.map((row) => row.name),
          names,
          JSON.stringify(match),
        )
        assert.strictEqual(await tx.baskets.count(match), names.length, JSON.stringify(match))
      })
    await expectNames({}, ['default', 'default', 'tokens', 'gone', 'tokens'])
    await expectNames({ name: 'tokens' }, ['tokens', 'tokens'])
    await expectNames({ name: 'tokens', userId: bob.userId }, ['tokens'])
    await expectNames({ userId: alice.userId, isDeleted: true }, ['gone'])
    await expectNames({ userId: alice.userId, isDeleted: false }, ['default', 'tokens'])
    await expectNames({ name: ['tokens', 'gone', 'nobody'], userId: alice.userId }, ['tokens', 'gone'])
    await expectNames({ userId: [alice.userId, bob.userId], name: ['gone'] }, ['gone'])
    await expectNames({ isDeleted: [true, false], userId: bob.userId }, ['default', 'tokens'])
    await expectNames({ name: [] }, [])
    await expectNames({ name: 'nobody' }, [])
  }),

  defineCase('entities: null matches absence and nothing else', async (store) => {
    await store.write(async ({ monitorEvents }) => {
      await monitorEvents.insert({ event: 'absent', details: null })
      await monitorEvents.insert({ event: 'empty', details: '' })
      await monitorEvents.insert({ event: 'text', details: 'null' })
    })
    await store.read(async ({ monitorEvents }) => {
      const names = async (match: Match<{ details: string | null }>) =>
        (await monitorEvents.find(match)).map((row) => row.event)
      assert.deepEqual(await names({ details: null }), ['absent'])
      assert.deepEqual(await names({ details: '' }), ['empty'])
      assert.deepEqual(await names({ details: 'null' }), ['text'])
      assert.deepEqual(await names({ details: ['', 'null'] }), ['empty', 'text'])
      assert.strictEqual(await monitorEvents.count({ details: null }), 1)
    })
  }),

  defineCase('entities: a time matches to the millisecond', async (store) => {
    const { userId } = await seedUser(store)
    const createdAt = new Date('2026-01-01T00:00:00.003Z')
    const next = new Date(createdAt.getTime() + 1)
    await insert(store, userId, { name: 'early', createdAt })
    await insert(store, userId, { name: 'late', createdAt: next })
    await store.read(async ({ baskets }) => {
      assert.deepEqual(
        (await baskets.find({ createdAt })).map((row) => row.name),
        ['early'],
      )
      assert.strictEqual(await baskets.count({ createdAt: [createdAt, next] }), 2)
    })
  }),

  defineCase('entities: rows with a key of several columns come in order of all of them', async (store) => {
    const user = await seedUser(store)
    const { action } = await seedAction(store, user)
    const { action: other } = await seedAction(store, user)
    const keys = await store.write(async (tx) => {
      const labelIds: number[] = []
      for (const label of ['one', 'two']) {
        labelIds.push((await tx.labels.insert({ userId: user.userId, label, isDeleted: false })).txLabelId)
      }
      const wanted = labelIds.flatMap((txLabelId) =>
        [action.actionId, other.actionId].map((actionId) => ({ txLabelId, actionId })),
      )
      for (const key of [...wanted].reverse()) await tx.labelMaps.insert({ ...key, isDeleted: false })
      return wanted
    })
    const stored = await store.read((tx) => tx.labelMaps.find({}))
    assert.deepEqual(
      stored.map(({ txLabelId, actionId }) => ({ txLabelId, actionId })),
      keys,
    )
    const last = await store.read((tx) => tx.labelMaps.find({}, { descending: true, limit: 1 }))
    assert.deepInclude(last[0], keys.at(-1))
  }),

  defineCase('entities: keys of text come in order of their letters’ codes', async (store) => {
    const { userId } = await seedUser(store)
    const keys = ['10', '9', 'B', 'a', 'Z', 'é']
    await store.write(async ({ syncArrivals }) => {
      for (const key of keys) await syncArrivals.insert({ userId, entity: 'output', key, arrivedAt: new Date(0) })
    })
    const stored = await store.read((tx) => tx.syncArrivals.find({ userId }))
    assert.deepEqual(
      stored.map((row) => row.key),
      ['10', '9', 'B', 'Z', 'a', 'é'],
    )
  }),

  defineCase('entities: an update to a taken unique key is refused and rolls back', async (store) => {
    const { userId } = await seedUser(store)
    const { basketId } = await insert(store, userId, { name: 'free' })
    await assertRefused(
      store.write((tx) => tx.baskets.update({ basketId }, { name: 'default' })),
      'UNIQUE_VIOLATION',
      'a rename to a taken name',
    )
    assert.strictEqual((await store.read((tx) => tx.baskets.get({ basketId })))?.name, 'free')
  }),

  defineCase('entities: an update changes one row and no other', async (store) => {
    const { userId, basket } = await seedUser(store)
    const { basketId } = await insert(store, userId, { name: 'tokens' })
    await store.write((tx) => tx.baskets.update({ basketId }, { numberOfDesiredUTXOs: 77 }))
    assert.deepEqual(await store.read((tx) => tx.baskets.get({ basketId: basket.basketId })), basket)
  }),

  defineTwoStoreCase('entities: concurrent insertIfAbsent calls get the same row', async (first, second) => {
    const { userId } = await seedUser(first)
    const stores = [first, second, first, second, first, second]
    const answers = await Promise.all(
      stores.map((store, index) => {
        const row = {
          userId,
          name: 'shared',
          numberOfDesiredUTXOs: index,
          minimumDesiredUTXOValue: 0,
          isDeleted: false,
        }
        return store.write((tx) => tx.baskets.insertIfAbsent(row))
      }),
    )
    assert.lengthOf(
      answers.filter((answer) => answer.inserted),
      1,
      'callers that inserted',
    )
    for (const answer of answers) assert.deepEqual(answer.row, answers[0]?.row)
  }),

  defineTwoStoreCase(
    'entities: of concurrent inserts of one key one commits and the others are refused',
    async (first, second) => {
      const stores = [first, second, first, second]
      const results = await Promise.allSettled(
        stores.map((store) => store.write((tx) => tx.users.insert({ identityKey: 'same', activeStorage: '' }))),
      )
      const refused = results.filter((result) => result.status === 'rejected')
      assert.lengthOf(refused, 3)
      for (const { reason } of refused) assert.propertyVal(reason, 'code', 'UNIQUE_VIOLATION')
      assert.strictEqual(await first.read((tx) => tx.users.count({ identityKey: 'same' })), 1)
    },
  ),
]

type NewBasket = Partial<Parameters<EntityWriter<OutputBasketRow, 'basketId', 'basketId'>['insert']>[0]>

function insert(store: Store, userId: number, columns: NewBasket): Promise<OutputBasketRow> {
  return store.write((tx) =>
    tx.baskets.insert({
      userId,
      name: 'basket',
      numberOfDesiredUTXOs: 0,
      minimumDesiredUTXOValue: 0,
      isDeleted: false,
      ...columns,
    }),
  )
}
