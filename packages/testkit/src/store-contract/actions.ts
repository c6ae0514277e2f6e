import type { ActionRow, NewActionRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { hashOf } from '../builders/hash-of.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase, defineTwoStoreCase } from '../define-case.js'
import { assertRefused, present } from './assertions.js'

/** `tx.actions`: inserting, changing, finding. */
export const actionCases: readonly ContractCase[] = [
  defineCase('actions: a row comes back with every column as it was inserted', async (store) => {
    const { userId } = await seedUser(store)
    const { transaction } = await seedAction(store, { userId: (await seedUser(store)).userId })
    const columns: Required<NewActionRow> = {
      userId,
      transactionId: transaction.transactionId,
      reference: 'reference',
      description: 'description',
      isOutgoing: true,
      satoshisDelta: -123,
      version: 1,
      lockTime: 0xffffffff,
      userNosend: true,
      hidden: true,
      userAborted: true,
      draftInputBeef: Uint8Array.of(1, 0, 2),
      plan: { inputs: [{ txid: hashOf('planned'), vout: 3 }], outputCount: 2 },
      notifyJson: '{"transactionIds":[1]}',
      createdAt: new Date('2026-01-01T00:00:00.003Z'),
      updatedAt: new Date('2026-01-01T00:00:00.004Z'),
    }
    const row = await store.write((tx) => tx.actions.insert(columns))
    const { actionId, rowVersion, ...rest } = row
    assert.isAbove(actionId, 0)
    assert.isNumber(rowVersion)
    assert.deepEqual(rest, columns)
    assert.deepEqual(await store.read((tx) => tx.actions.findById(actionId)), row)
  }),

  defineCase('actions: what an insert leaves out is 0, false, null or now', async (store) => {
    const { userId } = await seedUser(store)
    const { actionId, rowVersion, createdAt, updatedAt, ...rest } = await insert(store, { userId, reference: 'draft' })
    assert.isAbove(actionId, 0)
    assert.isNumber(rowVersion)
    assert.instanceOf(createdAt, Date)
    assert.instanceOf(updatedAt, Date)
    assert.deepEqual(rest, {
      userId,
      reference: 'draft',
      transactionId: null,
      description: null,
      isOutgoing: false,
      satoshisDelta: 0,
      version: null,
      lockTime: null,
      userNosend: false,
      hidden: false,
      userAborted: false,
      draftInputBeef: null,
      plan: null,
      notifyJson: null,
    })
  }),

  defineCase('actions: a reference is unique for its user, letter by letter', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const first = await insert(store, { userId: alice.userId, reference: 'Reference=' })
    await assertRefused(
      insert(store, { userId: alice.userId, reference: 'Reference=' }),
      'UNIQUE_VIOLATION',
      'the same reference again',
    )
    const others = [
      await insert(store, { userId: bob.userId, reference: 'Reference=' }),
      await insert(store, { userId: alice.userId, reference: 'reference=' }),
      await insert(store, { userId: alice.userId, reference: 'Reference= ' }),
    ]
    await store.read(async ({ actions }) => {
      for (const row of [first, ...others]) {
        assert.deepEqual(await actions.findByReference(row.userId, row.reference), row)
      }
      assert.isUndefined(await actions.findByReference(bob.userId, 'reference='))
    })
  }),

  defineCase('actions: a user has one action of a transaction, and any number of drafts', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const { transaction, action } = await seedAction(store, { userId: alice.userId })
    const { transactionId } = transaction
    await assertRefused(
      insert(store, { userId: alice.userId, reference: 'again', transactionId }),
      'UNIQUE_VIOLATION',
      'a second action of the same transaction',
    )
    const theirs = await insert(store, { userId: bob.userId, reference: 'again', transactionId })
    await insert(store, { userId: alice.userId, reference: 'draft 1' })
    await insert(store, { userId: alice.userId, reference: 'draft 2' })
    await store.read(async ({ actions }) => {
      assert.deepEqual(await actions.findByUserTransaction(alice.userId, transactionId), action)
      assert.deepEqual(await actions.findByUserTransaction(bob.userId, transactionId), theirs)
      assert.isUndefined(await actions.findByUserTransaction(bob.userId, 999_999))
    })
  }),

  defineCase('actions: insertIfAbsent leaves a stored action untouched and answers with it', async (store) => {
    const { userId } = await seedUser(store)
    const { transaction, action } = await seedAction(store, { userId })
    const answer = await store.write((tx) =>
      tx.actions.insertIfAbsent({ userId, transactionId: transaction.transactionId, reference: 'other' }),
    )
    assert.deepEqual(answer, { row: action, inserted: false })
    assert.isUndefined(await store.read((tx) => tx.actions.findByReference(userId, 'other')))
  }),

  defineCase('actions: insertIfAbsent does not mistake a taken reference for the action asked for', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const { transaction } = await seedAction(store, { userId: bob.userId })
    await insert(store, { userId: alice.userId, reference: 'taken' })
    const { transactionId } = transaction
    await assertRefused(
      store.write((tx) => tx.actions.insertIfAbsent({ userId: alice.userId, transactionId, reference: 'taken' })),
      'UNIQUE_VIOLATION',
      'another transaction under a taken reference',
    )
  }),

  defineTwoStoreCase('actions: concurrent insertIfAbsent calls get the same row', async (first, second) => {
    const [alice, bob] = [await seedUser(first), await seedUser(first)]
    const { transaction } = await seedAction(first, { userId: bob.userId })
    const { transactionId } = transaction
    const answers = await Promise.all(
      [first, second, first, second].map((store, index) =>
        store.write((tx) =>
          tx.actions.insertIfAbsent({ userId: alice.userId, transactionId, reference: `caller ${index}` }),
        ),
      ),
    )
    assert.lengthOf(
      answers.filter((answer) => answer.inserted),
      1,
      'callers that inserted',
    )
    for (const answer of answers) assert.deepEqual(answer.row, answers[0]?.row)
  }),

  defineCase(
    'actions: update changes a row, raises its version, and can turn a draft into a signed action',
    async (store) => {
      const [alice, bob] = [await seedUser(store), await seedUser(store)]
      const { transaction } = await seedAction(store, { userId: bob.userId })
      const plan = { inputs: [], outputCount: 1 }
      const draft = await insert(store, {
        userId: alice.userId,
        reference: 'r',
        draftInputBeef: Uint8Array.of(1),
        plan,
      })
      const changes = { transactionId: transaction.transactionId, draftInputBeef: null, plan: null, version: 2 }
      const signed = present(
        await store.write((tx) => tx.actions.update(draft.actionId, changes)),
        'the changed action',
      )
      assert.deepEqual(signed, { ...draft, ...changes, rowVersion: signed.rowVersion, updatedAt: signed.updatedAt })
      assert.isAbove(signed.rowVersion, draft.rowVersion)
      assert.deepEqual(await store.read((tx) => tx.actions.findById(draft.actionId)), signed)
    },
  ),

  defineCase(
    'actions: update answers undefined for an absent row and for another version, and changes nothing',
    async (store) => {
      const { userId } = await seedUser(store)
      const row = await insert(store, { userId, reference: 'r' })
      const stale = row.rowVersion + 1
      assert.isUndefined(await store.write((tx) => tx.actions.update(row.actionId, { description: 'no' }, stale)))
      assert.isUndefined(await store.write((tx) => tx.actions.update(999_999, { description: 'no' })))
      assert.deepEqual(await store.read((tx) => tx.actions.findById(row.actionId)), row)
      const changed = await store.write((tx) => tx.actions.update(row.actionId, { description: 'yes' }, row.rowVersion))
      assert.strictEqual(changed?.description, 'yes')
    },
  ),

  defineCase('actions: an update to a taken reference is refused', async (store) => {
    const { userId } = await seedUser(store)
    await insert(store, { userId, reference: 'taken' })
    const row = await insert(store, { userId, reference: 'free' })
    await assertRefused(
      store.write((tx) => tx.actions.update(row.actionId, { reference: 'taken' })),
      'UNIQUE_VIOLATION',
      'a rename to a taken reference',
    )
    assert.deepEqual(await store.read((tx) => tx.actions.findById(row.actionId)), row)
  }),

  defineTwoStoreCase(
    'actions: concurrent addSatoshisDelta calls all count, in both directions',
    async (first, second) => {
      const { userId } = await seedUser(first)
      const { actionId } = await insert(first, { userId, reference: 'r', satoshisDelta: -100 })
      const calls = [1, 2, -4, 8, -16, 32].map((delta, index) =>
        (index % 2 === 0 ? first : second).write((tx) => tx.actions.addSatoshisDelta(actionId, delta)),
      )
      for (const answer of await Promise.all(calls)) assert.strictEqual(answer?.actionId, actionId)
      const row = await first.read((tx) => tx.actions.findById(actionId))
      assert.strictEqual(row?.satoshisDelta, -100 + 1 + 2 - 4 + 8 - 16 + 32)
      assert.isUndefined(await first.write((tx) => tx.actions.addSatoshisDelta(999_999, 1)))
    },
  ),

  defineCase('actions: addSatoshisDelta raises the version, so that a stale update loses', async (store) => {
    const { userId } = await seedUser(store)
    const row = await insert(store, { userId, reference: 'r' })
    await store.write((tx) => tx.actions.addSatoshisDelta(row.actionId, 5))
    const changes = { satoshisDelta: 0 }
    assert.isUndefined(await store.write((tx) => tx.actions.update(row.actionId, changes, row.rowVersion)))
  }),

  defineCase('actions: rows are found by id and by transaction, of every user, in order of id', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const mine = await seedAction(store, { userId: alice.userId })
    const other = await seedAction(store, { userId: alice.userId })
    const theirs = await insert(store, {
      userId: bob.userId,
      reference: 'theirs',
      transactionId: mine.transaction.transactionId,
    })
    await store.read(async ({ actions }) => {
      assert.sameDeepMembers(await actions.findByIds([theirs.actionId, mine.action.actionId, 999_999]), [
        mine.action,
        theirs,
      ])
      const transactionIds = [other.transaction.transactionId, mine.transaction.transactionId]
      assert.deepEqual(await actions.findByTransactions(transactionIds), [mine.action, other.action, theirs])
      assert.deepEqual(await actions.findByTransactions(transactionIds, bob.userId), [theirs])
      assert.deepEqual(await actions.findByIds([theirs.actionId, mine.action.actionId], bob.userId), [theirs])
      assert.deepEqual(await actions.findByTransactions([]), [])
      assert.deepEqual(await actions.findByIds([]), [])
      assert.isUndefined(await actions.findById(999_999))
    })
  }),

  defineCase(
    'actions: findSpendersOfTransactions names whoever spends their outputs, drafts and other users too',
    async (store) => {
      const [alice, bob] = [await seedUser(store), await seedUser(store)]
      const parent = await seedAction(store, { ...alice, outputs: [10, 20, 30] })
      const bobsView = await seedAction(store, {
        ...bob,
        built: parent.built,
        outputs: [{ satoshis: 40, vout: 7 }],
      })
      const [ten, twenty, thirty] = parent.outputs
      const unrelated = await seedCoins(store, alice, [50])
      const signed = await seedAction(store, { ...alice, spends: [present(ten, 'ten'), present(twenty, 'twenty')] })
      const draft = await seedAction(store, { ...alice, processing: 'draft', spends: [present(thirty, 'thirty')] })
      const bobs = await seedAction(store, { ...bob, spends: bobsView.outputs })
      await seedAction(store, { ...alice, spends: unrelated })
      const { transactionId } = parent.transaction
      assert.deepEqual(await store.read((tx) => tx.actions.findSpendersOfTransactions([transactionId])), [
        signed.action,
        draft.action,
        bobs.action,
      ])
      assert.deepEqual(await store.read((tx) => tx.actions.findSpendersOfTransactions([])), [])
      assert.deepEqual(
        await store.read((tx) => tx.actions.findSpendersOfTransactions([signed.transaction.transactionId])),
        [],
      )
    },
  ),
]

function insert(store: Store, row: NewActionRow): Promise<ActionRow> {
  return store.write((tx) => tx.actions.insert(row))
}
