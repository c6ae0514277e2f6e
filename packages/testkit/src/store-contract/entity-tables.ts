import type { EntityWriter, KeyOf, NewEntity, Store, StoreWriter } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { assertRefused, present } from './assertions.js'

/** The shared tables, one by one: rows round trip, and their unique keys hold. */
export const entityTableCases: readonly ContractCase[] = [
  tableCases({
    table: 'users',
    repository: (tx) => tx.users,
    rows: () => [
      { identityKey: 'one', activeStorage: 'here' },
      { identityKey: 'two', activeStorage: '' },
    ],
    keyOf: ({ userId }) => ({ userId }),
    changes: { activeStorage: 'there' },
    sameUniqueKey: (row) => ({ ...row, activeStorage: 'other' }),
  }),
  tableCases({
    table: 'baskets',
    repository: (tx) => tx.baskets,
    rows: ({ userId }) => [
      { userId, name: 'one', numberOfDesiredUTXOs: 6, minimumDesiredUTXOValue: 10_000, isDeleted: false },
      { userId, name: 'two', numberOfDesiredUTXOs: -1, minimumDesiredUTXOValue: 0, isDeleted: true },
    ],
    keyOf: ({ basketId }) => ({ basketId }),
    changes: { numberOfDesiredUTXOs: 7, isDeleted: true },
    sameUniqueKey: (row) => ({ ...row, numberOfDesiredUTXOs: 99 }),
  }),
  tableCases({
    table: 'tags',
    repository: (tx) => tx.tags,
    rows: ({ userId }) => [
      { userId, tag: 'one', isDeleted: false },
      { userId, tag: 'two', isDeleted: true },
    ],
    keyOf: ({ outputTagId }) => ({ outputTagId }),
    changes: { isDeleted: true },
    sameUniqueKey: (row) => ({ ...row, isDeleted: true }),
  }),
  tableCases({
    table: 'tagMaps',
    repository: (tx) => tx.tagMaps,
    rows: ({ tagIds, outputId }) => tagIds.map((outputTagId) => ({ outputTagId, outputId, isDeleted: false })),
    keyOf: ({ outputTagId, outputId }) => ({ outputTagId, outputId }),
    changes: { isDeleted: true },
    sameUniqueKey: (row) => ({ ...row, isDeleted: true }),
  }),
  tableCases({
    table: 'labels',
    repository: (tx) => tx.labels,
    rows: ({ userId }) => [
      { userId, label: 'one', isDeleted: false },
      { userId, label: 'two', isDeleted: true },
    ],
    keyOf: ({ txLabelId }) => ({ txLabelId }),
    changes: { isDeleted: true },
    sameUniqueKey: (row) => ({ ...row, isDeleted: true }),
  }),
  tableCases({
    table: 'labelMaps',
    repository: (tx) => tx.labelMaps,
    rows: ({ labelIds, actionId }) => labelIds.map((txLabelId) => ({ txLabelId, actionId, isDeleted: false })),
    keyOf: ({ txLabelId, actionId }) => ({ txLabelId, actionId }),
    changes: { isDeleted: true },
    sameUniqueKey: (row) => ({ ...row, isDeleted: true }),
  }),
  tableCases({
    table: 'commissions',
    repository: (tx) => tx.commissions,
    rows: ({ userId, actionId, otherActionId }) => [
      {
        userId,
        actionId,
        satoshis: 2_100_000_000_000_000,
        keyOffset: 'one',
        isRedeemed: false,
        lockingScript: Uint8Array.of(0, 255),
      },
      {
        userId,
        actionId: otherActionId,
        satoshis: 0,
        keyOffset: '',
        isRedeemed: true,
        lockingScript: new Uint8Array(0),
      },
    ],
    keyOf: ({ commissionId }) => ({ commissionId }),
    changes: { isRedeemed: true, satoshis: 5 },
  }),
  tableCases({
    table: 'certificates',
    repository: (tx) => tx.certificates,
    rows: ({ userId }) => [
      { ...CERTIFICATE, userId, serialNumber: 'one', verifier: null, isDeleted: false },
      { ...CERTIFICATE, userId, serialNumber: 'two', verifier: 'verifier', isDeleted: true },
    ],
    keyOf: ({ certificateId }) => ({ certificateId }),
    changes: { verifier: 'another', signature: '30' },
    sameUniqueKey: (row) => ({ ...row, signature: 'other' }),
  }),
  tableCases({
    table: 'certificateFields',
    repository: (tx) => tx.certificateFields,
    rows: ({ userId, certificateId }) => [
      { userId, certificateId, fieldName: 'Name', fieldValue: 'Ada', masterKey: 'key' },
      { userId, certificateId, fieldName: 'name', fieldValue: '', masterKey: '' },
    ],
    keyOf: ({ certificateId, fieldName }) => ({ certificateId, fieldName }),
    changes: { fieldValue: 'Grace' },
    sameUniqueKey: (row) => ({ ...row, fieldValue: 'other' }),
  }),
  tableCases({
    table: 'settings',
    repository: (tx) => tx.settings,
    rows: () => [
      { storageIdentityKey: 'contract-1', storageName: 'one', chain: 'test', dbtype: 'SQLite', maxOutputScript: 1024 },
    ],
    keyOf: ({ storageIdentityKey }) => ({ storageIdentityKey }),
    changes: { storageName: 'renamed', maxOutputScript: 256 },
  }),
  tableCases({
    table: 'syncStates',
    repository: (tx) => tx.syncStates,
    rows: ({ userId }) => [
      {
        userId,
        storageIdentityKey: 'there',
        storageName: 'there',
        status: 'success',
        init: true,
        refNum: 'one',
        syncMap: '{"transaction":{"idMap":{"1":2}}}',
        when: new Date('2026-01-01T00:00:00.007Z'),
        satoshis: 2_100_000_000_000_000,
        errorLocal: '{}',
        errorOther: 'other',
      },
      {
        userId,
        storageIdentityKey: 'elsewhere',
        storageName: 'elsewhere',
        status: 'unknown',
        init: false,
        refNum: 'two',
        syncMap: '{}',
        when: null,
        satoshis: null,
        errorLocal: null,
        errorOther: null,
      },
    ],
    keyOf: ({ syncStateId }) => ({ syncStateId }),
    changes: { status: 'error', when: null, satoshis: 5 },
    sameUniqueKey: (row) => ({ ...row, status: 'error' }),
  }),
  tableCases({
    table: 'monitorEvents',
    repository: (tx) => tx.monitorEvents,
    rows: () => [
      { event: 'error0', details: null },
      { event: 'error0', details: '{"stack":"…"}' },
    ],
    keyOf: ({ id }) => ({ id }),
    changes: { details: 'more' },
  }),
  [
    defineCase('sync arrivals: rows are kept by user, entity and key', async (store) => {
      const { userId } = await seedUser(store)
      const row = { userId, entity: 'output', key: '17', arrivedAt: new Date('2026-01-01T00:00:00.007Z') }
      await store.write(async ({ syncArrivals }) => {
        assert.deepEqual(await syncArrivals.insert(row), row)
        assert.deepEqual(await syncArrivals.insertIfAbsent({ ...row, arrivedAt: new Date(0) }), {
          row,
          inserted: false,
        })
        const { arrivedAt, ...key } = row
        assert.deepEqual(await syncArrivals.get(key), row)
        const later = new Date(arrivedAt.getTime() + 1)
        assert.isTrue(await syncArrivals.update(key, { arrivedAt: later }))
        assert.deepEqual(await syncArrivals.find({ userId }), [{ ...row, arrivedAt: later }])
        assert.isTrue(await syncArrivals.delete(key))
        assert.isFalse(await syncArrivals.delete(key))
      })
    }),

    // No index makes this key unique in legacy databases, whose table is kept; so only calls one after another are claimed.
    defineCase('settings: insertIfAbsent answers with the row that is there', async (store) => {
      const row = {
        storageIdentityKey: 'contract-1',
        storageName: 'one',
        chain: 'test',
        dbtype: 'SQLite',
        maxOutputScript: 1,
      }
      const first = await store.write((tx) => tx.settings.insertIfAbsent(row))
      assert.isTrue(first.inserted)
      const second = await store.write((tx) => tx.settings.insertIfAbsent({ ...row, storageName: 'other' }))
      assert.deepEqual(second, { row: first.row, inserted: false })
    }),
  ],
].flat()

