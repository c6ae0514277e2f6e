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

import { boolean, bytes, integer, nullable, satoshis, text, timestamp } from './field.js'
import { RowMapping } from './row-mapping.js'

const stamps = { createdAt: timestamp('created_at'), updatedAt: timestamp('updated_at') }

export const userRows: RowMapping<UserRow> = new RowMapping<UserRow>('users', 'userId', {
  userId: integer('userId'),
  identityKey: text('identityKey'),
  activeStorage: text('activeStorage'),
  ...stamps,
})

export const basketRows: RowMapping<OutputBasketRow> = new RowMapping<OutputBasketRow>('output_baskets', 'basketId', {
  basketId: integer('basketId'),
  userId: integer('userId'),
  name: text('name'),
  numberOfDesiredUTXOs: integer('numberOfDesiredUTXOs'),
  minimumDesiredUTXOValue: integer('minimumDesiredUTXOValue'),
  isDeleted: boolean('isDeleted'),
  ...stamps,
})

export const tagRows: RowMapping<OutputTagRow> = new RowMapping<OutputTagRow>('output_tags', 'outputTagId', {
  outputTagId: integer('outputTagId'),
  userId: integer('userId'),
  tag: text('tag'),
  isDeleted: boolean('isDeleted'),
  ...stamps,
})

export const tagMapRows: RowMapping<OutputTagMapRow> = new RowMapping<OutputTagMapRow>(
  'output_tags_map',
  'outputTagId',
  {
    outputTagId: integer('outputTagId'),
    outputId: integer('outputId'),
    isDeleted: boolean('isDeleted'),
    ...stamps,
  },
)

export const labelRows: RowMapping<TxLabelRow> = new RowMapping<TxLabelRow>('tx_labels', 'txLabelId', {
  txLabelId: integer('txLabelId'),
  userId: integer('userId'),
  label: text('label'),
  isDeleted: boolean('isDeleted'),
  ...stamps,
})

export const labelMapRows: RowMapping<TxLabelMapRow> = new RowMapping<TxLabelMapRow>('tx_labels_map', 'txLabelId', {
  txLabelId: integer('txLabelId'),
  actionId: integer('actionId'),
  isDeleted: boolean('isDeleted'),
  ...stamps,
})

export const commissionRows: RowMapping<CommissionRow> = new RowMapping<CommissionRow>('commissions', 'commissionId', {
  commissionId: integer('commissionId'),
  userId: integer('userId'),
  actionId: integer('actionId'),
  satoshis: satoshis('satoshis'),
  keyOffset: text('keyOffset'),
  isRedeemed: boolean('isRedeemed'),
  lockingScript: bytes('lockingScript'),
  ...stamps,
})

export const certificateRows: RowMapping<CertificateRow> = new RowMapping<CertificateRow>(
  'certificates',
  'certificateId',
  {
    certificateId: integer('certificateId'),
    userId: integer('userId'),
    serialNumber: text('serialNumber'),
    type: text('type'),
    certifier: text('certifier'),
    subject: text('subject'),
    verifier: nullable(text('verifier')),
    revocationOutpoint: text('revocationOutpoint'),
    signature: text('signature'),
    isDeleted: boolean('isDeleted'),
    ...stamps,
  },
)

export const certificateFieldRows: RowMapping<CertificateFieldRow> = new RowMapping<CertificateFieldRow>(
  'certificate_fields',
  'certificateId',
  {
    userId: integer('userId'),
    certificateId: integer('certificateId'),
    fieldName: text('fieldName'),
    fieldValue: text('fieldValue'),
    masterKey: text('masterKey'),
    ...stamps,
  },
)

export const settingsRows: RowMapping<SettingsRow> = new RowMapping<SettingsRow>('settings', 'storageIdentityKey', {
  storageIdentityKey: text('storageIdentityKey'),
  storageName: text('storageName'),
  chain: text('chain'),
  dbtype: text('dbtype'),
  maxOutputScript: integer('maxOutputScript'),
  ...stamps,
})

export const syncStateRows: RowMapping<SyncStateRow> = new RowMapping<SyncStateRow>('sync_states', 'syncStateId', {
  syncStateId: integer('syncStateId'),
  userId: integer('userId'),
  storageIdentityKey: text('storageIdentityKey'),
  storageName: text('storageName'),
  status: text('status'),
  init: boolean('init'),
  refNum: text('refNum'),
  syncMap: text('syncMap'),
  when: nullable(timestamp('when')),
  satoshis: nullable(integer('satoshis')),
  errorLocal: nullable(text('errorLocal')),
  errorOther: nullable(text('errorOther')),
  ...stamps,
})

export const monitorEventRows: RowMapping<MonitorEventRow> = new RowMapping<MonitorEventRow>('monitor_events', 'id', {
  id: integer('id'),
  event: text('event'),
  details: nullable(text('details')),
  ...stamps,
})
