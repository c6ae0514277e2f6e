import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import type { Store } from '@txkeep/core'
import { Faucet, openChain, seededRandom, type FaultyServices, type NetworkMood } from '@txkeep/legacy-wallet-maker'
import { createProvider, type TxkeepStorageProvider } from '../../../src/index.js'
import { ourBackground } from './our-background.js'

/** A network, and wallets of one storage before it. */
export interface SessionWorld {
  readonly services: FaultyServices
  readonly faucet: Faucet
  readonly wallets: readonly SessionWallet[]
  readonly background: Background
  close(): Promise<void>
}

export interface SessionWallet {
  readonly wallet: Wallet
  readonly identityKey: string
  readonly rootKeyHex: string
}

/** What a monitor does beside the wallets, here when the session says so. */
export interface Background {
  /** Tells the storage of the best block, and collects every proof there is. */
  collectProofs(): Promise<void>
  /** Tells it that these blocks left the best chain. */
  reorged(blockHashes: readonly string[]): Promise<void>
  /** Sends what waits to be sent. */
  sendWaiting(): Promise<void>
  /** Asks the network about inputs of what failed, and about what is to be looked at again. */
  review(): Promise<void>
}

/** Wallets of our provider over this store. */
export async function openOurWorld(store: Store, seed: number, users = 2): Promise<SessionWorld> {
  const services = await openChain(':memory:')
  const random = seededRandom(seed)
  const faucet = new Faucet(services, '11'.repeat(32), random)
  const provider = createProvider({
    store,
    chain: 'mock',
    services,
    errors: sdk,
    random: (count) => random.bytes(count),
  })
  await provider.migrate('a session', `02${'ab'.repeat(32)}`)
  await provider.makeAvailable()
  const wallets: SessionWallet[] = []
  for (let index = 0; index < users; index++) {
    wallets.push(await openSessionWallet(provider, services, `${index + 1}`.padStart(64, '2')))
  }
  return {
    ...{ services, faucet, wallets, background: ourBackground(store, services) },
    close: async () => {
      await store.close()
      await services.knex.destroy()
    },
  }
}

export async function openSessionWallet(
  storage: TxkeepStorageProvider<sdk.WalletServices> | sdk.WalletStorageProvider,
  services: FaultyServices,
  rootKeyHex: string,
): Promise<SessionWallet> {
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex(rootKeyHex))
  const { identityKey } = keyDeriver
  const manager = new WalletStorageManager(identityKey, storage)
  await manager.makeAvailable()
  return { wallet: new Wallet({ chain: 'mock', keyDeriver, storage: manager, services }), identityKey, rootKeyHex }
}

export type { NetworkMood }
