import { PROCESSING_STATUSES, type ActionListQuery, type ActionRow, type Store } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'

/** `tx.actions.list` and `labelsOf`. */
export const actionListCases: readonly ContractCase[] = [
  defineCase('actions: list pages in order of id and counts everything the filter matches', async (store) => {
    const { userId } = await seedUser(store)
    const stranger = await seedUser(store)
    const rows: ActionRow[] = []
    for (let index = 0; index < 5; index++) rows.push((await seedAction(store, { userId })).action)
    await seedAction(store, { userId: stranger.userId })
    const ids = rows.map((row) => row.actionId)
    assert.deepEqual(await list(store, { userId, limit: 2 }), { ids: ids.slice(0, 2), total: 5 })
    assert.deepEqual(await list(store, { userId, limit: 2, offset: 3 }), { ids: ids.slice(3), total: 5 })
    assert.deepEqual(await list(store, { userId, limit: 2, offset: 5 }), { ids: [], total: 5 })
    assert.deepEqual(await list(store, { userId, limit: 2, offset: 500 }), { ids: [], total: 5 })
    assert.deepEqual(await list(store, { userId: 999_999, limit: 2 }), { ids: [], total: 0 })
  }),

  defineCase('actions: a listed action shows the txid and status of its transaction, a draft null', async (store) => {
    const { userId } = await seedUser(store)
    const signed = await seedAction(store, { userId, processing: 'sending' })
    const draft = await seedAction(store, { userId, processing: 'draft' })
    const { rows } = await store.read((tx) => tx.actions.list({ userId, limit: 10 }))
    assert.deepEqual(rows, [
      { ...signed.action, txid: signed.transaction.txid, processing: 'sending' },
      { ...draft.action, txid: null, processing: null },
    ])
  }),

  defineCase(
    'actions: list filters by status; drafts and aborted actions have switches of their own',
    async (store) => {
      const { userId } = await seedUser(store)
      const sent = (await seedAction(store, { userId, processing: 'sent' })).action.actionId
      const nosend = (await seedAction(store, { userId, processing: 'nosend' })).action.actionId
      const draft = (await seedAction(store, { userId, processing: 'draft' })).action.actionId
      const aborted = (await seedAction(store, { userId, processing: 'sent', action: { userAborted: true } })).action
        .actionId
      const abortedDraft = (await seedAction(store, { userId, processing: 'draft', action: { userAborted: true } }))
        .action.actionId
      const page = { userId, limit: 10 }
      const expectIds = async (query: Partial<ActionListQuery>, ids: number[]): Promise<void> =>
        assert.deepEqual(await list(store, { ...page, ...query }), { ids, total: ids.length }, JSON.stringify(query))

      await expectIds({}, [sent, nosend, draft, aborted, abortedDraft])
      await expectIds({ processing: ['sent'] }, [sent, draft, aborted, abortedDraft])
      await expectIds({ processing: ['sent', 'nosend'], includeDrafts: false }, [sent, nosend, aborted])
      await expectIds({ processing: ['sent'], includeDrafts: false, includeAborted: false }, [sent])
      await expectIds({ processing: [], includeDrafts: false }, [])
      await expectIds({ includeDrafts: false }, [sent, nosend, aborted])
      await expectIds({ includeAborted: false }, [sent, nosend, draft])
    },
  ),

  defineCase('actions: an action is failed or live to its user, and never both', async (store) => {
    const { userId } = await seedUser(store)
    const failed: number[] = []
    const live: number[] = []
    for (const processing of [...PROCESSING_STATUSES, 'draft'] as const) {
      for (const userAborted of [false, true]) {
        const seed = { userId, action: { userAborted } }
        const { action } = await (processing === 'draft'
          ? seedAction(store, { ...seed, processing })
          : seedAction(store, { ...seed, processing }))
        const status = processing === 'draft' ? undefined : processing
        const { transaction } = processingToLegacy(status, { aborted: userAborted, isOutgoing: true })
        const isFailed = transaction === 'failed' || transaction === 'unfail'
        ;(isFailed ? failed : live).push(action.actionId)
      }
    }
    const query = { userId, limit: 100 }
    assert.deepEqual(await list(store, { ...query, standing: 'failed' }), { ids: failed, total: failed.length })
    assert.deepEqual(await list(store, { ...query, standing: 'live' }), { ids: live, total: live.length })
    assert.isAbove(failed.length, 5)
    assert.isAbove(live.length, 5)
  }),

  defineCase('actions: a hidden action is listed only when asked for', async (store) => {
    const { userId } = await seedUser(store)
    const shown = (await seedAction(store, { userId })).action.actionId
    const hidden = (await seedAction(store, { userId, action: { hidden: true } })).action.actionId
    assert.deepEqual(await list(store, { userId, limit: 10 }), { ids: [shown], total: 1 })
    assert.deepEqual(await list(store, { userId, limit: 10, includeHidden: true }), { ids: [shown, hidden], total: 2 })
  }),

  defineCase(
    'actions: list takes createdAt from the first moment up to before the last, to the millisecond',
    async (store) => {
      const { userId } = await seedUser(store)
      const at = (ms: number): Date => new Date(Date.parse('2026-01-01T00:00:00.000Z') + ms)
      const ids: number[] = []
      for (const ms of [0, 1, 2, 3]) {
        ids.push((await seedAction(store, { userId, action: { createdAt: at(ms) } })).action.actionId)
      }
      const page = { userId, limit: 10 }
      assert.deepEqual((await list(store, { ...page, createdFrom: at(1), createdTo: at(3) })).ids, ids.slice(1, 3))
      assert.deepEqual((await list(store, { ...page, createdFrom: at(2) })).ids, ids.slice(2))
      assert.deepEqual((await list(store, { ...page, createdTo: at(1) })).ids, ids.slice(0, 1))
    },
  ),

  defineCase('actions: list needs any or all of the labels asked for, and sees no deleted map', async (store) => {
    const { userId } = await seedUser(store)
    const red = await label(store, userId, 'red')
    const blue = await label(store, userId, 'blue')
    const both = await labelled(store, userId, [red, blue])
    const onlyRed = await labelled(store, userId, [red])
    const wasBlue = await labelled(store, userId, [red])
    await store.write((tx) => tx.labelMaps.insert({ txLabelId: blue, actionId: wasBlue, isDeleted: true }))
    const none = await labelled(store, userId, [])
    const page = { userId, limit: 10 }
    const labelIds = [red, blue]
    assert.deepEqual(await list(store, { ...page, labelIds }), { ids: [both, onlyRed, wasBlue], total: 3 })
    assert.deepEqual(await list(store, { ...page, labelIds, labelMode: 'all' }), { ids: [both], total: 1 })
    assert.deepEqual(await list(store, { ...page, labelIds: [blue], labelMode: 'any' }), { ids: [both], total: 1 })
    assert.deepEqual(await list(store, { ...page, labelIds, limit: 1, offset: 9 }), { ids: [], total: 3 })
    assert.deepEqual((await list(store, page)).ids, [both, onlyRed, wasBlue, none])
  }),

  defineCase('actions: list with every label tolerates a label named twice', async (store) => {
    const { userId } = await seedUser(store)
    const red = await label(store, userId, 'red')
    const action = await labelled(store, userId, [red])
    const query = { userId, limit: 10, labelIds: [red, red], labelMode: 'all' as const }
    assert.deepEqual(await list(store, query), { ids: [action], total: 1 })
  }),

  defineCase(
    'actions: labelsOf gives live labels in order of id, and leaves out actions without any',
    async (store) => {
      const { userId } = await seedUser(store)
      const zebra = await label(store, userId, 'zebra')
      const apple = await label(store, userId, 'Apple')
      const deleted = await label(store, userId, 'deleted', true)
      const unmapped = await label(store, userId, 'unmapped')
      const some = await labelled(store, userId, [apple, zebra, deleted])
      const none = await labelled(store, userId, [deleted])
      await store.write((tx) => tx.labelMaps.insert({ txLabelId: unmapped, actionId: some, isDeleted: true }))
      const labels = await store.read((tx) => tx.actions.labelsOf([none, some, 999_999]))
      assert.deepEqual([...labels], [[some, ['zebra', 'Apple']]])
      assert.strictEqual((await store.read((tx) => tx.actions.labelsOf([]))).size, 0)
    },
  ),
]

async function list(store: Store, query: ActionListQuery): Promise<{ ids: number[]; total: number }> {
  const { rows, total } = await store.read((tx) => tx.actions.list(query))
  return { ids: rows.map((row) => row.actionId), total }
}

async function label(store: Store, userId: number, text: string, isDeleted = false): Promise<number> {
  return (await store.write((tx) => tx.labels.insert({ userId, label: text, isDeleted }))).txLabelId
}

async function labelled(store: Store, userId: number, labelIds: readonly number[]): Promise<number> {
  const { action } = await seedAction(store, { userId })
  await store.write(async (tx) => {
    for (const txLabelId of labelIds) {
      await tx.labelMaps.insert({ txLabelId, actionId: action.actionId, isDeleted: false })
    }
  })
  return action.actionId
}
