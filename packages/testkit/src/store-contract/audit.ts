import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { present, rejection } from './assertions.js'

/** `tx.audit`. */
export const auditCases: readonly ContractCase[] = [
  defineCase('audit: a row comes back as it was appended, with a number of its own', async (store) => {
    const { userId } = await seedUser(store)
    const { action, transaction } = await seedAction(store, { userId })
    const full = {
      transactionId: transaction.transactionId,
      actionId: action.actionId,
      event: 'processing.changed' as const,
      fromState: 'queued',
      toState: 'sending',
      detailsJson: '{"who":"task:send"}',
      createdAt: new Date('2026-01-01T00:00:00.003Z'),
    }
    const before = (await store.read((tx) => tx.audit.listAfter({ limit: 100 }))).length
    await store.write((tx) => tx.audit.append([full, { event: 'migration.started' }]))
    const rows = (await store.read((tx) => tx.audit.listAfter({ limit: 100 }))).slice(before)
    const [first, second] = [present(rows[0], 'the first row'), present(rows[1], 'the second row')]
    assert.deepInclude(first, full)
    assert.deepInclude(second, {
      transactionId: null,
      actionId: null,
      event: 'migration.started',
      fromState: null,
      toState: null,
      detailsJson: null,
    })
    assert.isAbove(second.auditId, first.auditId)
    assert.instanceOf(second.createdAt, Date)
  }),

  defineCase('audit: rows are found by transaction and by action, oldest first', async (store) => {
    const { userId } = await seedUser(store)
    const { action, transaction } = await seedAction(store, { userId })
    const { transactionId } = transaction
    const { actionId } = action
    await store.write(async (tx) => {
      await tx.audit.append([
        { event: 'transaction.created', transactionId, toState: '1' },
        { event: 'action.created', actionId, toState: '2' },
        { event: 'broadcast.attempt', transactionId, actionId, toState: '3' },
      ])
      await tx.audit.append([{ event: 'broadcast.result', transactionId, toState: '4' }])
      await tx.audit.append([])
    })
    await store.read(async ({ audit }) => {
      const steps = (rows: readonly { toState: string | null }[]) => rows.map((row) => row.toState)
      assert.deepEqual(steps(await audit.findByTransaction(transactionId)), ['1', '3', '4'])
      assert.deepEqual(steps(await audit.findByAction(actionId)), ['2', '3'])
      assert.deepEqual(await audit.findByTransaction(999_999), [])
      assert.deepEqual(await audit.findByAction(999_999), [])
    })
  }),

  defineCase('audit: listAfter follows the log page by page, of one event or of all', async (store) => {
    const events = ['input.kept', 'input.released', 'input.kept', 'input.kept'] as const
    await store.write((tx) => tx.audit.append(events.map((event, index) => ({ event, toState: String(index) }))))
    await store.read(async ({ audit }) => {
      const first = await audit.listAfter({ limit: 2 })
      assert.deepEqual(
        first.map((row) => row.toState),
        ['0', '1'],
      )
      const afterId = present(first[1], 'the second row').auditId
      const rest = await audit.listAfter({ afterId, limit: 10 })
      assert.deepEqual(
        rest.map((row) => row.toState),
        ['2', '3'],
      )
      const kept = await audit.listAfter({ event: 'input.kept', limit: 2 })
      assert.deepEqual(
        kept.map((row) => row.toState),
        ['0', '2'],
      )
      const last = await audit.listAfter({ event: 'input.kept', afterId: present(kept[1], 'a row').auditId, limit: 2 })
      assert.deepEqual(
        last.map((row) => row.toState),
        ['3'],
      )
    })
  }),

  defineCase('audit: findLast gives the newest row of one event', async (store) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId })
    const other = await seedAction(store, { userId })
    const { transactionId } = transaction
    await store.write((tx) =>
      tx.audit.append([
        { event: 'processing.changed', transactionId, toState: 'sending' },
        { event: 'processing.changed', transactionId, toState: 'invalid' },
        { event: 'unfail.requested', transactionId },
        { event: 'processing.changed', transactionId: other.transaction.transactionId, toState: 'sent' },
      ]),
    )
    await store.read(async ({ audit }) => {
      assert.strictEqual((await audit.findLast(transactionId, 'processing.changed'))?.toState, 'invalid')
      assert.isUndefined(await audit.findLast(transactionId, 'proof.acquired'))
    })
  }),

  defineCase('audit: what was appended in a unit that failed is gone with it', async (store) => {
    await rejection(
      store.write(async (tx) => {
        await tx.audit.append([{ event: 'reorg.detected' }])
        throw new Error('on purpose')
      }),
      'a write that throws',
    )
    assert.deepEqual(await store.read((tx) => tx.audit.listAfter({ event: 'reorg.detected', limit: 10 })), [])
  }),
]
