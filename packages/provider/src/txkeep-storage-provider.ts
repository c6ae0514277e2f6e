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
import type { SettingsRow } from '@txkeep/core'
import { insertCertificate } from './certificates/insert-certificate.js'
import { listCertificates } from './certificates/list-certificates.js'
import { relinquishCertificate } from './certificates/relinquish-certificate.js'
import { toPublishedError, type PublishedErrorClasses } from './errors/published-errors.js'
import { WERR_INVALID_OPERATION } from './errors/werr.js'
import { findCertificates } from './finds/find-certificates.js'
import { findOutputBaskets } from './finds/find-output-baskets.js'
import { findProvenTxReqs } from './finds/find-proven-tx-reqs.js'
import { findOutputs } from './finds/find-outputs.js'
import type { ProviderContext } from './provider-context.js'
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
} from './published/arguments.js'
import type { TableCertificateX, TableOutput, TableOutputBasket, TableSettings, TableUser } from './published/rows.js'
import type {
  ProcessSyncChunkResult,
  RequestSyncChunkArgs,
  SyncChunk,
  TableProvenTxReq,
  TableSyncState,
} from './published/sync-rows.js'
import type { WalletServices } from './published/wallet-services.js'
import type { WalletStorageProvider } from './published/wallet-storage-provider.js'
import { relinquishOutput } from './relinquish/relinquish-output.js'
import { abortAction } from './abort-action/abort-action.js'
import { createAction } from './create-action/create-action.js'
import { internalizeAction } from './internalize-action/internalize-action.js'
import { listActions } from './list-actions/list-actions.js'
import { listOutputs } from './list-outputs/list-outputs.js'
import { processAction } from './process-action/process-action.js'
import { publishedNetwork, type ProviderNetwork } from './network/published-network.js'
import { migrate } from './settings/migrate.js'
import { readSettings } from './settings/read-settings.js'
import { toTableSettings } from './settings/settings-row.js'
import { findOrInsertSyncState } from './sync/find-or-insert-sync-state.js'
import { getSyncChunk } from './sync/get-sync-chunk.js'
import { processSyncChunk } from './sync/process-sync-chunk.js'
import { findOrInsertUser } from './users/find-or-insert-user.js'
import { setActive } from './users/set-active.js'

/**
 * The published storage interface over any `Store`. An outline: each method is a file of its own, works in one database
 * transaction, and throws the published errors. `auth` names the caller, and no method reads or writes another user's rows.
 */
export class TxkeepStorageProvider<
  Services extends WalletServices = WalletServices,
