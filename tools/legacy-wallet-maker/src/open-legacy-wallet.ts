import { type LegacyCommission, openChain, openLegacyStore } from './legacy-store.js'
import { type LegacyUser, openLegacyUser } from './legacy-user.js'
import type { FaultyServices } from './faulty-services.js'
import type { StorageKnex } from './toolbox.js'

export interface OpenLegacyWalletOptions {
  file: string
  chainFile: string
  /** Whose wallet to open; a key the store does not know becomes a new user of it. */
  rootKeyHex: string
  /** Needed when the store took commissions before: the published storage does not write this down. */
  commission?: LegacyCommission
}

/** A published wallet that is open on a legacy database. */
export interface OpenLegacyWallet extends LegacyUser {
  storage: StorageKnex
  services: FaultyServices
  /** Satoshis the wallet says it has, as its own balance call answers. */
  balance: () => Promise<number>
  /** Closes both databases. */
  close: () => Promise<void>
}

/**
 * The published wallet on an existing legacy database, opened as an application opens it: the storage brings the schema to
 * its newest version first, and refuses a database it does not understand.
 */
export async function openLegacyWallet(options: OpenLegacyWalletOptions): Promise<OpenLegacyWallet> {
  const { file, chainFile, rootKeyHex, commission } = options
  const services = await openChain(chainFile)
  let storage: StorageKnex | undefined
  const close = async (): Promise<void> => {
    await storage?.knex.destroy()
    await services.knex.destroy()
  }
  try {
    storage = await openLegacyStore({ file, name: 'legacy', services, hasty: false, ...(commission && { commission }) })
    const user = await openLegacyUser(rootKeyHex, storage, services)
    return { ...user, storage, services, balance: () => user.wallet.balance(), close }
  } catch (error) {
    await close()
    throw error
  }
}