const CERTIFICATE = {
  type: 'type',
  certifier: 'certifier',
  subject: 'subject',
  revocationOutpoint: `${'0'.repeat(64)}.0`,
  signature: 'signature',
}

/** Rows that other tables' rows point at. */
interface World {
  readonly userId: number
  readonly actionId: number
  readonly otherActionId: number
  readonly outputId: number
  readonly tagIds: readonly number[]
  readonly labelIds: readonly number[]
  readonly certificateId: number
}

interface Stamped {
  readonly createdAt: Date
  readonly updatedAt: Date
}

interface TableClaims<Row extends Stamped, Key extends keyof Row, Generated extends keyof Row> {
  readonly table: string
  readonly repository: (tx: StoreWriter) => EntityWriter<Row, Key, Generated>
  readonly rows: (world: World) => readonly NewEntity<Row, Generated>[]
  readonly keyOf: (row: Row) => KeyOf<Row, Key>
  readonly changes: Partial<Omit<Row, Key | 'createdAt'>>
  /** Another row with the same unique key, for tables that have one beside the generated number. */
  readonly sameUniqueKey?: (row: NewEntity<Row, Generated>) => NewEntity<Row, Generated>
}

function tableCases<Row extends Stamped, Key extends keyof Row, Generated extends keyof Row>(
  claims: TableClaims<Row, Key, Generated>,
): ContractCase[] {
  const { table, repository, keyOf } = claims
  const roundTrip = defineCase(`${table}: a row is inserted, read, changed and deleted by its key`, async (store) => {
    const world = await seedWorld(store)
    for (const columns of claims.rows(world)) {
      await store.write(async (tx) => {
        const entities = repository(tx)
        const before = await entities.count({})
        const row = await entities.insert(columns)
        assert.deepEqual({ ...row, ...columns }, row)
        assert.instanceOf(row.createdAt, Date)
        assert.instanceOf(row.updatedAt, Date)
        assert.deepEqual(await entities.get(keyOf(row)), row)
        assert.strictEqual(await entities.count({}), before + 1)

        assert.isTrue(await entities.update(keyOf(row), claims.changes))
        const changed = present(await entities.get(keyOf(row)), 'the changed row')
        assert.deepEqual(changed, { ...row, ...claims.changes, updatedAt: changed.updatedAt })
        assert.isAtLeast(changed.updatedAt.getTime(), row.updatedAt.getTime())

        assert.isTrue(await entities.delete(keyOf(row)))
        assert.isUndefined(await entities.get(keyOf(row)))
        assert.isFalse(await entities.delete(keyOf(row)))
        assert.isFalse(await entities.update(keyOf(row), claims.changes))
        assert.strictEqual(await entities.count({}), before)
      })
    }
  })
  const times = defineCase(`${table}: given timestamps are kept, on insert and on update`, async (store) => {
    const world = await seedWorld(store)
    const columns = present(claims.rows(world)[0], 'a row')
    const stamps = { createdAt: new Date('2026-01-01T00:00:00.003Z'), updatedAt: new Date('2026-01-01T00:00:00.004Z') }
    const row = await store.write((tx) => repository(tx).insert({ ...columns, ...stamps }))
    assert.deepEqual([row.createdAt, row.updatedAt], [stamps.createdAt, stamps.updatedAt])
    const updatedAt = new Date('2026-01-01T00:00:00.005Z')
    await store.write((tx) => repository(tx).update(keyOf(row), { ...claims.changes, updatedAt }))
    const changed = await store.write((tx) => repository(tx).get(keyOf(row)))
    assert.deepEqual([changed?.createdAt, changed?.updatedAt], [stamps.createdAt, updatedAt])
  })
  return claims.sameUniqueKey === undefined ? [roundTrip, times] : [roundTrip, times, uniqueKeyCase(claims)]
}

