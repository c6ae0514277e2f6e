import type { LeaseRow, OutputRow, Store } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedCoins } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'
import { sleep } from './sleep.js'

/** What background tasks ask for, over every user: source docs/spec/monitor.md §2 and §3. */
export const taskQueryCases: readonly ContractCase[] = [
  defineCase('tasks: claimable is what is due or woken and held by nobody, in the order asked', async (store) => {
    await finish(store, 'resting', LONG_MS)
    await finish(store, 'woken', LONG_MS)
    await store.write((tx) => tx.tasks.wake(['woken']))
    await finish(store, 'due', 0)
    await take(store, 'held', LONG_MS)
    await take(store, 'expired', 20)
    await sleep(60)
    const names = ['woken', 'expired', 'held', 'never seen', 'due', 'resting']
    const claimable = await store.read((tx) => tx.tasks.listClaimable(names))
    assert.deepEqual(claimable, ['woken', 'expired', 'never seen', 'due'])
    assert.deepEqual(await store.read((tx) => tx.tasks.listClaimable([])), [])
    assert.lengthOf(await store.read((tx) => tx.tasks.list()), 5, 'asking makes no row')
  }),

  defineCase('actions: idle drafts are outgoing, not aborted, and did not change for a while', async (store) => {
    const [alice, bob] = [await seedUser(store), await seedUser(store)]
    const old = new Date('2026-01-01T00:00:00.000Z')
    const draft = async (userId: number, action: object) =>
      (await seedAction(store, { userId, processing: 'draft', action: { updatedAt: old, ...action } })).action
    const first = await draft(alice.userId, {})
    const second = await draft(bob.userId, {})
    await draft(alice.userId, { updatedAt: new Date(old.getTime() + 1) })
    await draft(alice.userId, { userAborted: true })
    await draft(alice.userId, { isOutgoing: false })
    await seedAction(store, { userId: alice.userId, processing: 'nosend', action: { updatedAt: old } })
    const list = (afterId: number, limit: number) =>
      store.read((tx) => tx.actions.listIdleDrafts({ idleSince: old, afterId, limit }))
    assert.deepEqual(await list(0, 10), [first, second])
    assert.deepEqual(await list(0, 1), [first])
    assert.deepEqual(await list(first.actionId, 10), [second])
  }),

  defineCase('outputs: what a failed action or an aborted draft still holds is found, page by page', async (store) => {
    const owner = await seedUser(store)
    const coins = await seedCoins(store, owner, [1, 2, 3, 4, 5, 6])
    const [byInvalid, byDoubleSpend, byAborted, byDraft, byLiving, settled] = coins as Six
    const { userId } = owner
    await seedAction(store, { userId, processing: 'invalid', spends: [byInvalid, settled] })
    await seedAction(store, { userId, processing: 'doubleSpend', spends: [byDoubleSpend] })
    await seedAction(store, { userId, processing: 'draft', spends: [byAborted], action: { userAborted: true } })
    await seedAction(store, { userId, processing: 'draft', spends: [byDraft] })
    await seedAction(store, { userId, processing: 'sent', spends: [byLiving] })
    await store.write((tx) => tx.outputs.update(settled.outputId, { withheld: 'spent-elsewhere' }))
    await store.write((tx) => tx.outputs.update(byAborted.outputId, { withheld: 'operator' }))
    const list = async (afterId: number, limit: number) =>
      idsOf(await store.read((tx) => tx.outputs.listHeldByFailed({ afterId, limit })))
    const held = idsOf([byInvalid, byDoubleSpend, byAborted])
    assert.deepEqual(await list(0, 10), held)
    assert.deepEqual(await list(0, 2), held.slice(0, 2))
    assert.deepEqual(await list(byInvalid.outputId, 10), held.slice(1))
  }),

  defineCase(
    'outputs: the network can be asked about spendable coins and those it once called spent',
    async (store) => {
      const owner = await seedUser(store)
      const coins = await seedCoins(store, owner, [1, 2, 3, 4, 5, 6])
      const [free, notUtxo, spentElsewhere, legacy, byOperator, spent] = coins as Six
      await seedCoins(store, owner, [7], { processing: 'queued' })
      const [ofDead] = await seedCoins(store, owner, [8], { processing: 'invalid' })
      await seedAction(store, { userId: owner.userId, processing: 'sent', outputs: [], spends: [spent] })
      await store.write(async ({ outputs }) => {
        await outputs.update(notUtxo.outputId, { withheld: 'not-utxo' })
        await outputs.update(spentElsewhere.outputId, { withheld: 'spent-elsewhere' })
        await outputs.update(legacy.outputId, { withheld: 'legacy' })
        await outputs.update(byOperator.outputId, { withheld: 'operator' })
        await outputs.update(ofDead!.outputId, { withheld: 'legacy' })
        await outputs.refreshSpendable({})
      })
      const list = async (afterId: number, limit: number) =>
        idsOf(await store.read((tx) => tx.outputs.listReviewable({ afterId, limit })))
      const asked = idsOf([free, notUtxo, spentElsewhere, legacy])
      assert.deepEqual(await list(0, 10), asked)
      assert.deepEqual(await list(free.outputId, 2), asked.slice(1, 3))
    },
  ),
]

type Six = [OutputRow, OutputRow, OutputRow, OutputRow, OutputRow, OutputRow]

const LONG_MS = 60_000

function idsOf(outputs: readonly OutputRow[]): number[] {
  return outputs.map(({ outputId }) => outputId)
}

async function take(store: Store, taskName: string, ttlMs: number): Promise<LeaseRow> {
  const claim = await store.write((tx) => tx.leases.claim({ taskName, ownerId: 'one', ttlMs }))
  return claim.claimed ? claim.lease : assert.fail(`${taskName} should have been claimed, but is ${claim.reason}`)
}

async function finish(store: Store, taskName: string, dueInMs: number): Promise<void> {
  const lease = await take(store, taskName, LONG_MS)
  await store.write((tx) => tx.leases.release(lease, { dueInMs }))
}
