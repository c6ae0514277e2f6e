import type { StoreWriter, Telemetry } from '@txkeep/core'
import { RecordTable } from '../record-table.js'
import { actionRecords } from '../records/action-records.js'
import {
  auditRecords,
  chainTipRecords,
  leaseRecords,
  syncArrivalRecords,
  taskRecords,
} from '../records/operation-records.js'
import { outputRecords } from '../records/output-records.js'
import type { RecordMapping } from '../records/record-mapping.js'
import {
  basketRecords,
  certificateFieldRecords,
  certificateRecords,
  commissionRecords,
  labelMapRecords,
  labelRecords,
  monitorEventRecords,
  settingsRecords,
  syncStateRecords,
  tagMapRecords,
  tagRecords,
  userRecords,
} from '../records/shared-records.js'
import { transactionRecords } from '../records/transaction-records.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { IdbActionRepository } from './action-repository.js'
import { IdbAuditRepository } from './audit-repository.js'
import { IdbChainTipRepository } from './chain-tip-repository.js'
import { IdbEntityRepository } from './entity-repository.js'
import { IdbLeaseRepository, IdbTaskRepository } from './lease-repository.js'
import { IdbOutputRepository } from './output-repository.js'
import { IdbSyncRepository } from './sync-repository.js'
import { IdbTransactionRepository } from './transaction-repository.js'

/** Every repository on one unit of work. */
export function storeWriter(unit: UnitOfWork, telemetry: Telemetry): StoreWriter {
  const table = <Row extends object>(mapping: RecordMapping<Row>): RecordTable<Row> => new RecordTable(unit, mapping)
  const tables = {
    transactions: table(transactionRecords),
    actions: table(actionRecords),
    outputs: table(outputRecords),
    chainTip: table(chainTipRecords),
    leases: table(leaseRecords),
    tasks: table(taskRecords),
    baskets: table(basketRecords),
    tags: table(tagRecords),
    tagMaps: table(tagMapRecords),
    labels: table(labelRecords),
    labelMaps: table(labelMapRecords),
    commissions: table(commissionRecords),
    certificates: table(certificateRecords),
    certificateFields: table(certificateFieldRecords),
    syncArrivals: table(syncArrivalRecords),
  }
  return {
    transactions: new IdbTransactionRepository(unit, tables.transactions),
    actions: new IdbActionRepository(unit, tables),
    outputs: new IdbOutputRepository(unit, tables, telemetry),
    audit: new IdbAuditRepository(unit, table(auditRecords)),
    chainTip: new IdbChainTipRepository(unit, tables.chainTip),
    leases: new IdbLeaseRepository(unit, tables.leases, tables.tasks),
    tasks: new IdbTaskRepository(unit, tables.leases, tables.tasks),
    users: new IdbEntityRepository(table(userRecords), ['userId']),
    baskets: new IdbEntityRepository(tables.baskets, ['basketId']),
    tags: new IdbEntityRepository(tables.tags, ['outputTagId']),
    tagMaps: new IdbEntityRepository(tables.tagMaps, ['outputTagId', 'outputId']),
    labels: new IdbEntityRepository(tables.labels, ['txLabelId']),
    labelMaps: new IdbEntityRepository(tables.labelMaps, ['txLabelId', 'actionId']),
    commissions: new IdbEntityRepository(tables.commissions, ['commissionId']),
    certificates: new IdbEntityRepository(tables.certificates, ['certificateId']),
    certificateFields: new IdbEntityRepository(tables.certificateFields, ['certificateId', 'fieldName']),
    settings: new IdbEntityRepository(table(settingsRecords), ['storageIdentityKey']),
    syncStates: new IdbEntityRepository(table(syncStateRecords), ['syncStateId']),
    syncArrivals: new IdbEntityRepository(tables.syncArrivals, ['userId', 'entity', 'key']),
    monitorEvents: new IdbEntityRepository(table(monitorEventRecords), ['id']),
    sync: new IdbSyncRepository(tables),
  }
}
