import type { ChangedRow, Store, StoreWriter, SyncEntity } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'

/** `tx.sync`. */
export const syncCases: readonly ContractCase[] = [
  defineCase('sync: changed rows come in order of their key, whenever they changed, page by page', async (store) => {
    const { userId } = await seedUser(store)
    const { userId: other } = await seedUser(store)
    const ids = await store.write(async (tx) => [
      await insertLabel(tx, userId, 'b', 2),
      await insertLabel(tx, userId, 'a', 2),
      await insertLabel(tx, userId, 'c', 1),
      await insertLabel(tx, other, 'a', 1),
      await insertLabel(tx, userId, 'd', 3),
    ])
    const [b, a, c, , d] = ids
    const page = (limit: number, offset?: number) =>
      store.read((tx) =>
        tx.sync.listChanged({ userId, entity: 'txLabel', limit, ...(offset === undefined ? {} : { offset }) }),
      )
    assert.deepEqual(await page(10), [changed(2, b), changed(2, a), changed(1, c), changed(3, d)])
    assert.deepEqual(await page(2), [changed(2, b), changed(2, a)])
    assert.deepEqual(await page(2, 2), [changed(1, c), changed(3, d)])
    assert.deepEqual(await page(2, 4), [])
  }),

  defineCase('sync: since is inclusive', async (store) => {
    const { userId } = await seedUser(store)
    const [, two, three] = await store.write(async (tx) => [
      await insertLabel(tx, userId, 'one', 1),
      await insertLabel(tx, userId, 'two', 2),
      await insertLabel(tx, userId, 'three', 3),
    ])
    const rows = await store.read((tx) =>
      tx.sync.listChanged({ userId, entity: 'txLabel', since: second(2), limit: 10 }),
    )
    assert.deepEqual(rows, [changed(2, two), changed(3, three)])
  }),

  defineCase('sync: a change of a transaction is a change of every action that has it', async (store) => {
    const { userId } = await seedUser(store)
    const { action, transaction } = await seedAction(store, { userId, processing: 'confirmed' })
    const draft = await seedAction(store, { userId, processing: 'draft' })
    const later = await store.write(async (tx) => {
      await tx.actions.update(action.actionId, { updatedAt: second(1) })
      await tx.actions.update(draft.action.actionId, { updatedAt: second(2) })
      return tx.transactions.update(transaction.transactionId, { attempts: 1 })
    })
    assert.isDefined(later)
    const key = [action.actionId]
    for (const entity of ['transaction', 'provenTx', 'provenTxReq'] as const) {
      const rows = await list(store, userId, entity)
      assert.deepInclude(rows, { key, changedAt: later?.updatedAt }, entity)
      assert.lengthOf(rows, entity === 'transaction' ? 2 : 1, entity)
    }
  }),

  defineCase('sync: only what is confirmed has a proof to send, only what has bytes a request', async (store) => {
    const { userId } = await seedUser(store)
    const sent = await seedAction(store, { userId, processing: 'sent' })
    await seedAction(store, {
      userId,
      processing: 'frozen',
      transaction: { rawTx: null, frozenReason: 'no-raw-tx' },
    })
    assert.deepEqual(await list(store, userId, 'provenTx'), [])
    assert.deepEqual(keys(await list(store, userId, 'provenTxReq')), [[sent.action.actionId]])
    assert.lengthOf(await list(store, userId, 'transaction'), 2)
  }),

  defineCase("sync: rows of every other entity are found by the user's own keys", async (store) => {
    const { userId } = await seedUser(store)
    const stranger = await seedUser(store)
    const mine = await seedAttachments(store, userId)
    await seedAttachments(store, stranger.userId)
    for (const [entity, expected] of Object.entries(mine) as [SyncEntity, (number | string)[][]][]) {
      assert.sameDeepMembers(keys(await list(store, userId, entity)), expected, entity)
    }
  }),

  defineCase('sync: arrivals are listed from a moment on, in order of arrival', async (store) => {
    const { userId } = await seedUser(store)
    await store.write(async (tx) => {
      for (const [key, at] of [
        ['9', 1],
        ['8', 3],
        ['10', 2],
        ['7', 3],
      ] as const) {
        await tx.syncArrivals.insert({ userId, entity: 'output', key, arrivedAt: second(at) })
      }
      await tx.syncArrivals.insert({ userId, entity: 'txLabel', key: '1', arrivedAt: second(3) })
    })
    const listed = await store.read((tx) => tx.sync.listArrived({ userId, entity: 'output', since: second(2) }))
    assert.deepEqual(listed, ['10', '7', '8'])
  }),

  defineCase('sync: an action and an output keep the moment of change they are given', async (store) => {
    const { userId } = await seedUser(store)
    const { action, outputs } = await seedAction(store, { userId })
    const outputId = outputs[0]?.outputId ?? 0
    await store.write(async (tx) => {
      await tx.actions.update(action.actionId, { description: 'changed', updatedAt: second(5) })
      await tx.outputs.update(outputId, { outputDescription: 'changed', updatedAt: second(6) })
    })
    await store.read(async (tx) => {
      assert.deepEqual((await tx.actions.findById(action.actionId))?.updatedAt, second(5))
      assert.deepEqual((await tx.outputs.findById(outputId))?.updatedAt, second(6))
    })
  }),
]

