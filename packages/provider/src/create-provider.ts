import { systemClock, type Clock, type Store } from '@txkeep/core'
import { TransactionService } from '@txkeep/lifecycle'
import { DEFAULT_SATOSHIS_PER_KB, readFeeRate } from './create-action/change/fee-model.js'
import { checkCommission } from './create-action/commission.js'
import type { PublishedErrorClasses } from './errors/published-errors.js'
import type { ProviderNetwork } from './network/published-network.js'
import type { Commission } from './provider-context.js'
import type { StorageFeeModel } from './published/arguments.js'
import type { Chain } from './published/rows.js'
import type { WalletServices } from './published/wallet-services.js'
import { systemRandom, type RandomBytes } from './random.js'
import { TxkeepStorageProvider } from './txkeep-storage-provider.js'

export interface ProviderOptions<Services extends WalletServices = WalletServices> {
  /** An open store. The provider closes it in `destroy`. */
  readonly store: Store
  /** The published services. A `Wallet` that has some hands them in by `setServices`. */
  readonly services?: Services
  /** The network instead of published services, e.g. `createServices` of `@txkeep/services`; it wins over them. */
  readonly network?: ProviderNetwork
  /** Default one satoshi per kB. */
  readonly feeModel?: StorageFeeModel
  readonly commission?: Commission
  /** The chain written into the settings of a new store. Default `main`. */
  readonly chain?: Chain
  readonly clock?: Clock
  /** Where references, derivations and key offsets come from. Default: the machine's secure source. */
  readonly random?: RandomBytes
  /**
   * How long a sync from this store may take without missing what changes meanwhile: rows that changed so long before the moment
   * it asks from are sent once more. Default ten minutes.
   */
  readonly syncOverlapMs?: number
  /** The error classes to throw: the `sdk` namespace of the toolbox in use. Default: our own, with the same names and codes. */
  readonly errors?: PublishedErrorClasses
}

const DEFAULT_SYNC_OVERLAP_MS = 600_000

/**
 * The storage to hand to the published `WalletStorageManager`, over any store.
 *
 * @throws {WERR_INVALID_PARAMETER} if the fee model or the commission is none.
 * @example new WalletStorageManager(identityKey, createProvider({ store: await openStore('wallet.sqlite') }))
 */
export function createProvider<Services extends WalletServices = WalletServices>(
  options: ProviderOptions<Services>,
): TxkeepStorageProvider<Services> {
  const { store, clock = systemClock, feeModel = { model: 'sat/kb', value: DEFAULT_SATOSHIS_PER_KB } } = options
  readFeeRate(feeModel)
  if (options.commission !== undefined) checkCommission(options.commission)
  return new TxkeepStorageProvider(
    {
      store,
      clock,
      service: new TransactionService({ store, clock, who: 'provider' }),
      random: options.random ?? systemRandom,
      syncOverlapMs: options.syncOverlapMs ?? DEFAULT_SYNC_OVERLAP_MS,
      feeModel,
      commission: options.commission,
      newStoreChain: options.chain ?? 'main',
    },
    options,
    options.errors ?? {},
  )
}
