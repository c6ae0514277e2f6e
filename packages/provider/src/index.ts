// The provider
export { createProvider, type ProviderOptions } from './create-provider.js'
export { servedStorage, type ServableProvider, type ServedStorage } from './served/served-storage.js'
export { TxkeepStorageProvider } from './txkeep-storage-provider.js'
export type { Commission } from './provider-context.js'
export type { ProviderNetwork } from './network/published-network.js'
export type { RandomBytes } from './random.js'

// Errors a wallet sees
export { WalletError } from './errors/wallet-error.js'
export {
  WERR_BAD_REQUEST,
  WERR_INSUFFICIENT_FUNDS,
  WERR_INTERNAL,
  WERR_INVALID_OPERATION,
  WERR_INVALID_PARAMETER,
  WERR_REVIEW_ACTIONS,
  WERR_UNAUTHORIZED,
} from './errors/werr.js'
export type { PublishedErrorClasses } from './errors/published-errors.js'

// The published interface
export type { WalletStorageProvider } from './published/wallet-storage-provider.js'
export type { WalletServices } from './published/wallet-services.js'
export type {
  AuthId,
  FindCertificatesArgs,
  FindOutputBasketsArgs,
  FindOutputsArgs,
  FindProvenTxReqsArgs,
  FindSincePagedArgs,
  ReviewActionResult,
  SendWithResult,
  StorageCreateActionResult,
  StorageCreateTransactionSdkInput,
  StorageCreateTransactionSdkOutput,
  StorageFeeModel,
  StorageInternalizeActionResult,
  StorageProcessActionArgs,
  StorageProcessActionResults,
} from './published/arguments.js'
export type {
  Chain,
  StorageProvidedBy,
  TableCertificate,
  TableCertificateField,
  TableCertificateX,
  TableOutput,
  TableOutputBasket,
  TableSettings,
  TableUser,
  TransactionStatus,
} from './published/rows.js'
export type {
  ProcessSyncChunkResult,
  RequestSyncChunkArgs,
  SyncChunk,
  SyncStatus,
  TableCommission,
  TableOutputTag,
  TableOutputTagMap,
  TableProvenTx,
  TableProvenTxReq,
  TableSyncState,
  TableTransaction,
  TableTxLabel,
  TableTxLabelMap,
} from './published/sync-rows.js'

// Change, apart from any database
export {
  MAX_CHANGE_OUTPUTS,
  MAX_POSSIBLE_SATOSHIS,
  generateChange,
  type ChangePlan,
  type ChangeProblem,
} from './create-action/change/generate-change.js'
export type { Coin, CoinRequest, CoinSource } from './create-action/change/coin-source.js'
export { memoryCoins } from './create-action/change/memory-coins.js'
