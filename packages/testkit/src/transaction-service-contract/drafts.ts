import type { ActionOutput, NewAction } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedChainTip, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { assertRefused } from '../store-contract/assertions.js'
import { outputOf, proofFor, serviceCase, transactionOf } from './service-case.js'

/** docs/spec/lifecycle.md §9: actions as drafts, signed at once, and signed later. */
export const draftCases: readonly ContractCase[] = [
  serviceCase(
    'createAction: a draft has outputs, labels, basket, tags and locked inputs, and no transaction',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const [coin] = await seedCoins(store, owner, [5000])
      const { action, transaction, outputs } = await service.createAction({
        userId: owner.userId,
        reference: 'draft-1',
        description: 'pay somebody',
        isOutgoing: true,
        labels: ['rent', 'home'],
        inputs: [{ outputId: coin!.outputId, spendingDescription: 'the coin' }],
        outputs: [output(0, 1000, { basket: 'savings', tags: ['a', 'b'], lockingScript: OP_TRUE }), output(1, 3900)],
        draftInputBeef: Uint8Array.of(1),
        plan: { inputs: [{ txid: coin!.txid ?? '', vout: coin!.vout }], outputCount: 2 },
      })
      assert.isUndefined(transaction)
      assert.isNull(action.transactionId)
      assert.deepEqual(
        outputs.map(({ vout, satoshis, txid, spendable, pending }) => ({ vout, satoshis, txid, spendable, pending })),
        [
          { vout: 0, satoshis: 1000, txid: null, spendable: false, pending: false },
          { vout: 1, satoshis: 3900, txid: null, spendable: false, pending: false },
        ],
      )
      const locked = await outputOf(store, coin!)
      assert.deepInclude(locked, {
        spentByActionId: action.actionId,
        spendable: false,
        spendingDescription: 'the coin',
      })
      const listed = await service.listActionsForUser({ userId: owner.userId, labels: ['rent'], limit: 10 })
      assert.deepEqual([...(listed.rows[0]?.labels ?? [])].sort(), ['home', 'rent'])
      const saved = await service.listOutputsForUser({
        userId: owner.userId,
        basket: 'savings',
        show: 'all',
        limit: 10,
      })
      assert.deepEqual([...(saved.rows[0]?.tags ?? [])].sort(), ['a', 'b'])
      const audit = await store.read((tx) => tx.audit.findByAction(action.actionId))
      assert.deepInclude(audit[0], { event: 'action.created', toState: 'draft' })
    },
  ),

  serviceCase('createAction: everything or nothing', async ({ store, service }) => {
    const owner = await seedUser(store)
    const [free, taken] = await seedCoins(store, owner, [100, 200])
    const { userId } = owner
    await service.createAction({ userId, reference: 'first', inputs: [{ outputId: taken!.outputId }] })
    const request = {
      userId,
      reference: 'second',
      labels: ['kept'],
      outputs: [output(0, 1, { basket: 'kept' })],
      inputs: [{ outputId: free!.outputId }, { outputId: taken!.outputId }],
    }
    await assertRefused(service.createAction(request), 'CONFLICT', 'a coin that is taken')
    assert.isTrue((await outputOf(store, free!)).spendable)
    assert.isUndefined(await service.findActionByReference(userId, 'second'))
    assert.deepEqual(await store.read((tx) => tx.baskets.find({ userId, name: 'kept' })), [])
    assert.deepEqual(await store.read((tx) => tx.labels.find({ userId })), [])
  }),

  serviceCase(
    'createAction: values that fit no column are refused before anything is written',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const bad: readonly Partial<NewAction>[] = [
        { reference: '' },
        { description: 'a\u0000b' },
        { satoshisDelta: 0.5 },
        { outputs: [output(0, -1)] },
        { outputs: [output(0, 2.1e15 + 1)] },
        { outputs: [output(-1, 1)] },
        { outputs: [output(0, 1), output(0, 2)] },
        { labels: [''] },
        { outputs: [output(0, 1, { basket: 'x'.repeat(301) })] },
      ]
      for (const request of bad) {
        const call = service.createAction({ userId, reference: 'bad', ...request })
        await assertRefused(call, 'INVALID_PARAMETER', JSON.stringify(request))
      }
      await assertRefused(
        service.createAction({ userId: 404, reference: 'r' }),
        'NOT_FOUND',
        'a user that is not there',
      )
      assert.isUndefined(await service.findActionByReference(userId, 'bad'))
    },
  ),

  serviceCase(
    'createAction: a reference is used once, and a coin of another user is not found',
    async ({ store, service }) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const [coin] = await seedCoins(store, bob, [100])
      await service.createAction({ userId: alice.userId, reference: 'same' })
      await assertRefused(
        service.createAction({ userId: alice.userId, reference: 'same' }),
        'CONFLICT',
        'a used reference',
      )
      await service.createAction({ userId: bob.userId, reference: 'same' })
      await assertRefused(
        service.createAction({ userId: alice.userId, reference: 'theft', inputs: [{ outputId: coin!.outputId }] }),
        'NOT_FOUND',
        "bob's coin",
      )
      assert.isTrue((await outputOf(store, coin!)).spendable)
    },
  ),

  serviceCase(
    'createAction: signed at once, its outputs know their scripts and are spendable as the status says',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const coins = await seedCoins(store, owner, [100])
      const built = buildTransaction({
        inputs: coins.map(({ txid, vout }) => ({ txid: txid ?? '', vout })),
        outputs: [60, 30],
      })
      const { action, transaction, outputs } = await service.createAction({
        userId: owner.userId,
        reference: 'signed',
        transaction: { txid: built.txid, rawTx: built.rawTx, processing: 'sent' },
        inputs: [{ outputId: coins[0]!.outputId }],
        outputs: [output(1, 30)],
      })
      assert.strictEqual(action.transactionId, transaction?.transactionId)
      const place = built.outputs[1]!
      assert.deepInclude(outputs[0], {
        txid: built.txid,
        scriptOffset: place.scriptOffset,
        scriptLength: place.scriptLength,
        spendable: true,
      })
      assert.deepInclude(await outputOf(store, coins[0]!), { spentByActionId: action.actionId, withheld: null })
    },
  ),

  serviceCase('createAction: outputs must be what the raw transaction says', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { txid, rawTx } = buildTransaction({ outputs: [60] })
    for (const wrong of [output(0, 61), output(1, 60)]) {
      const call = service.createAction({ userId, reference: 'wrong', transaction: { txid, rawTx }, outputs: [wrong] })
      await assertRefused(call, 'INVALID_PARAMETER', `output ${wrong.vout} of ${wrong.satoshis}`)
    }
    assert.isUndefined(await service.findByTxid(txid))
  }),

  serviceCase(
    'createAction: a received payment with its proof is confirmed and spendable at once',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await seedChainTip(store, 300)
      const built = buildTransaction({ outputs: [60] })
      const proof = await proofFor(built.txid, 100, { merkleIndex: 0 })
      const { transaction, outputs } = await service.createAction({
        userId,
        reference: 'received',
        transaction: { txid: built.txid, rawTx: built.rawTx, proof },
        outputs: [output(0, 60)],
      })
      assert.strictEqual(transaction?.processing, 'confirmed')
      assert.deepInclude(outputs[0], { spendable: true, maturesAtHeight: 200 })
      await assertRefused(
        service.createAction({
          userId,
          reference: 'again',
          transaction: { txid: built.txid, rawTx: built.rawTx, proof },
        }),
        'CONFLICT',
        'the same transaction again',
      )
    },
  ),

  serviceCase(
    'createAction: pending coins only for a delayed purpose, others only by name',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const [pending] = await seedCoins(store, owner, [100], { processing: 'queued' })
      const [held] = await seedCoins(store, owner, [100], { processing: 'nosend' })
      const attempt = (outputId: number, purpose: 'immediate' | 'delayed' | 'named'): Promise<unknown> =>
        service.createAction({
          userId: owner.userId,
          reference: `${outputId}-${purpose}`,
          inputs: [{ outputId, purpose }],
        })
      await assertRefused(attempt(pending!.outputId, 'immediate'), 'CONFLICT', 'a pending coin now')
      await attempt(pending!.outputId, 'delayed')
      await assertRefused(attempt(held!.outputId, 'delayed'), 'CONFLICT', 'a nosend coin, delayed')
      await attempt(held!.outputId, 'named')
      const [dead] = await seedCoins(store, owner, [100], { processing: 'invalid' })
      await assertRefused(attempt(dead!.outputId, 'named'), 'CONFLICT', 'a coin of an invalid transaction, by name')
    },
  ),

  serviceCase(
    'signAction: the draft becomes the transaction, and what belongs to it stays',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const { userId } = owner
      const coins = await seedCoins(store, owner, [100])
      const inputs = coins.map(({ txid, vout }) => ({ txid: txid ?? '', vout }))
      const built = buildTransaction({ inputs, outputs: [60, 30], lockTime: 7 })
      const draft = await service.createAction({
        userId,
        reference: 'draft',
        isOutgoing: true,
        labels: ['kept'],
        inputs: [{ outputId: coins[0]!.outputId }],
        outputs: [output(0, 60, { lockingScript: OP_TRUE, tags: ['kept'] }), output(1, 30)],
        draftInputBeef: Uint8Array.of(9),
        plan: { inputs, outputCount: 2 },
      })
      const signed = await service.signAction({ userId, reference: 'draft', txid: built.txid, rawTx: built.rawTx })
      assert.isTrue(signed.isNew)
      assert.strictEqual(signed.action.actionId, draft.action.actionId)
      assert.deepInclude(signed.action, { draftInputBeef: null, plan: null, lockTime: 7, version: 1 })
      assert.deepInclude(signed.transaction, { processing: 'queued', txid: built.txid })
      assert.deepEqual([...(signed.transaction.inputBeef ?? [])], [9])
      assert.deepEqual(
        signed.outputs.map(({ outputId, txid, scriptOffset, pending }) => ({ outputId, txid, scriptOffset, pending })),
        draft.outputs.map(({ outputId }, vout) => ({
          outputId,
          txid: built.txid,
          scriptOffset: built.outputs[vout]!.scriptOffset,
          pending: true,
        })),
      )
      assert.strictEqual((await outputOf(store, coins[0]!)).spentByActionId, draft.action.actionId)
      const { action } = signed
      assert.deepEqual((await store.read((tx) => tx.actions.labelsOf([action.actionId]))).get(action.actionId), [
        'kept',
      ])
      const events = (await store.read((tx) => tx.audit.findByAction(action.actionId))).map(({ event }) => event)
      assert.include(events, 'action.signed')
    },
  ),

  serviceCase(
    'signAction: repeating it changes nothing, another transaction is a conflict',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      await service.createAction({ userId, reference: 'draft', outputs: [output(0, 60)] })
      const { txid, rawTx } = buildTransaction({ outputs: [60] })
      const first = await service.signAction({ userId, reference: 'draft', txid, rawTx })
      const again = await service.signAction({ userId, reference: 'draft', txid, rawTx })
      assert.isFalse(again.isNew)
      assert.deepEqual(again.transaction, first.transaction)
      const other = buildTransaction({ outputs: [60] })
      await assertRefused(
        service.signAction({ userId, reference: 'draft', txid: other.txid, rawTx: other.rawTx }),
        'CONFLICT',
        'a second signature',
      )
      assert.isUndefined(await service.findByTxid(other.txid))
    },
  ),

  serviceCase('signAction: bytes that are not what the draft planned are refused', async ({ store, service }) => {
    const owner = await seedUser(store)
    const { userId } = owner
    const coins = await seedCoins(store, owner, [100])
    const inputs = coins.map(({ txid, vout }) => ({ txid: txid ?? '', vout }))
    await service.createAction({
      userId,
      reference: 'draft',
      outputs: [output(0, 60, { lockingScript: OP_TRUE })],
      plan: { inputs, outputCount: 1 },
    })
    const wrong = {
      'another input': buildTransaction({ outputs: [60] }),
      'one output more': buildTransaction({ inputs, outputs: [60, 1] }),
      'another value': buildTransaction({ inputs, outputs: [61] }),
      'another script': buildTransaction({ inputs, outputs: [{ satoshis: 60, lockingScript: Uint8Array.of(0x52) }] }),
    }
    for (const [what, { txid, rawTx }] of Object.entries(wrong)) {
      await assertRefused(service.signAction({ userId, reference: 'draft', txid, rawTx }), 'INVALID_PARAMETER', what)
      assert.isUndefined(await service.findByTxid(txid), what)
    }
    assert.isNull((await service.findActionByReference(userId, 'draft'))?.transactionId)
  }),

  serviceCase('signAction: an aborted draft, and one that is not there, are refused', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const { txid, rawTx } = buildTransaction({ outputs: [60] })
    await service.createAction({ userId, reference: 'gone', isOutgoing: true })
    await service.abortAction({ userId, reference: 'gone' })
    await assertRefused(service.signAction({ userId, reference: 'gone', txid, rawTx }), 'CONFLICT', 'an aborted draft')
    await assertRefused(service.signAction({ userId, reference: 'none', txid, rawTx }), 'NOT_FOUND', 'no draft')
    assert.isUndefined(await service.findByTxid(txid))
  }),

  serviceCase(
    'signAction: signed as sending, it takes the coins its bytes consume beyond those it had locked',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const { userId } = owner
      const [coin] = await seedCoins(store, owner, [100])
      const { action } = await service.createAction({ userId, reference: 'draft', outputs: [output(0, 60)] })
      const { txid, rawTx } = buildTransaction({
        inputs: [{ txid: coin!.txid ?? '', vout: coin!.vout }],
        outputs: [60],
      })
      await service.signAction({ userId, reference: 'draft', txid, rawTx, processing: 'sending' })
      assert.strictEqual((await outputOf(store, coin!)).spentByActionId, action.actionId)
    },
  ),

  serviceCase('signAction: a long script is kept only inside the raw transaction', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const lockingScript = Uint8Array.from([0x6a, ...new Uint8Array(50).fill(0x51)])
    await service.createAction({ userId, reference: 'draft', outputs: [output(0, 60, { lockingScript })] })
    const { txid, rawTx } = buildTransaction({ outputs: [{ satoshis: 60, lockingScript }] })
    const { outputs } = await service.signAction({ userId, reference: 'draft', txid, rawTx, maxOutputScriptBytes: 50 })
    assert.deepInclude(outputs[0], { lockingScript: null, scriptLength: 51 })
    await service.transition({
      transactionId: (await service.findByTxid(txid))!.transactionId,
      expectedFrom: 'queued',
      to: 'sent',
    })
    assert.isTrue((await outputOf(store, outputs[0]!)).spendable)
  }),

  serviceCase(
    'a draft that is signed and sent holds what it locked, and its change can be spent',
    async ({ store, service }) => {
      const owner = await seedUser(store)
      const { userId } = owner
      const coins = await seedCoins(store, owner, [100])
      const built = buildTransaction({
        inputs: coins.map(({ txid, vout }) => ({ txid: txid ?? '', vout })),
        outputs: [90],
      })
      await service.createAction({
        userId,
        reference: 'draft',
        inputs: [{ outputId: coins[0]!.outputId }],
        outputs: [output(0, 90, { change: true, basket: 'default' })],
      })
      const { transaction, outputs } = await service.signAction({
        userId,
        reference: 'draft',
        txid: built.txid,
        rawTx: built.rawTx,
        processing: 'sending',
      })
      const { transactionId } = transaction
      await service.transition({ transactionId, expectedFrom: 'sending', to: 'seen' })
      assert.strictEqual((await transactionOf(store, transactionId)).processing, 'seen')
      const spendable = await service.findSpendableOutputs({ userId, basketId: owner.basketId, limit: 10 })
      assert.deepEqual(
        spendable.map(({ outputId }) => outputId),
        outputs.map(({ outputId }) => outputId),
      )
    },
  ),
]

const OP_TRUE: Uint8Array = Uint8Array.of(0x51)

function output(vout: number, satoshis: number, more: Partial<ActionOutput> = {}): ActionOutput {
  return { vout, satoshis, providedBy: 'you', purpose: '', type: 'custom', ...more }
}
