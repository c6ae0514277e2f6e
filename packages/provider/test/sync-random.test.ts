import { expect, it } from 'vitest'
import { balanceOf, openStores, published, viewOf, type Storage, type Stores } from './support/open-stores.js'
import { ourBackground } from './support/session/our-background.js'
import { drawSteps } from './support/session/session-step.js'
import { newSession } from './support/session/session.js'
import { runSession } from './support/session/run-session.js'

/** More of it: `TXKEEP_SYNC_STEPS` steps for each of `TXKEEP_SYNC_SEEDS` (a list with commas). */
const STEPS = Number(process.env['TXKEEP_SYNC_STEPS'] ?? 40)
const SEEDS = (process.env['TXKEEP_SYNC_SEEDS'] ?? '1').split(',').map(Number)

/**
 * What happens is whatever leaves no failure behind: of that one another store's word is advice (D18), and each store asks the
 * network by itself.
 */
async function expectSame(stores: Stores, one: Storage, other: Storage): Promise<void> {
  expect(await viewOf(stores, other)).toEqual(await viewOf(stores, one))
  expect(await balanceOf(stores, other)).toBe(await balanceOf(stores, one))
}

it.each(SEEDS)(
  'whatever happened, a backup of either kind shows the same wallet, repeating it changes nothing, and the wallet goes on there (seed %i)',
  async (seed) => {
    const stores = await openStores()
    const { provider: ours, store } = await stores.openOurs('ours')
    const { provider: other } = await stores.openOurs('other')
    const theirs = await stores.openPublished('theirs')
    const { wallet, manager } = await stores.openWallet(ours, other)
    const { services, faucet, identityKey } = stores
    const session = newSession({
      ...{ services, faucet, wallets: [{ wallet, identityKey, rootKeyHex: '21'.repeat(32) }] },
      ...{ background: ourBackground(store, services), close: () => store.close() },
    })
    const backUp = async (backup: Storage): Promise<void> => {
      await manager.updateBackups()
      await expectSame(stores, ours, backup)
      const { inserts, updates } = await manager.syncToWriter(await manager.getAuth(), published(backup))
      expect({ inserts, updates }).toEqual({ inserts: 0, updates: 0 })
    }
    const steps = drawSteps(STEPS, seed, 1, {
      without: ['payNeighbour', 'abort', 'strangerPosts', 'strangerSteals'],
      moods: { healthy: 80, unavailable: 10, lostAnswer: 10 },
    })
    for (const half of [steps.slice(0, STEPS / 2), steps.slice(STEPS / 2)]) {
      await runSession(session, half, store)
      await backUp(other)
    }
    // It joins late: of drafts it was told of before, a published store never learns the txids (D17).
    await manager.addWalletStorageProvider(published(theirs))
    await manager.setActive(ours.getSettings().storageIdentityKey)
    await backUp(theirs)
    for (const [to, from] of [
      [theirs, ours],
      [other, theirs],
      [ours, other],
    ] as const) {
      await manager.setActive(to.getSettings().storageIdentityKey)
      await expectSame(stores, from, to)
    }
  },
)
