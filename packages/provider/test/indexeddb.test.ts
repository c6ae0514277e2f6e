import 'fake-indexeddb/auto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { Faucet, openChain, openLegacyStore, seededRandom } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { openIdbStore } from '@txkeep/storage-idb'
import { expect, it, onTestFinished } from 'vitest'
import { createProvider } from '../src/index.js'
import { atOnce, payment, strangerScript } from './support/open-wallet.js'
import { receive } from './support/received-payments.js'

/** The published wallet over our provider over IndexedDB: nothing in between knows which engine it is. */
async function openBrowserWallet() {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-indexeddb-'))
  const services = await openChain(join(folder, 'chain.sqlite'))
  const store = await openIdbStore(folder)
  const provider = createProvider<sdk.WalletServices>({ store, services, chain: 'mock', errors: sdk })
  await provider.migrate('a browser', `02${'ab'.repeat(32)}`)
  await provider.makeAvailable()
  const legacy = await openLegacyStore({ file: join(folder, 'legacy.sqlite'), name: 'legacy', services, hasty: true })
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex('33'.repeat(32)))
  const manager = new WalletStorageManager(keyDeriver.identityKey, provider, [legacy])
  await manager.makeAvailable()
  await manager.setActive(provider.getSettings().storageIdentityKey)
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services })
  const faucet = new Faucet(services, '11'.repeat(32), seededRandom(7))
  onTestFinished(async () => {
    await store.close()
    await legacy.knex.destroy()
    await services.knex.destroy()
    await rm(folder, { recursive: true })
  })
  const fund = async (...satoshis: number[]): Promise<void> => {
    const paid = await faucet.pay({ identityKey: keyDeriver.identityKey, satoshis, proven: true })
    await services.mineBlock()
    // What our monitor would know: a proof in the tip block is not confirmed, and does not travel.
    await new TransactionService({ store }).setChainTip({ height: await services.getHeight() })
    await wallet.internalizeAction(receive(paid))
  }
  return { wallet, manager, store, provider, legacy, fund }
}

it('a wallet in a browser receives, pays, drafts, aborts and lists as on any engine', async () => {
  const { wallet, fund, provider, store } = await openBrowserWallet()
  expect(provider.getSettings().dbtype).toBe('IndexedDB')
  await fund(20_000, 20_000)
  expect(await wallet.balance()).toBe(40_000)
  await wallet.createAction(payment(1000, atOnce))
  const token = {
    satoshis: 7,
    lockingScript: strangerScript,
    outputDescription: 'a token of mine',
    basket: 'tokens',
    tags: ['shiny'],
  }
  await wallet.createAction({ description: 'a token', labels: ['tokens'], outputs: [token], options: atOnce })
  const { signableTransaction } = await wallet.createAction(payment(500, { signAndProcess: false }))
  const whileDrafted = await wallet.balance()
  await wallet.abortAction({ reference: signableTransaction!.reference })
  const afterwards = await wallet.balance()
  expect(afterwards).toBeGreaterThan(whileDrafted)
  expect(40_000 - afterwards).toBeLessThan(1_050)
  const tokens = await wallet.listOutputs({ basket: 'tokens', tags: ['shiny'], includeTags: true })
  expect(tokens).toMatchObject({ totalOutputs: 1, outputs: [{ satoshis: 7, tags: ['shiny'] }] })
  const labelled = await wallet.listActions({ labels: ['tokens'], includeLabels: true })
  expect(labelled).toMatchObject({ totalActions: 1, actions: [{ status: 'unproven', labels: ['tokens'] }] })
  expect(await store.write((tx) => tx.outputs.refreshSpendable({}))).toMatchObject({ flipped: 0 })
})

it('a wallet in a browser and a published store are each other’s backup', async () => {
  const { wallet, manager, fund, provider, legacy } = await openBrowserWallet()
  await fund(20_000, 20_000)
  await wallet.createAction(payment(1000, atOnce))
  const [balance, { totalActions }] = [await wallet.balance(), await wallet.listActions({ labels: [] })]
  await manager.setActive(legacy.getSettings().storageIdentityKey)
  expect(await wallet.balance()).toBe(balance)
  expect((await wallet.listActions({ labels: [] })).totalActions).toBe(totalActions)
  await wallet.createAction(payment(2000, atOnce))
  const later = await wallet.balance()
  await manager.setActive(provider.getSettings().storageIdentityKey)
  expect(await wallet.balance()).toBe(later)
  await wallet.createAction(payment(3000, atOnce))
  expect(await wallet.balance()).toBeLessThan(later - 3000)
})
