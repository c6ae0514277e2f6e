import { assert } from 'chai'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused, rejection } from '../store-contract/assertions.js'
import { auditOf, movesOf, serviceCase, transactionOf } from './service-case.js'

/** docs/spec/lifecycle.md §3: methods compose inside one unit of work. */
export const unitCases: readonly ContractCase[] = [
  serviceCase('units: two methods in one unit commit together', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId } = transaction
    await store.write(async (tx) => {
      const inside = service.in(tx)
      await inside.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
      await inside.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
    })
    assert.deepEqual(await movesOf(store, transactionId), ['queued→sending', 'sending→sent'])
  }),

  serviceCase('units: a failure after a move takes the move back, and its audit row', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId } = transaction
    const boom = new Error('boom')
    const unit = service.unit(async (inside) => {
      await inside.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
      throw boom
    })
    assert.strictEqual(await rejection(unit, 'the unit'), boom)
    assert.strictEqual((await transactionOf(store, transactionId)).processing, 'queued')
    assert.deepEqual(await auditOf(store, transactionId), [])
  }),

  serviceCase(
    'units: a move rejected inside a unit is logged although the unit is rolled back',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const first = await seedAction(store, { userId, processing: 'queued' })
      const second = await seedAction(store, { userId, processing: 'confirmed' })
      const unit = service.unit(async (inside) => {
        await inside.transition({
          transactionId: first.transaction.transactionId,
          expectedFrom: 'queued',
          to: 'sending',
        })
        await inside.transition({
          transactionId: second.transaction.transactionId,
          expectedFrom: 'confirmed',
          to: 'sent',
        })
      })
      await assertRefused(unit, 'ILLEGAL_TRANSITION', 'the unit')
      assert.deepEqual(await auditOf(store, first.transaction.transactionId), [])
      assert.lengthOf(await auditOf(store, second.transaction.transactionId, 'processing.rejected'), 1)
    },
  ),

  serviceCase('units: a lease that is no longer held lets nothing through', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId } = transaction
    const claim = await service.tryClaimLease({ taskName: 'send', ownerId: 'one', ttlMs: 60_000, evenIfNotDue: true })
    if (!claim.claimed) assert.fail('the lease is free')
    const { fence } = claim.lease
    const guarded = service.guardedBy({ taskName: 'send', ownerId: 'one', fence })
    await guarded.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
    assert.isTrue(await service.releaseLease({ taskName: 'send', ownerId: 'one', fence }))
    const late = guarded.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
    await assertRefused(late, 'LEASE_LOST', 'a write after the release')
    assert.deepEqual(await movesOf(store, transactionId), ['queued→sending'])
  }),

  serviceCase(
    'leases: one owner at a time, renewed while it works, fence rising with each claim',
    async ({ service }) => {
      const claim = { taskName: 'proof', ownerId: 'one', ttlMs: 60_000, evenIfNotDue: true }
      const first = await service.tryClaimLease(claim)
      if (!first.claimed) assert.fail('the lease is free')
      assert.deepEqual(await service.tryClaimLease({ ...claim, ownerId: 'two' }), { claimed: false, reason: 'held' })
      const guard = { taskName: 'proof', ownerId: 'one', fence: first.lease.fence }
      assert.strictEqual((await service.renewLease(guard, 60_000))?.renewCount, 1)
      assert.isTrue(await service.releaseLease(guard))
      assert.isUndefined(await service.renewLease(guard, 60_000))
      const second = await service.tryClaimLease({ ...claim, ownerId: 'two' })
      if (!second.claimed) assert.fail('the lease is free again')
      assert.isAbove(second.lease.fence, first.lease.fence)
    },
  ),
]
