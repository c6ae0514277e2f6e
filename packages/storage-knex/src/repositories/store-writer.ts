import type { StoreWriter, Telemetry } from '@txkeep/core'

import { syncArrivalRows } from '../rows/operation-rows.js'
import {
  basketRows,
  certificateFieldRows,
  certificateRows,
  commissionRows,
  labelMapRows,
  labelRows,
  monitorEventRows,
  settingsRows,
  syncStateRows,
  tagMapRows,
  tagRows,
  userRows,
} from '../rows/shared-rows.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { KnexActionRepository } from './action-repository.js'
import { KnexAuditRepository } from './audit-repository.js'
import { KnexChainTipRepository } from './chain-tip-repository.js'
import { KnexEntityRepository } from './entity-repository.js'
import { KnexLeaseRepository } from './lease-repository.js'
import { KnexOutputRepository } from './output-repository.js'
import { KnexSyncRepository } from './sync-repository.js'
import { KnexTaskRepository } from './task-repository.js'
import { KnexTransactionRepository } from './transaction-repository.js'

/** Every repository on one unit of work. */
export function storeWriter(unit: UnitOfWork, telemetry: Telemetry): StoreWriter {
  return {
    transactions: new KnexTransactionRepository(unit),
    actions: new KnexActionRepository(unit),
    outputs: new KnexOutputRepository(unit, telemetry),
    audit: new KnexAuditRepository(unit),
    chainTip: new KnexChainTipRepository(unit),
    leases: new KnexLeaseRepository(unit),
    tasks: new KnexTaskRepository(unit),
    users: new KnexEntityRepository(unit, { rows: userRows, key: ['userId'], uniqueKeys: [['identityKey']] }),
    baskets: new KnexEntityRepository(unit, { rows: basketRows, key: ['basketId'], uniqueKeys: [['name', 'userId']] }),
    tags: new KnexEntityRepository(unit, { rows: tagRows, key: ['outputTagId'], uniqueKeys: [['tag', 'userId']] }),
    tagMaps: new KnexEntityRepository(unit, { rows: tagMapRows, key: ['outputTagId', 'outputId'], uniqueKeys: [] }),
    labels: new KnexEntityRepository(unit, { rows: labelRows, key: ['txLabelId'], uniqueKeys: [['label', 'userId']] }),
    labelMaps: new KnexEntityRepository(unit, { rows: labelMapRows, key: ['txLabelId', 'actionId'], uniqueKeys: [] }),
    commissions: new KnexEntityRepository(unit, {
      rows: commissionRows,
      key: ['commissionId'],
      uniqueKeys: [['actionId']],
    }),
    certificates: new KnexEntityRepository(unit, {
      rows: certificateRows,
      key: ['certificateId'],
      uniqueKeys: [['userId', 'type', 'certifier', 'serialNumber']],
    }),
    certificateFields: new KnexEntityRepository(unit, {
      rows: certificateFieldRows,
      key: ['certificateId', 'fieldName'],
      uniqueKeys: [],
    }),
    settings: new KnexEntityRepository(unit, {
      rows: settingsRows,
      key: ['storageIdentityKey'],
      uniqueKeys: [],
      isKeyUnenforced: true,
    }),
    syncStates: new KnexEntityRepository(unit, { rows: syncStateRows, key: ['syncStateId'], uniqueKeys: [['refNum']] }),
    syncArrivals: new KnexEntityRepository(unit, {
      rows: syncArrivalRows,
      key: ['userId', 'entity', 'key'],
      uniqueKeys: [],
    }),
    monitorEvents: new KnexEntityRepository(unit, { rows: monitorEventRows, key: ['id'], uniqueKeys: [] }),
    sync: new KnexSyncRepository(unit),
  }
}
