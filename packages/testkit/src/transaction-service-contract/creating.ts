import { UniqueViolationError, type Store } from '@txkeep/core'
import { TransactionService } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { buildCoinbase } from '../builders/build-coinbase.js'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineTwoStoreCase } from '../define-case.js'
import { assertRefused, assertSameBytes } from '../store-contract/assertions.js'
import { auditOf, detailsOf, outputOf, serviceCase } from './service-case.js'

/** docs/spec/lifecycle.md §9: finding and creating transactions and actions. */
export const creatingCases: readonly ContractCase[] = [
  serviceCase(
    'create: a new transaction is queued, due now, and its creation is in the audit',
    async ({ store, service, clock }) => {
      const built = buildTransaction()
      const inputBeef = Uint8Array.of(1, 2, 3)
      const { transaction, isNew } = await service.create({ txid: built.txid, rawTx: built.rawTx, inputBeef })
      assert.isTrue(isNew)
      assert.deepInclude(transaction, {
        txid: built.txid,
        processing: 'queued',
        wasBroadcast: false,
        isCoinbase: false,
      })
      assert.deepEqual(transaction.nextActionAt, clock.now())
      assertSameBytes(transaction.rawTx, built.rawTx, 'the raw transaction')
      assertSameBytes(transaction.inputBeef, inputBeef, 'the input BEEF')
      const [created] = await auditOf(store, transaction.transactionId)
      assert.deepInclude(created, { event: 'transaction.created', fromState: null, toState: 'queued' })
      assert.deepEqual(await service.findByTxid(built.txid), transaction)
      assert.deepEqual(await service.findById(transaction.transactionId), transaction)
    },
  ),

  serviceCase(
    'create: a second caller gets the stored row, whatever status it asks for',
    async ({ store, service }) => {
      const { txid, rawTx } = buildTransaction()
      const first = await service.create({ txid, rawTx, processing: 'nosend' })
      const second = await service.create({ txid, rawTx, processing: 'queued' })
      assert.isFalse(second.isNew)
      assert.deepEqual(second.transaction, first.transaction)
      assert.lengthOf(await auditOf(store, first.transaction.transactionId), 1)
    },
  ),

  serviceCase('create: bytes that are no transaction, or another one, are refused', async ({ store, service }) => {
    const { txid, rawTx } = buildTransaction()
    const broken = [Uint8Array.of(), Uint8Array.of(1, 2, 3), rawTx.slice(0, -1), Uint8Array.from([...rawTx, 0])]
    for (const bytes of [...broken, buildTransaction().rawTx]) {
      await assertRefused(service.create({ txid, rawTx: bytes }), 'INVALID_PARAMETER', `${bytes.length} bytes`)
    }
    await assertRefused(service.create({ txid: txid.toUpperCase(), rawTx }), 'INVALID_PARAMETER', 'an upper-case txid')
    assert.isUndefined(await store.read((tx) => tx.transactions.findByTxid(txid)))
  }),

  serviceCase('create: no transaction starts proven, failed or reorging', async ({ service }) => {
    const { txid, rawTx } = buildTransaction()
    for (const processing of ['unconfirmed', 'confirmed', 'invalid', 'doubleSpend', 'reorging', 'unfail']) {
      const request = { txid, rawTx, processing } as unknown as Parameters<typeof service.create>[0]
      await assertRefused(service.create(request), 'INVALID_PARAMETER', processing)
    }
    assert.isUndefined(await service.findByTxid(txid))
  }),

  serviceCase(
    'create: a transaction without its bytes can only be frozen, and gets them when they come',
    async ({ service }) => {
      const { txid, rawTx } = buildTransaction()
      await assertRefused(service.create({ txid, rawTx: null }), 'INVALID_PARAMETER', 'queued without bytes')
      await service.create({ txid, rawTx: null, processing: 'frozen', frozenReason: 'no-raw-tx' })
      const { transaction, isNew } = await service.create({ txid, rawTx })
      assert.isFalse(isNew)
      assertSameBytes(transaction.rawTx, rawTx, 'the raw transaction')
    },
  ),

  serviceCase('create: a coinbase is known by its bytes', async ({ service }) => {
    const { txid, rawTx } = buildCoinbase({ height: 800_000 })
    const { transaction } = await service.create({ txid, rawTx, processing: 'sent' })
    assert.isTrue(transaction.isCoinbase)
  }),

  serviceCase('create: a transaction stored as accepted holds the coins it consumes', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const coins = await seedAction(store, { userId, processing: 'sent' })
    const spends = coins.outputs.map(({ vout }) => ({ txid: coins.built.txid, vout }))
    const { txid, rawTx } = buildTransaction({ inputs: spends })
    await service.create({ txid, rawTx, processing: 'sent' })
    assert.strictEqual((await outputOf(store, coins.outputs[0]!)).withheld, 'spent-elsewhere')
  }),

  serviceCase(
    'findOrCreateForBroadcast: the same key gives the same row, another transaction under it is refused',
    async ({ service }) => {
      const { txid, rawTx } = buildTransaction()
      const first = await service.findOrCreateForBroadcast({ txid, rawTx, idempotencyKey: 'pay-1' })
      assert.isTrue(first.isNew)
      const again = await service.findOrCreateForBroadcast({ txid, rawTx, idempotencyKey: 'pay-1' })
      assert.isFalse(again.isNew)
      assert.deepEqual(again.transaction, first.transaction)
      const other = buildTransaction()
      await assertRefused(
        service.findOrCreateForBroadcast({ txid: other.txid, rawTx: other.rawTx, idempotencyKey: 'pay-1' }),
        'CONFLICT',
        'another transaction under the key',
      )
      const keyless = await service.findOrCreateForBroadcast({ txid, rawTx })
      assert.strictEqual(keyless.transaction.transactionId, first.transaction.transactionId)
    },
  ),

  serviceCase(
    'findOrCreateActionForTxid: the action of the user, found or created, once',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const { built, action, transaction } = await seedAction(store, { userId: alice.userId, processing: 'sent' })
      const request = { userId: bob.userId, txid: built.txid, reference: 'bob-1', labels: ['gift', 'gift'] }
      const made = await service.findOrCreateActionForTxid(request)
      assert.isTrue(made.isNew)
      assert.strictEqual(made.action.transactionId, transaction.transactionId)
      const found = await service.findOrCreateActionForTxid({ ...request, reference: 'bob-2', labels: ['late'] })
      assert.isFalse(found.isNew)
      assert.strictEqual(found.action.actionId, made.action.actionId)
      const labels = await store.read((tx) => tx.actions.labelsOf([made.action.actionId]))
      assert.sameMembers([...(labels.get(made.action.actionId) ?? [])], ['gift', 'late'])
      assert.strictEqual((await service.findActionByUserTxid(alice.userId, built.txid))?.actionId, action.actionId)
      assert.strictEqual((await service.findActionByUserTxid(bob.userId, built.txid))?.actionId, made.action.actionId)
      assert.strictEqual((await service.findActionByReference(bob.userId, 'bob-1'))?.actionId, made.action.actionId)
      assert.isUndefined(await service.findActionByReference(alice.userId, 'bob-1'))
      await assertRefused(
        service.findOrCreateActionForTxid({ ...request, txid: buildTransaction().txid }),
        'NOT_FOUND',
        'an unknown txid',
      )
    },
  ),

  serviceCase(
    'concurrency: any number of callers with one txid get one row and one audit row',
    async ({ store, service }) => {
      const { txid, rawTx } = buildTransaction()
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          service.findOrCreateForBroadcast({ txid, rawTx, idempotencyKey: `caller-${index % 2}` }),
        ),
      )
      assert.lengthOf(
        results.filter(({ isNew }) => isNew),
        1,
      )
      assert.strictEqual(new Set(results.map(({ transaction }) => transaction.transactionId)).size, 1)
      assert.lengthOf(await auditOf(store, results[0]!.transaction.transactionId, 'transaction.created'), 1)
    },
  ),

  defineTwoStoreCase(
    'concurrency: two processes that create one txid, and one action of it, share both',
    async (first, second) => {
      const { userId } = await seedUser(first)
      const { txid, rawTx } = buildTransaction()
      const services = [new TransactionService({ store: first }), new TransactionService({ store: second })]
      const created = await Promise.all(services.map((service) => service.create({ txid, rawTx })))
      assert.strictEqual(created[0]?.transaction.transactionId, created[1]?.transaction.transactionId)
      const actions = await Promise.all(
        services.map((service, index) =>
          service.findOrCreateActionForTxid({ userId, txid, reference: `view-${index}` }),
        ),
      )
      assert.strictEqual(actions[0]?.action.actionId, actions[1]?.action.actionId)
      assert.lengthOf(
        actions.filter(({ isNew }) => isNew),
        1,
      )
    },
  ),

  defineTwoStoreCase(
    'concurrency: two processes that move one transaction: one wins, the other is stale',
    async (first, second) => {
      const { userId } = await seedUser(first)
      const { transaction } = await seedAction(first, { userId, processing: 'queued' })
      const { transactionId, rowVersion } = transaction
      const results = await Promise.all(
        [first, second].map((store) =>
          new TransactionService({ store }).transition({
            transactionId,
            expectedFrom: 'queued',
            expectedVersion: rowVersion,
            to: 'sending',
          }),
        ),
      )
      assert.sameMembers(
        results.map(({ outcome }) => outcome),
        ['updated', 'stale'],
      )
      assert.lengthOf(await auditOf(first, transactionId, 'processing.changed'), 1)
    },
  ),

  defineTwoStoreCase(
    'concurrency: one idempotency key that two processes use for two transactions belongs to one',
    async (first, second) => {
      const results = await Promise.allSettled(
        [first, second].map((store) => {
          const { txid, rawTx } = buildTransaction()
          return new TransactionService({ store }).findOrCreateForBroadcast({ txid, rawTx, idempotencyKey: 'pay-1' })
        }),
      )
      assert.sameMembers(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      )
      const [refused] = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      await assertRefused(Promise.reject(refused), 'CONFLICT', 'the second transaction')
      assert.deepEqual(await first.read((tx) => tx.transactions.countByProcessing()), { queued: 1 })
    },
  ),

  defineTwoStoreCase('concurrency: two processes that draft with one coin: one gets it', async (first, second) => {
    const owner = await seedUser(first)
    const [coin] = await seedCoins(first, owner, [100])
    const { outputId } = coin!
    const results = await Promise.allSettled(
      [first, second].map((store, index) =>
        new TransactionService({ store }).createAction({
          userId: owner.userId,
          reference: `draft-${index}`,
          inputs: [{ outputId }],
        }),
      ),
    )
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.action.actionId] : []))
    assert.lengthOf(winners, 1)
    assert.strictEqual((await outputOf(first, { outputId })).spentByActionId, winners[0])
    const { total } = await first.read((tx) => tx.actions.list({ userId: owner.userId, limit: 9 }))
    assert.strictEqual(total, 2, 'the loser left no action behind')
  }),

  serviceCase(
    'concurrency: a caller that loses the race for a key finds what the winner stored',
    async ({ store, service }) => {
      const { txid, rawTx } = buildTransaction()
      let races = 1
      const racing: Store = {
        engineName: store.engineName,
        read: (work) => store.read(work),
        write: async (work, options) => {
          if (races-- > 0) {
            await service.create({ txid, rawTx })
            throw new UniqueViolationError('transactions')
          }
          return store.write(work, options)
        },
        close: () => store.close(),
      }
      const result = await new TransactionService({ store: racing }).create({ txid, rawTx })
      assert.isFalse(result.isNew)
      assert.strictEqual(result.transaction.txid, txid)
    },
  ),

  serviceCase('create: bytes that come later hold the coins they consume', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const coins = await seedAction(store, { userId, processing: 'sent' })
    const { txid, rawTx } = buildTransaction({ inputs: [{ txid: coins.built.txid, vout: 0 }] })
    await service.create({ txid, rawTx: null, processing: 'frozen', frozenReason: 'no-raw-tx' })
    assert.isTrue((await outputOf(store, coins.outputs[0]!)).spendable)
    await service.create({ txid, rawTx })
    assert.deepInclude(await outputOf(store, coins.outputs[0]!), { withheld: 'spent-elsewhere', spendable: false })
  }),

  serviceCase('small writes: batch, attempts, satoshis and notes', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { transaction, action } = await seedAction(store, { userId, processing: 'queued' })
    const { transactionId } = transaction
    assert.strictEqual(await service.setBatch([transactionId, 404], 'batch-1'), 1)
    assert.strictEqual((await service.findById(transactionId))?.batch, 'batch-1')
    assert.strictEqual((await service.incrementAttempts(transactionId)).attempts, 1)
    assert.strictEqual((await service.incrementAttempts(transactionId, 'rebroadcastCycles')).rebroadcastCycles, 1)
    await assertRefused(service.incrementAttempts(404), 'NOT_FOUND', 'attempts of nothing')
    await service.recordHistoryNote({ transactionId, details: { note: 'hello' } })
    const [note] = await auditOf(store, transactionId, 'legacy.history')
    assert.deepInclude(detailsOf(note), { note: 'hello', who: 'test' })
    await assertRefused(service.recordHistoryNote({ details: {} }), 'INVALID_PARAMETER', 'a note about nothing')
    const before = action.satoshisDelta
    await Promise.all([10, -3].map((delta) => service.updateActionSatoshisDelta(action.actionId, delta)))
    assert.strictEqual((await actionOf(store, action.actionId)).satoshisDelta, before + 7)
    await assertRefused(service.updateActionSatoshisDelta(action.actionId, 0.5), 'INVALID_PARAMETER', 'half a satoshi')
    await assertRefused(service.updateActionSatoshisDelta(404, 1), 'NOT_FOUND', 'an action that is not there')
  }),
]

async function actionOf(store: Store, actionId: number): Promise<{ readonly satoshisDelta: number }> {
  const action = await store.read((tx) => tx.actions.findById(actionId))
  return action ?? assert.fail(`action ${actionId} is missing`)
}
