import { MAX_SATOSHIS, type OutputRow, type Store, type StoreWriter } from '@txkeep/core'
import { assert } from 'chai'
import { hashOf } from '../builders/hash-of.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineMakeStoreCase } from '../define-case.js'
import { assertRefused, assertSameBytes, present } from './assertions.js'

/** What every column must carry unchanged: bytes, text, time, money. */
export const storedValueCases: readonly ContractCase[] = [
  ...(
    [
      ['no bytes at all', new Uint8Array(0)],
      ['every byte value', Uint8Array.from({ length: 256 }, (_, index) => index)],
      ['two megabytes', Uint8Array.from({ length: 2_000_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)],
    ] as const
  ).map(([title, bytes]) =>
    defineCase(`stored values: ${title} come back as they were, in every bytes column`, async (store) => {
      const user = await seedUser(store)
      const { row } = await store.write((tx) =>
        tx.transactions.insertIfAbsent({
          txid: hashOf(title),
          processing: 'sent',
          rawTx: bytes,
          inputBeef: bytes,
          merklePath: bytes,
        }),
      )
      const draft = await seedAction(store, { ...user, processing: 'draft', action: { draftInputBeef: bytes } })
      const [coin] = await seedCoins(store, user, [1])
      const { outputId } = present(coin, 'a coin')
      await store.write(async (tx) => {
        await tx.outputs.update(outputId, { lockingScript: bytes })
        await tx.commissions.insert({ ...COMMISSION, ...owned(user, draft), lockingScript: bytes })
      })
      await store.read(async (tx) => {
        const transaction = await tx.transactions.findById(row.transactionId)
        assertSameBytes(transaction?.rawTx, bytes, 'transactions.rawTx')
        assertSameBytes(transaction?.inputBeef, bytes, 'transactions.inputBeef')
        assertSameBytes(transaction?.merklePath, bytes, 'transactions.merklePath')
        const action = await tx.actions.findById(draft.action.actionId)
        assertSameBytes(action?.draftInputBeef, bytes, 'actions.draftInputBeef')
        assertSameBytes((await tx.outputs.findById(outputId))?.lockingScript, bytes, 'outputs.lockingScript')
        const [commission] = await tx.commissions.find({ userId: user.userId })
        assertSameBytes(commission?.lockingScript, bytes, 'commissions.lockingScript')
      })
    }),
  ),

  defineCase('stored values: bytes handed in as a view of a larger buffer are stored alone', async (store) => {
    const whole = Uint8Array.of(1, 2, 3, 4, 5)
    const txid = hashOf('view')
    await store.write((tx) => tx.transactions.insertIfAbsent({ txid, processing: 'sent', rawTx: whole.subarray(1, 4) }))
    const row = await store.read((tx) => tx.transactions.findByTxid(txid))
    assertSameBytes(row?.rawTx, Uint8Array.of(2, 3, 4), 'transactions.rawTx')
  }),

  defineCase('stored values: time keeps its milliseconds, before 1970 and after 2038 too', async (store) => {
    for (const text of [
      '2026-02-03T04:05:06.789Z',
      '2026-02-03T04:05:06.000Z',
      '2040-12-31T23:59:59.999Z',
      '1969-12-31T23:59:59.001Z',
    ]) {
      const time = new Date(text)
      const { row } = await store.write((tx) =>
        tx.transactions.insertIfAbsent({
          txid: hashOf(text),
          processing: 'queued',
          nextActionAt: time,
          processingChangedAt: time,
          createdAt: time,
          updatedAt: time,
        }),
      )
      const stored = present(await store.read((tx) => tx.transactions.findById(row.transactionId)), 'the row')
      for (const column of ['nextActionAt', 'processingChangedAt', 'createdAt', 'updatedAt'] as const) {
        assert.strictEqual(stored[column]?.toISOString(), text, column)
      }
    }
  }),

  defineMakeStoreCase('stored values: a store stamps rows with the clock it was given', async (makeStore) => {
    const times = { now: new Date('2031-02-03T04:05:06.789Z') }
    const { store } = await makeStore({ clock: { now: () => times.now } })
    const user = await seedUser(store)
    const { action, transaction, outputs } = await seedAction(store, { ...user, outputs: [1] })
    assert.deepEqual(user.user.createdAt, times.now)
    for (const row of [user.user, user.basket, action, transaction, ...outputs]) {
      assert.deepEqual([row.createdAt, row.updatedAt], [times.now, times.now])
    }
    assert.deepEqual(transaction.processingChangedAt, times.now)
    const created = times.now
    times.now = new Date('2032-02-03T04:05:06.789Z')
    await store.write(async (tx) => {
      await tx.baskets.update({ basketId: user.basketId }, { name: 'renamed' })
      await tx.actions.update(action.actionId, { description: 'changed' })
      await tx.transactions.compareAndSet(transaction, { processing: 'seen' })
      await tx.outputs.updateMany(
        outputs.map((row) => row.outputId),
        { change: false },
      )
    })
    await store.read(async (tx) => {
      const rows = [
        await tx.baskets.get({ basketId: user.basketId }),
        await tx.actions.findById(action.actionId),
        await tx.transactions.findById(transaction.transactionId),
        await tx.outputs.findById(present(outputs[0], 'an output').outputId),
      ]
      for (const row of rows) assert.deepEqual([row?.createdAt, row?.updatedAt], [created, times.now])
      const changed = await tx.transactions.findById(transaction.transactionId)
      assert.deepEqual(changed?.processingChangedAt, times.now)
    })
  }),

  defineCase('stored values: all the money there can be is exact, in rows, sums and deltas', async (store) => {
    const user = await seedUser(store)
    const { action } = await seedAction(store, {
      ...user,
      outputs: [MAX_SATOSHIS, MAX_SATOSHIS - 1],
      action: { satoshisDelta: -MAX_SATOSHIS },
    })
    await store.read(async (tx) => {
      const rows = await tx.outputs.findSpendable({ userId: user.userId, basketId: user.basketId, limit: 9 })
      assert.deepEqual(amounts(rows), [2_099_999_999_999_999, 2_100_000_000_000_000])
      const least = await tx.outputs.findSpendable({ ...ownerOf(user), limit: 9, minSatoshis: MAX_SATOSHIS })
      assert.deepEqual(amounts(least), [MAX_SATOSHIS])
      const sum = await tx.outputs.sum({ userId: user.userId })
      assert.deepEqual(sum, { count: 2, satoshis: 4_199_999_999_999_999 })
      assert.strictEqual((await tx.actions.findById(action.actionId))?.satoshisDelta, -2_100_000_000_000_000)
    })
    const changed = await store.write((tx) => tx.actions.addSatoshisDelta(action.actionId, MAX_SATOSHIS - 1))
    assert.strictEqual(changed?.satoshisDelta, -1)
  }),

  defineCase('stored values: no text is changed, whatever is in it', async (store) => {
    const user = await seedUser(store)
    for (const [index, text] of AWKWARD_TEXTS.entries()) {
      const { action, outputs } = await seedAction(store, {
        ...user,
        action: { description: text, reference: `${text}${index}` },
        outputs: [{ satoshis: 1, outputDescription: text, customInstructions: text }],
      })
      const label = await store.write((tx) => tx.labels.insert({ userId: user.userId, label: text, isDeleted: false }))
      await store.read(async (tx) => {
        const stored = await tx.actions.findByReference(user.userId, `${text}${index}`)
        assert.deepEqual(stored, action)
        assert.strictEqual(stored?.description, text)
        const output = await tx.outputs.findById(present(outputs[0], 'an output').outputId)
        assert.include(output, { outputDescription: text, customInstructions: text })
        assert.deepEqual(await tx.labels.find({ userId: user.userId, label: text }), [label])
      })
    }
  }),

  defineCase('stored values: JSON text is kept letter by letter, and no engine tidies it', async (store) => {
    const user = await seedUser(store)
    const json = '{ "b" : 1.0, "a":1e3,"a" : [ ] ,\n"z": "\\u00e9" }'
    const { action, transaction } = await seedAction(store, { ...user, action: { notifyJson: json } })
    await store.write(async (tx) => {
      await tx.audit.append([{ event: 'legacy.history', transactionId: transaction.transactionId, detailsJson: json }])
      const claim = await tx.leases.claim({ taskName: 'json', ownerId: 'one', ttlMs: 60_000 })
      if (claim.claimed) await tx.leases.release(claim.lease, { outcomeJson: json })
    })
    await store.read(async (tx) => {
      assert.strictEqual((await tx.actions.findById(action.actionId))?.notifyJson, json)
      const last = await tx.audit.findLast(transaction.transactionId, 'legacy.history')
      assert.strictEqual(last?.detailsJson, json)
      assert.strictEqual((await tx.tasks.find('json'))?.lastOutcomeJson, json)
    })
  }),

  defineCase(
    'stored values: names that differ by case, accent or a trailing space are different names',
    async (store) => {
      const { userId } = await seedUser(store)
      const names = [
        'basket',
        'Basket',
        'BASKET',
        'basket ',
        ' basket',
        'b\u00e9',
        'be\u0301',
        'be',
        'straße',
        'strasse',
        'ſ',
        's',
      ]
      await store.write(async (tx) => {
        for (const name of names) {
          await tx.baskets.insert({ ...BASKET, userId, name })
          await tx.labels.insert({ userId, label: name, isDeleted: false })
          await tx.tags.insert({ userId, tag: name, isDeleted: false })
          await tx.actions.insert({ userId, reference: name })
          await tx.users.insert({ identityKey: name, activeStorage: 'storage' })
        }
      })
      await store.read(async (tx) => {
        for (const name of names) {
          assert.deepEqual(
            (await tx.baskets.find({ userId, name })).map((row) => row.name),
            [name],
          )
          assert.deepEqual(
            (await tx.labels.find({ userId, label: name })).map((row) => row.label),
            [name],
          )
          assert.deepEqual(
            (await tx.tags.find({ userId, tag: [name] })).map((row) => row.tag),
            [name],
          )
          assert.strictEqual((await tx.actions.findByReference(userId, name))?.reference, name)
          assert.strictEqual(await tx.users.count({ identityKey: name }), 1)
        }
      })
    },
  ),

  defineCase(
    'stored values: a name may have three hundred characters, and free text a hundred thousand',
    async (store) => {
      const user = await seedUser(store)
      const name = '\u{1f600}'.repeat(300)
      const text = 'long '.repeat(20_000)
      const { action, outputs } = await seedAction(store, {
        ...user,
        action: { description: text },
        outputs: [{ satoshis: 1, customInstructions: text }],
      })
      const basket = await store.write((tx) => tx.baskets.insert({ ...BASKET, userId: user.userId, name }))
      await store.read(async (tx) => {
        assert.strictEqual((await tx.baskets.get({ basketId: basket.basketId }))?.name, name)
        assert.strictEqual((await tx.actions.findById(action.actionId))?.description, text)
        const output = await tx.outputs.findById(present(outputs[0], 'an output').outputId)
        assert.strictEqual(output?.customInstructions, text)
      })
    },
  ),

  defineCase('stored values: a NUL in new text is refused, and nothing is written', async (store) => {
    const user = await seedUser(store)
    const { userId } = user
    const { action, transaction, outputs } = await seedAction(store, { ...user, outputs: [1] })
    const { outputId } = present(outputs[0], 'an output')
    const bad = 'before\u0000after'
    const row = { userId, actionId: action.actionId, satoshis: 1, providedBy: 'you', purpose: '', type: 'custom' }
    const attempts: Record<string, (tx: StoreWriter) => Promise<unknown>> = {
      'actions.insert reference': (tx) => tx.actions.insert({ userId, reference: bad }),
      'actions.insert description': (tx) => tx.actions.insert({ userId, reference: 'r', description: bad }),
      'actions.update': (tx) => tx.actions.update(action.actionId, { description: bad }),
      'transactions.insertIfAbsent': (tx) =>
        tx.transactions.insertIfAbsent({ txid: hashOf('nul'), processing: 'queued', batch: bad }),
      'transactions.compareAndSet': (tx) => tx.transactions.compareAndSet(transaction, { frozenReason: bad }),
      'transactions.update': (tx) => tx.transactions.update(transaction.transactionId, { lastProvider: bad }),
      'outputs.insertMany': (tx) => tx.outputs.insertMany([{ ...row, vout: 7, outputDescription: bad }]),
      'outputs.update': (tx) => tx.outputs.update(outputId, { customInstructions: bad }),
      'outputs.updateMany': (tx) => tx.outputs.updateMany([outputId], { spendingDescription: bad }),
      'audit.append': (tx) => tx.audit.append([{ event: 'input.kept', detailsJson: bad }]),
      'baskets.insert': (tx) => tx.baskets.insert({ ...BASKET, userId, name: bad }),
      'labels.insertIfAbsent': (tx) => tx.labels.insertIfAbsent({ userId, label: bad, isDeleted: false }),
      'tags.insert': (tx) => tx.tags.insert({ userId, tag: bad, isDeleted: false }),
      'baskets.update': (tx) => tx.baskets.update({ basketId: user.basketId }, { name: bad }),
      'tasks.setCursor': (tx) => tx.tasks.setCursor('task', bad),
    }
    for (const [title, attempt] of Object.entries(attempts)) {
      const write = store.write(async (tx) => {
        await tx.monitorEvents.insert({ event: title, details: null })
        await attempt(tx)
      })
      await assertRefused(write, 'INVALID_PARAMETER', `NUL in ${title}`)
    }
    assert.strictEqual(await countEvents(store), 0)
  }),
]

const COMMISSION = { satoshis: 1, keyOffset: 'offset', isRedeemed: false }
const BASKET = { numberOfDesiredUTXOs: 0, minimumDesiredUTXOValue: 0, isDeleted: false }

const AWKWARD_TEXTS = [
  '',
  ' leading and trailing ',
  `it's "quoted" \`back\` \\ slash \\' \\0`,
  '<b>markup</b> & <script>alert(1)</script>',
  '50% of _all_ names; -- drop',
  'emoji \u{1f4b0}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}, right-to-left \u05e9\u05dc\u05d5\u05dd',
  'line\nbreak\r\nand\ttab',
  '{"json":[1,null,"\\u0000"]}',
  ':named ?positional $1 @at',
]

function owned(
  user: { userId: number },
  owner: { action: { actionId: number } },
): { userId: number; actionId: number } {
  return { userId: user.userId, actionId: owner.action.actionId }
}

function ownerOf(user: { userId: number; basketId: number }): { userId: number; basketId: number } {
  return { userId: user.userId, basketId: user.basketId }
}

function amounts(rows: readonly OutputRow[]): number[] {
  return rows.map((row) => row.satoshis)
}

function countEvents(store: Store): Promise<number> {
  return store.read((tx) => tx.monitorEvents.count({}))
}