function list(store: Store, userId: number, entity: SyncEntity): Promise<ChangedRow[]> {
  return store.read((tx) => tx.sync.listChanged({ userId, entity, limit: 100 }))
}

function keys(rows: readonly ChangedRow[]): (number | string)[][] {
  return rows.map((row) => [...row.key])
}

async function insertLabel(tx: StoreWriter, userId: number, label: string, at: number): Promise<number> {
  const row = await tx.labels.insert({ userId, label, isDeleted: false, createdAt: second(0), updatedAt: second(at) })
  return row.txLabelId
}

/** A moment long past, so that nothing a store stamps by itself is older. */
function second(at: number): Date {
  return new Date(Date.UTC(2020, 0, 1, 0, 0, at, 7))
}

function changed(at: number, id: number | undefined): ChangedRow {
  return { key: [id ?? -1], changedAt: second(at) }
}

/** One row of each entity beside actions and transactions; two fields. */
async function seedAttachments(
  store: Store,
  userId: number,
): Promise<Partial<Record<SyncEntity, (number | string)[][]>>> {
  const { action, outputs } = await seedAction(store, { userId })
  const { actionId } = action
  const outputId = outputs[0]?.outputId ?? 0
  return store.write(async (tx) => {
    const { txLabelId } = await tx.labels.insert({ userId, label: 'a label', isDeleted: false })
    const { outputTagId } = await tx.tags.insert({ userId, tag: 'a tag', isDeleted: false })
    await tx.labelMaps.insert({ txLabelId, actionId, isDeleted: false })
    await tx.tagMaps.insert({ outputTagId, outputId, isDeleted: false })
    const { certificateId } = await tx.certificates.insert({
      userId,
      serialNumber: 'serial',
      type: 'type',
      certifier: 'certifier',
      subject: 'subject',
      verifier: null,
      revocationOutpoint: `${'0'.repeat(64)}.0`,
      signature: 'signature',
      isDeleted: false,
    })
    for (const fieldName of ['name', 'age']) {
      await tx.certificateFields.insert({ userId, certificateId, fieldName, fieldValue: 'value', masterKey: 'key' })
    }
    const { commissionId } = await tx.commissions.insert({
      userId,
      actionId,
      satoshis: 1,
      keyOffset: 'offset',
      isRedeemed: false,
      lockingScript: Uint8Array.of(0x51),
    })
    const baskets = await tx.baskets.find({ userId })
    return {
      output: [[outputId]],
      outputBasket: baskets.map(({ basketId }) => [basketId]),
      outputTag: [[outputTagId]],
      txLabel: [[txLabelId]],
      txLabelMap: [[txLabelId, actionId]],
      outputTagMap: [[outputTagId, outputId]],
      certificate: [[certificateId]],
      certificateField: [
        [certificateId, 'name'],
        [certificateId, 'age'],
      ],
      commission: [[commissionId]],
    }
  })
}
