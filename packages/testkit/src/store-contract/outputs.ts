import type { NewOutputRow, OutputRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { hashOf } from '../builders/hash-of.js'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { assertRefused, present } from './assertions.js'

/** `tx.outputs`: inserting, changing, finding. */
export const outputCases: readonly ContractCase[] = [
  defineCase('outputs: a row comes back with every column as it was inserted', async (store) => {
    const { userId, basketId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [] })
    const spender = await seedAction(store, { userId, outputs: [] })
    const columns: Required<NewOutputRow> = {
      userId,
      basketId,
      actionId: action.actionId,
      spendable: true,
      pending: true,
      maturesAtHeight: 900_000,
      withheld: 'operator',
      change: true,
      vout: 4,
      satoshis: 2_100_000_000_000_000,
      providedBy: 'you-and-storage',
      purpose: 'purpose',
      type: 'custom',
      outputDescription: 'output description',
      txid: hashOf('txid'),
      senderIdentityKey: `02${hashOf('sender')}`,
      derivationPrefix: 'prefix==',
      derivationSuffix: 'suffix==',
      customInstructions: 'instructions',
      spentByActionId: spender.action.actionId,
      sequenceNumber: 0xffffffff,
      spendingDescription: 'spending description',
      scriptLength: 25,
      scriptOffset: 50,
      lockingScript: Uint8Array.of(0x6a, 0, 255),
      createdAt: new Date('2026-01-01T00:00:00.003Z'),
      updatedAt: new Date('2026-01-01T00:00:00.004Z'),
    }
    const row = await insert(store, columns)
    const { outputId, ...rest } = row
    assert.isAbove(outputId, 0)
    assert.deepEqual(rest, columns)
    assert.deepEqual(await store.read((tx) => tx.outputs.findById(outputId)), row)
  }),

  defineCase('outputs: what an insert leaves out is false, null or now', async (store) => {
    const { userId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [] })
    const needed = { ...NEEDED, userId, actionId: action.actionId, vout: 0, satoshis: 1 }
    const { outputId, createdAt, updatedAt, ...rest } = await insert(store, needed)
    assert.isAbove(outputId, 0)
    assert.instanceOf(createdAt, Date)
    assert.instanceOf(updatedAt, Date)
    assert.deepEqual(rest, {
      ...needed,
      basketId: null,
      spendable: false,
      pending: false,
      maturesAtHeight: null,
      withheld: null,
      change: false,
      outputDescription: null,
      txid: null,
      senderIdentityKey: null,
      derivationPrefix: null,
      derivationSuffix: null,
      customInstructions: null,
      spentByActionId: null,
      sequenceNumber: null,
      spendingDescription: null,
      scriptLength: null,
      scriptOffset: null,
      lockingScript: null,
    })
  }),

  defineCase('outputs: insertMany answers in the order it was given', async (store) => {
    const { userId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [] })
    const vouts = [3, 0, 2, 1]
    const rows = vouts.map((vout) => ({ ...NEEDED, userId, actionId: action.actionId, vout, satoshis: vout * 10 }))
    const inserted = await store.write((tx) => tx.outputs.insertMany(rows))
    assert.deepEqual(
      inserted.map((row) => [row.vout, row.satoshis]),
      vouts.map((vout) => [vout, vout * 10]),
    )
    for (const row of inserted) assert.deepEqual(await store.read((tx) => tx.outputs.findById(row.outputId)), row)
    assert.deepEqual(await store.write((tx) => tx.outputs.insertMany([])), [])
  }),

  defineCase('outputs: insertMany of rows with different columns mixes none of them up', async (store) => {
    const { userId, basketId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [] })
    const base = { ...NEEDED, userId, actionId: action.actionId }
    const [plain, rich] = await store.write((tx) =>
      tx.outputs.insertMany([
        { ...base, vout: 0, satoshis: 1 },
        {
          ...base,
          vout: 1,
          satoshis: 2,
          basketId,
          spendable: true,
          withheld: 'legacy',
          lockingScript: Uint8Array.of(1),
        },
      ]),
    )
    assert.deepInclude(plain, { basketId: null, spendable: false, withheld: null, lockingScript: null })
    assert.deepInclude(rich, { basketId, spendable: true, withheld: 'legacy', lockingScript: Uint8Array.of(1) })
  }),

  defineCase('outputs: an action has one output of each vout', async (store) => {
    const { userId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [1] })
    const row = { ...NEEDED, userId, actionId: action.actionId, satoshis: 5 }
    await assertRefused(
      store.write((tx) =>
        tx.outputs.insertMany([
          { ...row, vout: 1 },
          { ...row, vout: 0 },
        ]),
      ),
      'UNIQUE_VIOLATION',
      'a vout the action has already',
    )
    assert.lengthOf(await store.read((tx) => tx.outputs.findByAction(action.actionId)), 1)
  }),

  defineCase('outputs: insertMany takes hundreds of rows at once', async (store) => {
    const { userId } = await seedUser(store)
    const { action } = await seedAction(store, { userId, outputs: [] })
    const rows = Array.from({ length: 700 }, (_, vout) => ({
      ...NEEDED,
      userId,
      actionId: action.actionId,
      vout,
      satoshis: vout,
    }))
    const inserted = await store.write((tx) => tx.outputs.insertMany(rows))
    assert.deepEqual(
      inserted.map((row) => row.vout),
      rows.map((row) => row.vout),
    )
    assert.lengthOf(await store.read((tx) => tx.outputs.findByAction(action.actionId)), 700)
  }),

  defineCase('outputs: rows are found by id, and by action in order of vout', async (store) => {
    const user = await seedUser(store)
    const { action, outputs } = await seedAction(store, { ...user, outputs: [30, 20, 10].map(withVout([2, 0, 1])) })
    const other = await seedCoins(store, user, [40])
    const ids = [...outputs, ...other].map((row) => row.outputId)
    await store.read(async (tx) => {
      assert.deepEqual(
        (await tx.outputs.findByAction(action.actionId)).map((row) => row.vout),
        [0, 1, 2],
      )
      assert.sameDeepMembers(await tx.outputs.findByIds([...ids, 999_999]), [...outputs, ...other])
      assert.deepEqual(await tx.outputs.findByIds(ids, user.userId + 1), [])
      assert.deepEqual(await tx.outputs.findByIds([]), [])
      assert.deepEqual(await tx.outputs.findByAction(999_999), [])
      assert.isUndefined(await tx.outputs.findById(999_999))
    })
  }),

  defineCase('outputs: findByOutpoints finds every user’s row, or one user’s, in order of id', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const mine = await seedAction(store, { ...alice, outputs: [10, 20] })
    const theirs = await seedAction(store, { ...bob, built: mine.built, outputs: [10, 20] })
    const other = await seedAction(store, { ...alice, outputs: [30] })
    const { txid } = mine.transaction
    const outpoints = [
      { txid: other.transaction.txid, vout: 0 },
      { txid, vout: 1 },
      { txid, vout: 1 },
      { txid, vout: 9 },
      { txid: hashOf('nobody'), vout: 0 },
    ]
    const find = (userId?: number) => store.read((tx) => tx.outputs.findByOutpoints(outpoints, userId))
    assert.deepEqual(await find(), [mine.outputs[1], theirs.outputs[1], other.outputs[0]])
    assert.deepEqual(await find(alice.userId), [mine.outputs[1], other.outputs[0]])
    assert.deepEqual(await find(bob.userId), [theirs.outputs[1]])
    assert.deepEqual(await store.read((tx) => tx.outputs.findByOutpoints([])), [])
  }),

  defineCase(
    'outputs: findByActions finds what these actions made, of all or of one user, in order of action and vout',
    async (store) => {
      const alice = await seedUser(store)
      const bob = await seedUser(store)
      const first = await seedAction(store, { ...alice, outputs: [10, 20] })
      const second = await seedAction(store, { ...bob, processing: 'draft', outputs: [30] })
      const other = await seedAction(store, { ...alice, outputs: [40] })
      const late = await store.write((tx) =>
        tx.outputs.insertMany([
          { ...NEEDED, userId: alice.userId, actionId: first.action.actionId, vout: 5, satoshis: 50 },
        ]),
      )
      const actionIds = [second.action.actionId, first.action.actionId, 999_999]
      const find = (userId?: number): Promise<OutputRow[]> =>
        store.read((tx) => tx.outputs.findByActions(actionIds, userId))
      assert.deepEqual(await find(), [...first.outputs, ...late, ...second.outputs])
      assert.deepEqual(await find(bob.userId), [...second.outputs])
      assert.deepEqual(await store.read((tx) => tx.outputs.findByActions([other.action.actionId])), [...other.outputs])
      assert.deepEqual(await store.read((tx) => tx.outputs.findByActions([])), [])
    },
  ),

  defineCase('outputs: findSpentBy finds what these actions spend, in order of id', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10, 20, 30])
    const late = await seedAction(store, { ...user, spends: coins.slice(0, 1) })
    const early = await seedAction(store, { ...user, processing: 'draft', spends: coins.slice(1, 2) })
    const actionIds = [early.action.actionId, late.action.actionId]
    const found = await store.read((tx) => tx.outputs.findSpentBy(actionIds))
    assert.deepEqual(
      found.map((row) => [row.outputId, row.spentByActionId]),
      [
        [coins[0]?.outputId ?? 0, late.action.actionId],
        [coins[1]?.outputId ?? 0, early.action.actionId],
      ],
    )
    assert.deepEqual(await store.read((tx) => tx.outputs.findSpentBy(actionIds, user.userId)), found)
    assert.deepEqual(await store.read((tx) => tx.outputs.findSpentBy(actionIds, user.userId + 1)), [])
    assert.deepEqual(await store.read((tx) => tx.outputs.findSpentBy([])), [])
  }),

  defineCase('outputs: update changes one row, and answers undefined when there is none', async (store) => {
    const user = await seedUser(store)
    const [coin, neighbour] = await seedCoins(store, user, [10, 20])
    const before = present(coin, 'the coin')
    const changes = { basketId: null, withheld: 'not-utxo' as const, spendable: false, lockingScript: null }
    const after = present(await store.write((tx) => tx.outputs.update(before.outputId, changes)), 'the changed row')
    assert.deepEqual(after, { ...before, ...changes, updatedAt: after.updatedAt })
    assert.isAtLeast(after.updatedAt.getTime(), before.updatedAt.getTime())
    assert.deepEqual(await store.read((tx) => tx.outputs.findById(before.outputId)), after)
    const other = present(neighbour, 'its neighbour')
    assert.deepEqual(await store.read((tx) => tx.outputs.findById(other.outputId)), other)
    assert.isUndefined(await store.write((tx) => tx.outputs.update(999_999, changes)))
  }),

  defineCase('outputs: updateMany counts the rows it changed', async (store) => {
    const user = await seedUser(store)
    const coins = await seedCoins(store, user, [10, 20, 30])
    const ids = coins.map((row) => row.outputId)
    const changes = { spendable: false, withheld: 'legacy' as const }
    const changed = await store.write((tx) => tx.outputs.updateMany([...ids.slice(0, 2), 999_999], changes))
    assert.strictEqual(changed, 2)
    const rows = await store.read((tx) => tx.outputs.findByAction(present(coins[0], 'a coin').actionId))
    assert.deepEqual(
      rows.map((row) => [row.spendable, row.withheld]),
      [
        [false, 'legacy'],
        [false, 'legacy'],
        [true, null],
      ],
    )
    assert.strictEqual(await store.write((tx) => tx.outputs.updateMany([], changes)), 0)
  }),

  defineCase('outputs: tagsOf gives live tags in order of id, and leaves out outputs without any', async (store) => {
    const user = await seedUser(store)
    const [some, none] = await seedCoins(store, user, [10, 20])
    const tagged = present(some, 'a coin').outputId
    const untagged = present(none, 'a coin').outputId
    const tags = await store.write(async (tx) => {
      const ids: number[] = []
      for (const tag of ['zebra', 'Apple', 'deleted', 'unmapped']) {
        const row = await tx.tags.insert({ userId: user.userId, tag, isDeleted: tag === 'deleted' })
        ids.push(row.outputTagId)
        await tx.tagMaps.insert({ outputTagId: row.outputTagId, outputId: tagged, isDeleted: tag === 'unmapped' })
      }
      await tx.tagMaps.insert({ outputTagId: present(ids[2], 'a tag'), outputId: untagged, isDeleted: false })
      return tx.outputs.tagsOf([untagged, tagged, 999_999])
    })
    assert.deepEqual([...tags], [[tagged, ['zebra', 'Apple']]])
    assert.strictEqual((await store.read((tx) => tx.outputs.tagsOf([]))).size, 0)
  }),
]

const NEEDED = { providedBy: 'storage', purpose: 'change', type: 'P2PKH' } as const

async function insert(store: Store, row: NewOutputRow): Promise<OutputRow> {
  const [inserted] = await store.write((tx) => tx.outputs.insertMany([row]))
  return present(inserted, 'the inserted row')
}

function withVout(vouts: readonly number[]): (satoshis: number, index: number) => { satoshis: number; vout: number } {
  return (satoshis, index) => ({ satoshis, vout: vouts[index] ?? 0 })
}
