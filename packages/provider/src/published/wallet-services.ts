import type { ToolboxServices } from '@txkeep/services'

/**
 * What the provider asks of the published `WalletServices` a `Wallet` hands to `setServices`. Every published service class
 * fits; so does a test's own.
 */
export type WalletServices = ToolboxServices
