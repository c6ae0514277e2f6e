import { assert } from 'chai'
import { seedAction, seedChainTip } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused } from '../store-contract/assertions.js'
import { auditOf, detailsOf, movesOf, outputOf, serviceCase, transactionOf } from './service-case.js'

/** docs/spec/lifecycle.md §2 and §3 steps 1–4. */
export const transitionCases: readonly ContractCase[] = [
  serviceCase('transition: status, audit row and flags of its outputs change together', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, outputs } = await seedAction(store, { userId, processing: 'sending' })
    const { transactionId } = transaction
    const result = await service.as('task:send').transition({
      transactionId,
      expectedFrom: 'sending',
      to: 'sent',
      provider: 'arc',
      providerStatus: 'STORED',
      details: { why: 'accepted' },
    })
    assert.strictEqual(result.outcome, 'updated')
    const row = await transactionOf(store, transactionId)
    assert.strictEqual(row.processing, 'sent')
    assert.strictEqual(row.lastProvider, 'arc')
    assert.strictEqual(row.lastProviderStatus, 'STORED')
    assert.isTrue(row.wasBroadcast)
    const changes = await auditOf(store, transactionId, 'processing.changed')
    assert.deepEqual(
      changes.map(({ fromState, toState }) => [fromState, toState]),
      [['sending', 'sent']],
    )
    assert.deepInclude(detailsOf(changes[0]), { who: 'task:send', why: 'accepted', provider: 'arc' })
    const output = await outputOf(store, outputs[0]!)
    assert.isTrue(output.spendable)
    assert.isFalse(output.pending)
  }),

  serviceCase('transition: another status than expected is stale and changes nothing', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'sent' })
    const { transactionId } = transaction
    const before = await transactionOf(store, transactionId)
    assert.deepEqual(await service.transition({ transactionId, expectedFrom: 'queued', to: 'sending' }), {
      outcome: 'stale',
    })
    assert.deepEqual(await transactionOf(store, transactionId), before)
    assert.deepEqual(await auditOf(store, transactionId), [])
  }),

  serviceCase('transition: another version than expected is stale and changes nothing', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId, rowVersion } = transaction
    await service.setBatch([transactionId], 'batch')
    const request = { transactionId, expectedFrom: 'queued', to: 'sending', expectedVersion: rowVersion } as const
    assert.deepEqual(await service.transition(request), { outcome: 'stale' })
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'queued')
    assert.deepEqual(await movesOf(store, transactionId), [])
  }),

  serviceCase('transition: every move raises the version', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId, rowVersion } = transaction
    await service.transition({ transactionId, expectedFrom: 'queued', to: 'sending', expectedVersion: rowVersion })
    assert.isAbove((await transactionOf(store, transactionId)).rowVersion, rowVersion)
  }),

  serviceCase('transition: a rejected edge throws, changes nothing and is logged', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, outputs } = await seedAction(store, { userId, processing: 'invalid' })
    const { transactionId } = transaction
    const move = service.transition({ transactionId, expectedFrom: 'invalid', to: 'sent', details: { why: 'test' } })
    await assertRefused(move, 'ILLEGAL_TRANSITION', 'invalid to sent')
    assert.deepEqual(await transactionOf(store, transactionId), transaction)
    assert.isFalse((await outputOf(store, outputs[0]!)).spendable)
    const audit = await auditOf(store, transactionId)
    assert.deepEqual(
      audit.map(({ event, fromState, toState }) => [event, fromState, toState]),
      [['processing.rejected', 'invalid', 'sent']],
    )
    assert.deepInclude(detailsOf(audit[0]), { who: 'test', why: 'test' })
  }),

  serviceCase(
    'transition: unconfirmed and confirmed are refused, whatever the table says',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      for (const from of ['seen', 'unfail', 'reorging'] as const) {
        const { transaction } = await seedAction(store, { userId, processing: from })
        const { transactionId } = transaction
        for (const to of ['unconfirmed', 'confirmed'] as const) {
          const move = service.transition({ transactionId, expectedFrom: from, to })
          await assertRefused(move, 'ILLEGAL_TRANSITION', `${from} to ${to}`)
        }
        assert.lengthOf(await auditOf(store, transactionId, 'processing.rejected'), 2)
      }
    },
  ),

  serviceCase('transition: a transaction that is not there is not found', async ({ service }) => {
    const move = service.transition({ transactionId: 404, expectedFrom: 'queued', to: 'sending' })
    await assertRefused(move, 'NOT_FOUND', 'transaction 404')
  }),

  serviceCase(
    'transition: the same status again is a refresh and writes no change of status',
    async ({ store, service, clock }) => {
      const { userId } = await seedUser(store)
      const { transaction } = await seedAction(store, { userId, processing: 'sending' })
      const { transactionId } = transaction
      const nextActionAt = new Date(clock.now().getTime() + 60_000)
      const move = { transactionId, expectedFrom: 'sending', to: 'sending', provider: 'arc', nextActionAt } as const
      assert.strictEqual((await service.transition(move)).outcome, 'updated')
      const row = await transactionOf(store, transactionId)
      assert.strictEqual(row.lastProvider, 'arc')
      assert.deepEqual(row.nextActionAt, nextActionAt)
      assert.deepEqual(await movesOf(store, transactionId), [])
    },
  ),

  serviceCase('transition: a status that is not terminal always has a next look', async ({ store, service, clock }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId } = transaction
    await service.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
    assert.deepEqual((await transactionOf(store, transactionId)).nextActionAt, clock.now())
    await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
    assert.isNull((await transactionOf(store, transactionId)).nextActionAt)
    await service.transition({ transactionId, expectedFrom: 'invalid', to: 'unfail' })
    assert.deepEqual((await transactionOf(store, transactionId)).nextActionAt, clock.now())
  }),

  serviceCase(
    'transition: what an operator froze has no next look, and says why',
    async ({ store, service, clock }) => {
      const { userId } = await seedUser(store)
      const { transaction } = await seedAction(store, { userId, processing: 'sending' })
      const { transactionId } = transaction
      await assertRefused(
        service.transition({ transactionId, expectedFrom: 'sending', to: 'frozen' }),
        'INVALID_PARAMETER',
        'frozen without a reason',
      )
      await service.transition({
        transactionId,
        expectedFrom: 'sending',
        to: 'frozen',
        frozenReason: 'operator: audit',
      })
      const frozen = await transactionOf(store, transactionId)
      assert.isNull(frozen.nextActionAt)
      assert.strictEqual(frozen.frozenReason, 'operator: audit')
      await service.transition({ transactionId, expectedFrom: 'frozen', to: 'queued' })
      const thawed = await transactionOf(store, transactionId)
      assert.deepEqual(thawed.nextActionAt, clock.now())
      assert.isNull(thawed.frozenReason)
      const other = await seedAction(store, { userId, processing: 'sending' })
      await service.transition({
        transactionId: other.transaction.transactionId,
        expectedFrom: 'sending',
        to: 'frozen',
        frozenReason: 'legacy-uncertain',
      })
      assert.isNotNull((await transactionOf(store, other.transaction.transactionId)).nextActionAt)
    },
  ),

  serviceCase(
    'transition: outputs of a failed transaction cannot be used, and its inputs stay locked',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const coins = await seedAction(store, { userId, processing: 'sent' })
      const spender = await seedAction(store, { userId, processing: 'sending', spends: coins.outputs })
      const { transactionId } = spender.transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
      const made = await outputOf(store, spender.outputs[0]!)
      assert.isFalse(made.spendable || made.pending)
      const input = await outputOf(store, coins.outputs[0]!)
      assert.strictEqual(input.spentByActionId, spender.action.actionId)
      assert.isFalse(input.spendable)
    },
  ),

  serviceCase(
    'transition: a failure wakes the task that asks the network about its inputs',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const { transaction } = await seedAction(store, { userId, processing: 'sending' })
      const { transactionId } = transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'invalid' })
      const task = await store.read((tx) => tx.tasks.find('release_inputs'))
      assert.isAbove(task?.wakeSeq ?? 0, task?.doneSeq ?? 0)
    },
  ),

  serviceCase('transition: unfail and reorging leave the flags as they are', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    await seedChainTip(store, 200)
    const dead = await seedAction(store, { userId, processing: 'invalid' })
    const live = await seedAction(store, { userId, processing: 'confirmed', height: 100 })
    await service.transition({ transactionId: dead.transaction.transactionId, expectedFrom: 'invalid', to: 'unfail' })
    await service.transition({
      transactionId: live.transaction.transactionId,
      expectedFrom: 'confirmed',
      to: 'reorging',
    })
    assert.isFalse((await outputOf(store, dead.outputs[0]!)).spendable)
    assert.isTrue((await outputOf(store, live.outputs[0]!)).spendable)
  }),

  serviceCase('transition: the two ends of an unfail are events of their own', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'invalid' })
    const { transactionId } = transaction
    await service.transition({ transactionId, expectedFrom: 'invalid', to: 'unfail' })
    await service.transition({ transactionId, expectedFrom: 'unfail', to: 'seen' })
    assert.lengthOf(await auditOf(store, transactionId, 'unfail.requested'), 1)
    assert.lengthOf(await auditOf(store, transactionId, 'unfail.resolved'), 1)
    assert.deepEqual(await movesOf(store, transactionId), ['invalid→unfail', 'unfail→seen'])
  }),

  serviceCase(
    'transitionMany: says which moved, which were stale and which the table rejects',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const queued = await seedAction(store, { userId, processing: 'queued' })
      const frozen = await seedAction(store, { userId, processing: 'frozen' })
      const moved = await seedAction(store, { userId, processing: 'sent' })
      const dead = await seedAction(store, { userId, processing: 'invalid' })
      const idOf = (seeded: typeof queued): number => seeded.transaction.transactionId
      const result = await service.transitionMany({
        to: 'sending',
        transactions: [
          { transactionId: idOf(queued), expectedFrom: 'queued' },
          { transactionId: idOf(frozen), expectedFrom: 'frozen' },
          { transactionId: idOf(moved), expectedFrom: 'queued' },
          { transactionId: idOf(dead), expectedFrom: 'invalid' },
          { transactionId: 404, expectedFrom: 'queued' },
        ],
      })
      assert.sameMembers([...result.updated], [idOf(queued), idOf(frozen)])
      assert.sameMembers([...result.stale], [idOf(moved), 404])
      assert.deepEqual(result.rejected, [idOf(dead)])
      assert.deepEqual(await movesOf(store, idOf(queued)), ['queued→sending'])
      assert.deepEqual(await movesOf(store, idOf(frozen)), ['frozen→sending'])
      assert.deepEqual(
        (await auditOf(store, idOf(dead))).map(({ event }) => event),
        ['processing.rejected'],
      )
      assert.strictEqual((await transactionOf(store, idOf(moved))).processing, 'sent')
    },
  ),

  serviceCase('transitionMany: outputs of every moved transaction get their flags', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const seeded = [
      await seedAction(store, { userId, processing: 'sending', outputs: [1, 2] }),
      await seedAction(store, { userId, processing: 'sending', outputs: [3] }),
    ]
    await service.transitionMany({
      to: 'seen',
      transactions: seeded.map(({ transaction: { transactionId, rowVersion } }) => ({
        transactionId,
        expectedFrom: 'sending',
        expectedVersion: rowVersion,
      })),
    })
    for (const output of seeded.flatMap(({ outputs }) => outputs)) {
      assert.isTrue((await outputOf(store, output)).spendable)
    }
  }),
]
