import type { NetworkServices } from '@txkeep/core'
import { createServices, toolboxProviders } from '@txkeep/services'
import type { WalletServices } from '../published/wallet-services.js'

/** What the provider asks of the network: broadcasting, the state of coins, finality, and merkle roots. */
export type ProviderNetwork = Pick<
  NetworkServices,
  | 'postBeef'
  | 'getStatusForTxids'
  | 'getRawTx'
  | 'getMerklePath'
  | 'getUtxoStatus'
  | 'nLockTimeIsFinal'
  | 'isValidRootForHeight'
  | 'currentHeight'
> &
  Partial<Pick<NetworkServices, 'providers' | 'findHeaderForHeight'>>

/** The published services of a `Wallet` as the provider's network: what answers mean is read in one place, `@txkeep/services`. */
export function publishedNetwork(services: WalletServices): ProviderNetwork {
  return createServices({ providers: toolboxProviders(services) })
}
