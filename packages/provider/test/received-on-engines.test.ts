import { Beef } from '@bsv/sdk'
import { describeOnEngines, type TestEngine } from '@txkeep/test-engines'
import { expect, onTestFinished, test } from 'vitest'
import type { AuthId, TxkeepStorageProvider } from '../src/index.js'
import { atOnce, openWorld, payment, type TestWallet, type World } from './support/open-wallet.js'
import { insert, receive, unpostedPayment } from './support/received-payments.js'
import { sync } from './support/sync-chunks.js'

await describeOnEngines('what was received', (engine) => {
  test('is change or a token, merged once, proven to others, spent, and the same in a copy and back', async () => {
    const world = await openOn(engine)
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [3000, 50])
    await alice.wallet.internalizeAction(receive(paid, { vouts: [0], labels: ['received'] }))
    const again = await alice.wallet.internalizeAction(receive(paid, { vouts: [0], labels: ['received', 'again'] }))
    expect(again).toMatchObject({ accepted: true, isMerge: true, satoshis: 0 })
    await alice.wallet.internalizeAction(
      insert(paid, 'coins', { vouts: [1], tags: ['small'], customInstructions: 'keep it' }),
    )
    expect(await alice.balance()).toBe(3000)
    const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
    const listed = await alice.wallet.listOutputs({ basket: 'default', include: 'entire transactions' })
    const beef = Beef.fromBinary(listed.BEEF!)
    expect(beef.findTxid(txid!)).toBeDefined()
    expect(await beef.verify(await world.services.getChainTracker())).toBe(true)

    // On SQLite, whatever the engine here.
    const copy = await openWorld()
    const { user } = await copy.provider.findOrInsertUser(alice.auth.identityKey)
    const other = { identityKey: alice.auth.identityKey, userId: user.userId }
    await sync(alice.auth, world.provider, copy.provider)
    expect(await shownTo(copy.provider, other)).toEqual(await shownTo(world.provider, alice.auth))
    await rename(copy.provider, other)
    await sync(alice.auth, copy.provider, world.provider)
    expect(await shownTo(world.provider, alice.auth)).toEqual(await shownTo(copy.provider, other))
    expect(await sync(alice.auth, copy.provider, world.provider)).toEqual({ inserts: 0, updates: 0 })
  })
})

async function openOn(engine: TestEngine): Promise<World> {
  const database = await engine.makeDatabase()
  onTestFinished(() => database.drop())
  return openWorld({}, undefined, database)
}

/** Something that is newer in the copy. */
async function rename(provider: TxkeepStorageProvider, auth: AuthId & TestWallet['auth']): Promise<void> {
  const [row] = await provider.findOutputsAuth(auth, { partial: { customInstructions: 'keep it' } })
  expect(await provider.relinquishOutput(auth, { basket: 'coins', output: `${row!.txid}.${row!.vout}` })).toBe(1)
}

/** Her outputs without what a store numbers itself. */
async function shownTo(provider: TxkeepStorageProvider, auth: TestWallet['auth']): Promise<readonly object[]> {
  const rows = await provider.findOutputsAuth(auth, { partial: {} })
  return rows
    .map(({ outputId: _o, userId: _u, transactionId: _t, spentBy, basketId, ...row }) => ({
      ...row,
      isSpent: spentBy !== undefined,
      isInBasket: basketId !== undefined,
    }))
    .sort((one, other) => (JSON.stringify([one.txid, one.vout]) < JSON.stringify([other.txid, other.vout]) ? -1 : 1))
}