function uniqueKeyCase<Row extends Stamped, Key extends keyof Row, Generated extends keyof Row>(
  claims: TableClaims<Row, Key, Generated>,
): ContractCase {
  const { table, repository, sameUniqueKey } = claims
  return defineCase(
    `${table}: a taken unique key is refused by insert and answered by insertIfAbsent`,
    async (store) => {
      const world = await seedWorld(store)
      const columns = present(claims.rows(world)[0], 'a row')
      const first = await store.write((tx) => repository(tx).insertIfAbsent(columns))
      assert.isTrue(first.inserted)
      const rival = sameUniqueKey?.(columns) ?? columns
      await assertRefused(
        store.write((tx) => repository(tx).insert(rival)),
        'UNIQUE_VIOLATION',
        `a second row in ${table}`,
      )
      const second = await store.write((tx) => repository(tx).insertIfAbsent(rival))
      assert.deepEqual(second, { row: first.row, inserted: false })
      assert.deepEqual(await store.write((tx) => repository(tx).get(claims.keyOf(first.row))), first.row)
    },
  )
}

async function seedWorld(store: Store): Promise<World> {
  const user = await seedUser(store)
  const { userId } = user
  const { action, outputs } = await seedAction(store, { ...user, outputs: [1] })
  const other = await seedAction(store, { ...user, outputs: [] })
  return store.write(async (tx) => {
    const tags = [
      await tx.tags.insert({ userId, tag: 'seeded 1', isDeleted: false }),
      await tx.tags.insert({ userId, tag: 'seeded 2', isDeleted: false }),
    ]
    const labels = [
      await tx.labels.insert({ userId, label: 'seeded 1', isDeleted: false }),
      await tx.labels.insert({ userId, label: 'seeded 2', isDeleted: false }),
    ]
    const certificate = await tx.certificates.insert({
      ...CERTIFICATE,
      userId,
      serialNumber: 'seeded',
      verifier: null,
      isDeleted: false,
    })
    return {
      userId,
      actionId: action.actionId,
      otherActionId: other.action.actionId,
      outputId: present(outputs[0], 'an output').outputId,
      tagIds: tags.map((row) => row.outputTagId),
      labelIds: labels.map((row) => row.txLabelId),
      certificateId: certificate.certificateId,
    }
  })
}
