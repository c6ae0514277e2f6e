import type { Clock, SettingsRow, Store } from '@txkeep/core'
import type { TransactionService } from '@txkeep/lifecycle'
import type { ProviderNetwork } from './network/published-network.js'
import type { StorageFeeModel } from './published/arguments.js'
import type { Chain } from './published/rows.js'
import type { RandomBytes } from './random.js'

/** What the store takes from every action, paid to an output of its own. */
export interface Commission {
  readonly satoshis: number
  /** Compressed public key in hex; its owner redeems commissions with the key offset stored beside each. */
  readonly publicKeyHex: string
}

/** What every method works with: the same value for the whole provider. Nothing else reaches a rule. */
export interface ProviderContext {
  readonly store: Store
  /** The only path that changes a status. */
  readonly service: TransactionService
  readonly clock: Clock
  readonly random: RandomBytes
  readonly syncOverlapMs: number
  readonly feeModel: StorageFeeModel
  readonly commission: Commission | undefined
  /** The chain in the settings of a new store; a stored row wins. */
  readonly newStoreChain: Chain
  /** @throws {WERR_INVALID_OPERATION} before `makeAvailable`. */
  settings(): SettingsRow
  /** @throws {WERR_INVALID_OPERATION} before `setServices`, if `createProvider` got no network either. */
  network(): ProviderNetwork
  /** The same, or undefined. */
  networkIfAny(): ProviderNetwork | undefined
}
