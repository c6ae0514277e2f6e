import type { ActionReader, ActionWriter } from './action-repository.js'
import type { AuditReader, AuditWriter } from './audit-repository.js'
import type { ChainTipReader, ChainTipWriter } from './chain-tip-repository.js'
import type { EntityReader, EntityWriter } from './entity-repository.js'
import type { LeaseReader, LeaseWriter, TaskReader, TaskWriter } from './lease-repository.js'
import type { OutputReader, OutputWriter } from './output-repository.js'
import type { SyncReader } from './sync-repository.js'
import type { TransactionReader, TransactionWriter } from './transaction-repository.js'
import type {
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
} from '../rows/shared-rows.js'

/** The database as `Store.read` shows it: one small repository per table. */
export interface StoreReader {
  readonly transactions: TransactionReader
  readonly actions: ActionReader
  readonly outputs: OutputReader
  readonly audit: AuditReader
  readonly chainTip: ChainTipReader
  readonly leases: LeaseReader
  readonly tasks: TaskReader
  readonly users: EntityReader<UserRow, 'userId'>
  readonly baskets: EntityReader<OutputBasketRow, 'basketId'>
  readonly tags: EntityReader<OutputTagRow, 'outputTagId'>
  readonly tagMaps: EntityReader<OutputTagMapRow, 'outputTagId' | 'outputId'>
  readonly labels: EntityReader<TxLabelRow, 'txLabelId'>
  readonly labelMaps: EntityReader<TxLabelMapRow, 'txLabelId' | 'actionId'>
  readonly commissions: EntityReader<CommissionRow, 'commissionId'>
  readonly certificates: EntityReader<CertificateRow, 'certificateId'>
  readonly certificateFields: EntityReader<CertificateFieldRow, 'certificateId' | 'fieldName'>
  readonly settings: EntityReader<SettingsRow, 'storageIdentityKey'>
  readonly syncStates: EntityReader<SyncStateRow, 'syncStateId'>
  readonly syncArrivals: EntityReader<SyncArrivalRow, 'userId' | 'entity' | 'key'>
  readonly monitorEvents: EntityReader<MonitorEventRow, 'id'>
  readonly sync: SyncReader
}

/** The database as `Store.write` shows it. Unless a method says otherwise, unique violations throw and roll back. */
export interface StoreWriter extends StoreReader {
  readonly transactions: TransactionWriter
  readonly actions: ActionWriter
  readonly outputs: OutputWriter
  readonly audit: AuditWriter
  readonly chainTip: ChainTipWriter
  readonly leases: LeaseWriter
  readonly tasks: TaskWriter
  readonly users: EntityWriter<UserRow, 'userId', 'userId'>
  readonly baskets: EntityWriter<OutputBasketRow, 'basketId', 'basketId'>
  readonly tags: EntityWriter<OutputTagRow, 'outputTagId', 'outputTagId'>
  readonly tagMaps: EntityWriter<OutputTagMapRow, 'outputTagId' | 'outputId', never>
  readonly labels: EntityWriter<TxLabelRow, 'txLabelId', 'txLabelId'>
  readonly labelMaps: EntityWriter<TxLabelMapRow, 'txLabelId' | 'actionId', never>
  readonly commissions: EntityWriter<CommissionRow, 'commissionId', 'commissionId'>
  readonly certificates: EntityWriter<CertificateRow, 'certificateId', 'certificateId'>
  readonly certificateFields: EntityWriter<CertificateFieldRow, 'certificateId' | 'fieldName', never>
  readonly settings: EntityWriter<SettingsRow, 'storageIdentityKey', never>
  readonly syncStates: EntityWriter<SyncStateRow, 'syncStateId', 'syncStateId'>
  readonly syncArrivals: EntityWriter<SyncArrivalRow, 'userId' | 'entity' | 'key', never>
  readonly monitorEvents: EntityWriter<MonitorEventRow, 'id', 'id'>
}
