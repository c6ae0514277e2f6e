import type {
  AbortActionArgs,
  AbortActionResult,
  InternalizeActionArgs,
  ListActionsResult,
  ListCertificatesResult,
  ListOutputsResult,
  RelinquishCertificateArgs,
  RelinquishOutputArgs,
  Validation,
} from '@bsv/sdk'
import type {
  AuthId,
  FindCertificatesArgs,
  FindOutputBasketsArgs,
  FindOutputsArgs,
  FindProvenTxReqsArgs,
  StorageCreateActionResult,
  StorageInternalizeActionResult,
  StorageProcessActionArgs,
  StorageProcessActionResults,
} from './arguments.js'
import type { TableCertificateX, TableOutput, TableOutputBasket, TableSettings, TableUser } from './rows.js'
import type {
  ProcessSyncChunkResult,
  RequestSyncChunkArgs,
  SyncChunk,
  TableProvenTxReq,
  TableSyncState,
} from './sync-rows.js'
import type { WalletServices } from './wallet-services.js'

/**
 * The published `WalletStorageProvider` (`@bsv/wallet-toolbox` 2.1.26), written down here so that
 * nobody needs the toolbox for its types: only `@bsv/sdk` is imported. `test/published-types.test.ts` compares the two.
 */
export interface WalletStorageProvider<Services extends WalletServices = WalletServices> {
  isStorageProvider(): boolean
  isAvailable(): boolean
  makeAvailable(): Promise<TableSettings>
  migrate(storageName: string, storageIdentityKey: string): Promise<string>
  destroy(): Promise<void>
  getSettings(): TableSettings
  setServices(services: Services): void
  getServices(): Services

  findOrInsertUser(identityKey: string): Promise<{ user: TableUser; isNew: boolean }>
  setActive(auth: AuthId, newActiveStorageIdentityKey: string): Promise<number>

  createAction(auth: AuthId, vargs: Validation.ValidCreateActionArgs): Promise<StorageCreateActionResult>
  processAction(auth: AuthId, args: StorageProcessActionArgs): Promise<StorageProcessActionResults>
  internalizeAction(auth: AuthId, args: InternalizeActionArgs): Promise<StorageInternalizeActionResult>
  abortAction(auth: AuthId, args: AbortActionArgs): Promise<AbortActionResult>
  listActions(auth: AuthId, vargs: Validation.ValidListActionsArgs): Promise<ListActionsResult>

  insertCertificateAuth(auth: AuthId, certificate: TableCertificateX): Promise<number>
  listCertificates(auth: AuthId, vargs: Validation.ValidListCertificatesArgs): Promise<ListCertificatesResult>
  relinquishCertificate(auth: AuthId, args: RelinquishCertificateArgs): Promise<number>
  listOutputs(auth: AuthId, vargs: Validation.ValidListOutputsArgs): Promise<ListOutputsResult>
  relinquishOutput(auth: AuthId, args: RelinquishOutputArgs): Promise<number>

  findCertificatesAuth(auth: AuthId, args: FindCertificatesArgs): Promise<TableCertificateX[]>
  findOutputBasketsAuth(auth: AuthId, args: FindOutputBasketsArgs): Promise<TableOutputBasket[]>
  findOutputsAuth(auth: AuthId, args: FindOutputsArgs): Promise<TableOutput[]>
  findProvenTxReqs(args: FindProvenTxReqsArgs): Promise<TableProvenTxReq[]>

  findOrInsertSyncStateAuth(
    auth: AuthId,
    storageIdentityKey: string,
    storageName: string,
  ): Promise<{ syncState: TableSyncState; isNew: boolean }>
  getSyncChunk(args: RequestSyncChunkArgs): Promise<SyncChunk>
  processSyncChunk(args: RequestSyncChunkArgs, chunk: SyncChunk): Promise<ProcessSyncChunkResult>
}
