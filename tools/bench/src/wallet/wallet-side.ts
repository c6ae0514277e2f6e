import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { openLegacyStore, type MadeUser } from '@txkeep/legacy-wallet-maker'
import { createProvider } from '@txkeep/provider'
import { openStore } from '@txkeep/storage-knex'
import type { AcceptingServices } from './accepting-services.js'
import type { Stopwatch } from './stopwatch.js'
import { timedStorage, type Costs } from './timed-storage.js'

/** One storage with the published wallet over it, and a note of what its calls cost. */
export interface WalletSide {
  readonly name: string
  readonly wallet: Wallet
  readonly storage: sdk.WalletStorageProvider
  readonly auth: sdk.AuthId & { readonly userId: number }
  take(): Costs
  close(): Promise<void>
}

export interface SideOptions {
  readonly user: Pick<MadeUser, 'rootKeyHex'>
  readonly services: AcceptingServices
  readonly stopwatch: Stopwatch
}

/** The published storage on a legacy SQLite file, new if it is not there; opened as an application opens it. */
export async function publishedSide(file: string, options: SideOptions): Promise<WalletSide> {
  const storage = await openLegacyStore({ file, name: 'legacy', services: options.services, hasty: false })
  return openSide('published', storage, () => storage.knex.destroy(), options)
}

/** Our provider on a moved wallet, or on a new one with `create`. */
export async function ourSide(
  url: string,
  options: SideOptions,
  { name = 'ours', create = false }: { readonly name?: string; readonly create?: boolean } = {},
): Promise<WalletSide> {
  const store = await openStore(url, { create })
  const provider = createProvider<sdk.WalletServices>({ store, chain: 'mock', errors: sdk, services: options.services })
  await provider.migrate(name, `03${'cd'.repeat(32)}`)
  await provider.makeAvailable()
  return openSide(name, provider, () => provider.destroy(), options)
}

async function openSide(
  name: string,
  storage: sdk.WalletStorageProvider,
  close: () => Promise<void>,
  { user, services, stopwatch }: SideOptions,
): Promise<WalletSide> {
  const timed = timedStorage(storage, stopwatch)
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex(user.rootKeyHex))
  const manager = new WalletStorageManager(keyDeriver.identityKey, timed.storage)
  await manager.makeAvailable()
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services })
  const auth = { identityKey: keyDeriver.identityKey, userId: await manager.getUserId() }
  timed.take()
  return { name, wallet, storage: timed.storage, auth, take: timed.take, close }
}
