import {
  AUDIT_EVENTS,
  type AuditEvent,
  type AuditRow,
  type ChainTipRow,
  type LeaseRow,
  type SyncArrivalRow,
  type TaskRow,
} from '@txkeep/core'
import { integer, moment, nullable, text, type Field } from './field.js'
import { RecordMapping } from './record-mapping.js'

const auditEvent: Field<AuditEvent> = {
  encode: (value) => value,
  decode: (stored) => {
    if (typeof stored === 'string' && stored.startsWith('migration.')) return stored as AuditEvent
    return AUDIT_EVENTS.find((event) => event === stored)
  },
}

export const auditRecords: RecordMapping<AuditRow> = new RecordMapping<AuditRow>(
  'tx_audit',
  'auditId',
  {
    auditId: integer,
    transactionId: nullable(integer),
    actionId: nullable(integer),
    event: auditEvent,
    fromState: nullable(text),
    toState: nullable(text),
    detailsJson: nullable(text),
    createdAt: moment,
    updatedAt: moment,
  },
  { defaults: { transactionId: null, actionId: null, fromState: null, toState: null, detailsJson: null } },
)

export const chainTipRecords: RecordMapping<ChainTipRow & { readonly id: number }> = new RecordMapping(
  'chain_tip',
  'height',
  { id: integer, height: integer, blockHash: nullable(text), merkleRoot: nullable(text), observedAt: moment },
)

export const leaseRecords: RecordMapping<LeaseRow> = new RecordMapping<LeaseRow>('monitor_lease', 'taskName', {
  taskName: text,
  ownerId: text,
  fence: integer,
  expiresAt: moment,
  renewCount: integer,
  note: nullable(text),
})

export const taskRecords: RecordMapping<TaskRow> = new RecordMapping<TaskRow>(
  'monitor_task',
  'taskName',
  {
    taskName: text,
    fence: integer,
    nextDueAt: nullable(moment),
    wakeSeq: integer,
    doneSeq: integer,
    cursor: nullable(text),
    lastOutcomeJson: nullable(text),
    createdAt: moment,
    updatedAt: moment,
  },
  { defaults: { fence: 0, nextDueAt: null, wakeSeq: 0, doneSeq: 0, cursor: null, lastOutcomeJson: null } },
)

export const syncArrivalRecords: RecordMapping<SyncArrivalRow> = new RecordMapping<SyncArrivalRow>(
  'sync_arrivals',
  'userId',
  { userId: integer, entity: text, key: text, arrivedAt: moment },
)
