import type {
  CertificateFieldRow,
  CertificateRow,
  CommissionRow,
  MonitorEventRow,
  OutputBasketRow,
  OutputTagMapRow,
  OutputTagRow,
  SettingsRow,
  SyncStateRow,
  TxLabelMapRow,
  TxLabelRow,
  UserRow,
} from '@txkeep/core'
import { boolean, bytes, flag, integer, moment, named, nullable, satoshis, text } from './field.js'
import { RecordMapping } from './record-mapping.js'

/** The legacy database stamps its records so; where it has the object store too, the names stay. */
const legacyStamps = { createdAt: named('created_at', moment), updatedAt: named('updated_at', moment) }
const stamps = { createdAt: moment, updatedAt: moment }

export const userRecords: RecordMapping<UserRow> = new RecordMapping<UserRow>('users', 'userId', {
  userId: integer,
  identityKey: text,
  activeStorage: text,
  ...legacyStamps,
})

export const basketRecords: RecordMapping<OutputBasketRow> = new RecordMapping<OutputBasketRow>(
  'output_baskets',
  'basketId',
  {
    basketId: integer,
    userId: integer,
    name: text,
    numberOfDesiredUTXOs: integer,
    minimumDesiredUTXOValue: integer,
    isDeleted: boolean,
    ...legacyStamps,
  },
)

export const tagRecords: RecordMapping<OutputTagRow> = new RecordMapping<OutputTagRow>('output_tags', 'outputTagId', {
  outputTagId: integer,
  userId: integer,
  tag: text,
  isDeleted: boolean,
  ...legacyStamps,
})

export const tagMapRecords: RecordMapping<OutputTagMapRow> = new RecordMapping<OutputTagMapRow>(
  'output_tags_map',
  'outputTagId',
  { outputTagId: integer, outputId: integer, isDeleted: boolean, ...legacyStamps },
)

export const labelRecords: RecordMapping<TxLabelRow> = new RecordMapping<TxLabelRow>('tx_labels', 'txLabelId', {
  txLabelId: integer,
  userId: integer,
  label: text,
  isDeleted: boolean,
  ...legacyStamps,
})

export const labelMapRecords: RecordMapping<TxLabelMapRow> = new RecordMapping<TxLabelMapRow>(
  'tx_labels_map',
  'txLabelId',
  { txLabelId: integer, actionId: integer, isDeleted: flag, ...stamps },
)

export const commissionRecords: RecordMapping<CommissionRow> = new RecordMapping<CommissionRow>(
  'commissions',
  'commissionId',
  {
    commissionId: integer,
    userId: integer,
    actionId: integer,
    satoshis,
    keyOffset: text,
    isRedeemed: flag,
    lockingScript: bytes,
    ...stamps,
  },
)

export const certificateRecords: RecordMapping<CertificateRow> = new RecordMapping<CertificateRow>(
  'certificates',
  'certificateId',
  {
    certificateId: integer,
    userId: integer,
    serialNumber: text,
    type: text,
    certifier: text,
    subject: text,
    verifier: nullable(text),
    revocationOutpoint: text,
    signature: text,
    isDeleted: boolean,
    ...legacyStamps,
  },
)

export const certificateFieldRecords: RecordMapping<CertificateFieldRow> = new RecordMapping<CertificateFieldRow>(
  'certificate_fields',
  'certificateId',
  {
    userId: integer,
    certificateId: integer,
    fieldName: text,
    fieldValue: text,
    masterKey: text,
    ...legacyStamps,
  },
)

export const settingsRecords: RecordMapping<SettingsRow> = new RecordMapping<SettingsRow>(
  'settings',
  'storageIdentityKey',
  {
    storageIdentityKey: text,
    storageName: text,
    chain: text,
    dbtype: text,
    maxOutputScript: integer,
    ...legacyStamps,
  },
)

export const syncStateRecords: RecordMapping<SyncStateRow> = new RecordMapping<SyncStateRow>(
  'sync_states',
  'syncStateId',
  {
    syncStateId: integer,
    userId: integer,
    storageIdentityKey: text,
    storageName: text,
    status: text,
    init: boolean,
    refNum: text,
    syncMap: text,
    when: nullable(moment),
    satoshis: nullable(integer),
    errorLocal: nullable(text),
    errorOther: nullable(text),
    ...legacyStamps,
  },
)

export const monitorEventRecords: RecordMapping<MonitorEventRow> = new RecordMapping<MonitorEventRow>(
  'monitor_events',
  'id',
  { id: integer, event: text, details: nullable(text), ...legacyStamps },
)
