import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import type { FaultyServices } from './faulty-services.js'
import { type StorageKnex, Wallet, WalletStorageManager } from './toolbox.js'

/** One user of a legacy store: keys, and the published wallet over that store. */
export interface LegacyUser {
  userId: number
  /** Compressed public key, hex. */
  identityKey: string
  /** The secret the wallet is opened with, 32 bytes in hex. A test key: it never holds real coins. */
  rootKeyHex: string
  wallet: Wallet
  manager: WalletStorageManager
}

/** Opens the published wallet for this key over a store, and makes the user known to it. */
export async function openLegacyUser(
  rootKeyHex: string,
  storage: StorageKnex,
  services: FaultyServices,
): Promise<LegacyUser> {
  const rootKey = PrivateKey.fromHex(rootKeyHex)
  const keyDeriver = new KeyDeriver(rootKey)
  const manager = new WalletStorageManager(keyDeriver.identityKey, storage)
  await manager.makeAvailable()
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services })
  return { userId: await manager.getUserId(), identityKey: keyDeriver.identityKey, rootKeyHex, wallet, manager }
}
