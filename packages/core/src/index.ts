// Statuses and fixed names
export { PROCESSING_STATUSES, isProcessingStatus, type ProcessingStatus } from './processing-status.js'
export {
  LEGACY_REQUEST_STATUSES,
  LEGACY_TRANSACTION_STATUSES,
  type LegacyRequestStatus,
  type LegacyTransactionStatus,
} from './legacy-status.js'
export { AUDIT_EVENTS, type AuditEvent } from './audit-event.js'
export { WITHHELD_REASONS, type WithheldReason } from './withheld-reason.js'
export {
  COINBASE_MATURITY_BLOCKS,
  LEASE_TTL_MS,
  MAX_SATOSHIS,
  MIN_CONFIRMATION_DEPTH,
  SCHEMA_VERSION,
} from './constants.js'

// Values
export { checkSatoshis, checkSatoshisDelta } from './satoshis.js'
export { checkTxid, isTxid } from './txid.js'
export { checkMoment, checkOneOf, checkPlainText, checkWholeNumber } from './check-values.js'
export { formatOutpoint, type Outpoint } from './outpoint.js'
export { ByteReader } from './wire/byte-reader.js'
export { wholeBeef, wholeMerklePath, wholeTransaction } from './wire/whole-bytes.js'
export { systemClock, type Clock } from './clock.js'

// Rows
export type { NewTransactionRow, TransactionChanges, TransactionRow } from './rows/transaction-row.js'
export {
  isDraftPlan,
  type ActionChanges,
  type ActionRow,
  type DraftPlan,
  type NewActionRow,
} from './rows/action-row.js'
export { OUTPUT_DEFAULTS, type NewOutputRow, type OutputChanges, type OutputRow } from './rows/output-row.js'
export type { AuditRow, NewAuditRow } from './rows/audit-row.js'
export type { ChainTipRow } from './rows/chain-tip-row.js'
export type { LeaseRow, TaskRow } from './rows/lease-row.js'
export type {
  CertificateFieldRow,
  CertificateRow,
  CommissionRow,
  MonitorEventRow,
  OutputBasketRow,
  OutputTagMapRow,
  OutputTagRow,
  SettingsRow,
  SyncArrivalRow,
  SyncStateRow,
  TxLabelMapRow,
  TxLabelRow,
  UserRow,
} from './rows/shared-rows.js'

// The Store port
export type { Store } from './store/store.js'
export type { StoreReader, StoreWriter } from './store/store-transaction.js'
export type { EntityReader, EntityWriter, KeyOf, Match, NewEntity, Page } from './store/entity-repository.js'
export type {
  ExpectedTransaction,
  TransactionReader,
  TransactionsByProcessing,
  TransactionWriter,
} from './store/transaction-repository.js'
export type { ActionListQuery, ActionReader, ActionWriter, ListedAction } from './store/action-repository.js'
export type {
  FreeCoins,
  ListedOutput,
  OutputClaim,
  ActionStanding,
  OutputFindQuery,
  OutputListQuery,
  OutputReader,
  OutputsAfter,
  OutputWriter,
  RefreshFilter,
  RefreshResult,
  SpendableQuery,
} from './store/output-repository.js'
export type { AuditReader, AuditWriter } from './store/audit-repository.js'
export type { ChainTipReader, ChainTipWriter } from './store/chain-tip-repository.js'
export type {
  LeaseClaim,
  LeaseGuard,
  LeaseReader,
  LeaseWriter,
  TaskOutcome,
  TaskReader,
  TaskWriter,
} from './store/lease-repository.js'
export { SYNC_ENTITIES } from './store/sync-repository.js'
export type { ArrivalsQuery, ChangedRow, ChangedRowsQuery, SyncEntity, SyncReader } from './store/sync-repository.js'

// The network port
export type {
  BlockHeader,
  HeaderServices,
  NetworkServices,
  PostBeefResult,
  PostTxidResult,
  StatusForTxid,
  StopSignal,
} from './network-services.js'

// Telemetry
export { METRICS, silentTelemetry, type Telemetry } from './telemetry.js'

// Errors
export { TxkeepError, type TxkeepErrorCode } from './errors/txkeep-error.js'
export { InvalidParameterError } from './errors/invalid-parameter-error.js'
export { IllegalTransitionError } from './errors/illegal-transition-error.js'
export { InvalidProofError } from './errors/invalid-proof-error.js'
export { NotFoundError } from './errors/not-found-error.js'
export { ConflictError } from './errors/conflict-error.js'
export { UniqueViolationError } from './errors/unique-violation-error.js'
export { LeaseLostError } from './errors/lease-lost-error.js'
export {
  CorruptDataError,
  DiskFullError,
  NotAWalletError,
  ReadOnlyError,
  SchemaVersionError,
  StoreBusyError,
  StoreUnavailableError,
} from './errors/store-error.js'