> implements WalletStorageProvider<Services> {
  readonly #context: ProviderContext
  readonly #errors: PublishedErrorClasses
  #settings: SettingsRow | undefined
  #services: Services | undefined
  /** Of `#services`; it remembers which of them failed last, so it is made once. */
  #network: ProviderNetwork | undefined

  constructor(
    parts: Omit<ProviderContext, 'settings' | 'network' | 'networkIfAny'>,
    { services, network }: { readonly services?: Services; readonly network?: ProviderNetwork },
    errors: PublishedErrorClasses,
  ) {
    this.#services = services
    this.#errors = errors
    this.#context = {
      ...parts,
      settings: () => this.#requireSettings(),
      network: () => network ?? (this.#network ??= publishedNetwork(this.#requireServices())),
      networkIfAny: () => network ?? (this.#network ??= this.#services && publishedNetwork(this.#services)),
    }
  }

  // The store

  /** False: what the published monitor does through a full provider, `@txkeep/monitor` does. */
  isStorageProvider(): boolean {
    return false
  }

  isAvailable(): boolean {
    return this.#settings !== undefined
  }

  makeAvailable(): Promise<TableSettings> {
    return this.#run(async () => {
      this.#settings ??= await readSettings(this.#context.store)
      return toTableSettings(this.#settings)
    })
  }

  migrate(storageName: string, storageIdentityKey: string): Promise<string> {
    return this.#run(() => migrate(this.#context, storageName, storageIdentityKey))
  }

  destroy(): Promise<void> {
    return this.#run(() => this.#context.store.close())
  }

  getSettings(): TableSettings {
    return this.#check(() => toTableSettings(this.#requireSettings()))
  }

  setServices(services: Services): void {
    if (services !== this.#services) this.#network = undefined
    this.#services = services
  }

  getServices(): Services {
    return this.#check(() => this.#requireServices())
  }

  // Users

  findOrInsertUser(identityKey: string): Promise<{ user: TableUser; isNew: boolean }> {
    return this.#run(() => findOrInsertUser(this.#context, identityKey))
  }

  setActive(auth: AuthId, newActiveStorageIdentityKey: string): Promise<number> {
    return this.#run(() => setActive(this.#context, auth, newActiveStorageIdentityKey))
  }

  // Actions

  createAction(auth: AuthId, vargs: Validation.ValidCreateActionArgs): Promise<StorageCreateActionResult> {
    return this.#run(() => createAction(this.#context, auth, vargs))
  }

  processAction(auth: AuthId, args: StorageProcessActionArgs): Promise<StorageProcessActionResults> {
    return this.#run(() => processAction(this.#context, auth, args))
  }

  internalizeAction(auth: AuthId, args: InternalizeActionArgs): Promise<StorageInternalizeActionResult> {
    return this.#run(() => internalizeAction(this.#context, auth, args))
  }

  abortAction(auth: AuthId, args: AbortActionArgs): Promise<AbortActionResult> {
    return this.#run(() => abortAction(this.#context, auth, args))
  }

  listActions(auth: AuthId, vargs: Validation.ValidListActionsArgs): Promise<ListActionsResult> {
    return this.#run(() => listActions(this.#context, auth, vargs))
  }

  // Certificates

  insertCertificateAuth(auth: AuthId, certificate: TableCertificateX): Promise<number> {
    return this.#run(() => insertCertificate(this.#context, auth, certificate))
  }

  listCertificates(auth: AuthId, vargs: Validation.ValidListCertificatesArgs): Promise<ListCertificatesResult> {
    return this.#run(() => listCertificates(this.#context, auth, vargs))
  }

  relinquishCertificate(auth: AuthId, args: RelinquishCertificateArgs): Promise<number> {
    return this.#run(() => relinquishCertificate(this.#context, auth, args))
  }

  // Outputs and baskets

  listOutputs(auth: AuthId, vargs: Validation.ValidListOutputsArgs): Promise<ListOutputsResult> {
    return this.#run(() => listOutputs(this.#context, auth, vargs))
  }

  relinquishOutput(auth: AuthId, args: RelinquishOutputArgs): Promise<number> {
    return this.#run(() => relinquishOutput(this.#context, auth, args))
  }

  findOutputsAuth(auth: AuthId, args: FindOutputsArgs): Promise<TableOutput[]> {
    return this.#run(() => findOutputs(this.#context, auth, args))
  }

  findOutputBasketsAuth(auth: AuthId, args: FindOutputBasketsArgs): Promise<TableOutputBasket[]> {
    return this.#run(() => findOutputBaskets(this.#context, auth, args))
  }

  findCertificatesAuth(auth: AuthId, args: FindCertificatesArgs): Promise<TableCertificateX[]> {
    return this.#run(() => findCertificates(this.#context, auth, args))
  }

  // Sync

  findOrInsertSyncStateAuth(
    auth: AuthId,
    storageIdentityKey: string,
    storageName: string,
  ): Promise<{ syncState: TableSyncState; isNew: boolean }> {
    return this.#run(() => findOrInsertSyncState(this.#context, auth, storageIdentityKey, storageName))
  }

  getSyncChunk(args: RequestSyncChunkArgs): Promise<SyncChunk> {
    return this.#run(() => getSyncChunk(this.#context, args))
  }

  processSyncChunk(args: RequestSyncChunkArgs, chunk: SyncChunk): Promise<ProcessSyncChunkResult> {
    return this.#run(() => processSyncChunk(this.#context, args, chunk))
  }

  /** Of all users, as published: let no remote caller reach it. */
  findProvenTxReqs(args: FindProvenTxReqsArgs): Promise<TableProvenTxReq[]> {
    return this.#run(() => findProvenTxReqs(this.#context, args))
  }

  // Inside

  async #run<T>(method: () => Promise<T>): Promise<T> {
    try {
      return await method()
    } catch (error) {
      throw toPublishedError(error, this.#errors)
    }
  }

  #check<T>(method: () => T): T {
    try {
      return method()
    } catch (error) {
      throw toPublishedError(error, this.#errors)
    }
  }

  #requireSettings(): SettingsRow {
    if (this.#settings !== undefined) return this.#settings
    throw new WERR_INVALID_OPERATION('The settings are not read yet. Call makeAvailable first.')
  }

  #requireServices(): Services {
    if (this.#services !== undefined) return this.#services
    throw new WERR_INVALID_OPERATION(
      'There is no network to ask. Call setServices first, or hand services to createProvider.',
    )
  }
}
