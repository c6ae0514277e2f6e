import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk, type StorageKnex } from '@bsv/wallet-toolbox'
import type { Store } from '@txkeep/core'
import { Faucet, openChain, openLegacyStore, seededRandom, type FaultyServices } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { onTestFinished } from 'vitest'
import { createProvider, type ProviderOptions, type TxkeepStorageProvider } from '../../src/index.js'

/** One user, one network, and storages of either kind that she can use in any role. */
export interface Stores {
  readonly identityKey: string
  readonly services: FaultyServices
  readonly faucet: Faucet
  /** A new store of ours; unless told otherwise, a sync from it sends nothing a second time. */
  openOurs(name: string, options?: Pick<ProviderOptions, 'syncOverlapMs'>): Promise<OurStore>
  /** A new store of the published toolbox. */
  openPublished(name: string): Promise<StorageKnex>
  /** Her wallet over an active store and its backups. */
  openWallet(active: Storage, ...backups: readonly Storage[]): Promise<SyncedWallet>
}

export interface OurStore {
  readonly store: Store
  readonly provider: TxkeepStorageProvider
}

export type Storage = StorageKnex | TxkeepStorageProvider

export interface SyncedWallet {
  readonly wallet: Wallet
  readonly manager: WalletStorageManager
  /** Receives mined coins of these amounts. */
  fund(...satoshis: readonly number[]): Promise<void>
}

export async function openStores(): Promise<Stores> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-sync-'))
  const services = await openChain(join(folder, 'chain.sqlite'))
  const ours: Store[] = []
  const closers: (() => Promise<unknown>)[] = [() => services.knex.destroy()]
  onTestFinished(async () => {
    for (const close of closers) await close()
    await rm(folder, { recursive: true })
  })
  const faucet = new Faucet(services, '11'.repeat(32), seededRandom(7))
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex('21'.repeat(32)))
  const { identityKey } = keyDeriver
  return {
    identityKey,
    services,
    faucet,
    openOurs: async (name, options = { syncOverlapMs: 0 }) => {
      const store = await openStore(join(folder, `${name}.sqlite`), { create: true, synchronous: 'normal' })
      ours.push(store)
      closers.push(() => store.close())
      const provider = createProvider({ store, chain: 'mock', services, errors: sdk, ...options })
      await provider.migrate(name, `03${Buffer.from(name.padEnd(32, '.')).toString('hex')}`)
      await provider.makeAvailable()
      return { store, provider }
    },
    openPublished: async (name) => {
      const storage = await openLegacyStore({ file: join(folder, `${name}.sqlite`), name, services, hasty: true })
      closers.push(() => storage.knex.destroy())
      return storage
    },
    openWallet: async (active, ...backups) => {
      const manager = new WalletStorageManager(identityKey, published(active), backups.map(published))
      await manager.makeAvailable()
      await manager.setActive(active.getSettings().storageIdentityKey)
      const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services })
      return {
        wallet,
        manager,
        fund: async (...satoshis) => {
          const { tx, outputs, senderIdentityKey } = await faucet.pay({ identityKey, satoshis, proven: true })
          await services.mineBlock()
          // What our monitor would know: a proof in the tip block is not confirmed, and does not travel.
          for (const store of ours) {
            await new TransactionService({ store }).setChainTip({ height: await services.getHeight() })
          }
          await wallet.internalizeAction({
            tx,
            description: 'a payment to me',
            labels: ['received'],
            outputs: outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
              outputIndex,
              protocol: 'wallet payment',
              paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
            })),
          })
        },
      }
    },
  }
}

/** As the published manager takes it: families that are not there yet are never called by these tests. */
export function published(storage: Storage): sdk.WalletStorageProvider {
  return storage as unknown as sdk.WalletStorageProvider
}

/** What a wallet shows of its user, in an order of its own and without what a store numbers itself. */
export async function viewOf(stores: Stores, storage: Storage): Promise<object> {
  const { wallet, manager } = await openReader(stores, storage)
  const { actions } = await wallet.listActions({
    labels: [],
    includeLabels: true,
    includeOutputs: true,
    includeOutputLockingScripts: true,
    limit: 1000,
  })
  const auth = await manager.getAuth()
  const baskets = (await storage.findOutputBasketsAuth(auth, { partial: {} })).filter(({ isDeleted }) => !isDeleted)
  const outputs = []
  for (const { name } of baskets) {
    const listed = await wallet.listOutputs({
      basket: name,
      include: 'locking scripts',
      includeCustomInstructions: true,
      includeLabels: true,
      includeTags: true,
      limit: 1000,
    })
    outputs.push(...listed.outputs.map((output) => ({ basket: name, ...sorted(output) })))
  }
  const { certificates } = await wallet.listCertificates({ certifiers: [], types: [], limit: 1000 })
  return {
    actions: actions
      .map((action) => ({
        ...sorted(action),
        outputs: action.outputs
          // The published list says of a coin of a failed action that it can be spent.
          ?.map(({ spendable, ...output }) => ({
            ...sorted(output),
            spendable: action.status === 'failed' ? false : spendable,
          }))
          .sort((a, b) => a.outputIndex - b.outputIndex),
      }))
      .sort(byText),
    baskets: baskets
      .map(({ name, numberOfDesiredUTXOs, minimumDesiredUTXOValue }) => ({
        name,
        numberOfDesiredUTXOs,
        minimumDesiredUTXOValue,
      }))
      .sort(byText),
    outputs: outputs.sort(byText),
    certificates: certificates.map(({ verifier: _, ...certificate }) => certificate).sort(byText),
  }
}

/** What she has in her default basket, in satoshis. */
export async function balanceOf(stores: Stores, storage: Storage): Promise<number> {
  return (await openReader(stores, storage)).wallet.balance()
}

async function openReader(
  stores: Stores,
  storage: Storage,
): Promise<{ readonly wallet: Wallet; readonly manager: WalletStorageManager }> {
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex('21'.repeat(32)))
  const manager = new WalletStorageManager(stores.identityKey, published(storage))
  await manager.makeAvailable()
  return { manager, wallet: new Wallet({ chain: 'mock', keyDeriver, storage: manager, services: stores.services }) }
}

function sorted<T extends { labels?: string[]; tags?: string[] }>(row: T): T {
  return {
    ...row,
    ...(row.labels === undefined ? {} : { labels: [...row.labels].sort() }),
    ...(row.tags === undefined ? {} : { tags: [...row.tags].sort() }),
  }
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1
}
