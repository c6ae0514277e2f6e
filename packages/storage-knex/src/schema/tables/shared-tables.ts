import { STAMPS, bigint, boolean, id, integer, nullable, string, text, timestamp } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/**
 * The tables a migration leaves in place: columns and index names are those of the legacy schema, so that a migrated store and
 * a new one are altered by the same statements. Text is wider where wallets accept more than the legacy columns hold.
 */

const user = { column: 'userId', table: 'users', references: 'userId' } as const

export const USERS_TABLE: TableDefinition = {
  name: 'users',
  origin: 'shared',
  columns: [...STAMPS, id('userId'), string('identityKey', 130), string('activeStorage', 255)],
  uniqueKeys: [{ name: 'users_identitykey_unique', columns: ['identityKey'] }],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

export const OUTPUT_BASKETS_TABLE: TableDefinition = {
  name: 'output_baskets',
  origin: 'shared',
  columns: [
    ...STAMPS,
    id('basketId'),
    integer('userId'),
    string('name', 300),
    integer('numberOfDesiredUTXOs', 6),
    integer('minimumDesiredUTXOValue', 10_000),
    boolean('isDeleted', false),
  ],
  uniqueKeys: [{ name: 'output_baskets_name_userid_unique', columns: ['name', 'userId'] }],
  indexes: [],
  foreignKeys: [user],
  checks: [],
}

export const OUTPUT_TAGS_TABLE: TableDefinition = {
  name: 'output_tags',
  origin: 'shared',
  columns: [...STAMPS, id('outputTagId'), integer('userId'), string('tag', 300), boolean('isDeleted', false)],
  uniqueKeys: [{ name: 'output_tags_tag_userid_unique', columns: ['tag', 'userId'] }],
  indexes: [],
  foreignKeys: [user],
  checks: [],
}

export const TX_LABELS_TABLE: TableDefinition = {
  name: 'tx_labels',
  origin: 'shared',
  columns: [...STAMPS, id('txLabelId'), integer('userId'), string('label', 300), boolean('isDeleted', false)],
  uniqueKeys: [{ name: 'tx_labels_label_userid_unique', columns: ['label', 'userId'] }],
  indexes: [],
  foreignKeys: [user],
  checks: [],
}

export const CERTIFICATES_TABLE: TableDefinition = {
  name: 'certificates',
  origin: 'shared',
  columns: [
    ...STAMPS,
    id('certificateId'),
    integer('userId'),
    string('serialNumber', 100),
    string('type', 100),
    string('certifier', 100),
    string('subject', 100),
    nullable(string('verifier', 100)),
    string('revocationOutpoint', 100),
    string('signature', 255),
    boolean('isDeleted', false),
  ],
  uniqueKeys: [
    {
      name: 'certificates_userid_type_certifier_serialnumber_unique',
      columns: ['userId', 'type', 'certifier', 'serialNumber'],
    },
  ],
  indexes: [],
  foreignKeys: [user],
  checks: [],
}

export const CERTIFICATE_FIELDS_TABLE: TableDefinition = {
  name: 'certificate_fields',
  origin: 'shared',
  columns: [
    ...STAMPS,
    integer('userId'),
    integer('certificateId'),
    string('fieldName', 300),
    text('fieldValue'),
    string('masterKey', 255, ''),
  ],
  uniqueKeys: [{ name: 'certificate_fields_fieldname_certificateid_unique', columns: ['fieldName', 'certificateId'] }],
  indexes: [],
  foreignKeys: [user, { column: 'certificateId', table: 'certificates', references: 'certificateId' }],
  checks: [],
}

export const SETTINGS_TABLE: TableDefinition = {
  name: 'settings',
  origin: 'shared',
  columns: [
    ...STAMPS,
    string('storageIdentityKey', 130),
    string('storageName', 128),
    string('chain', 10),
    string('dbtype', 10),
    integer('maxOutputScript'),
  ],
  uniqueKeys: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

export const SYNC_STATES_TABLE: TableDefinition = {
  name: 'sync_states',
  origin: 'shared',
  columns: [
    ...STAMPS,
    id('syncStateId'),
    integer('userId'),
    string('storageIdentityKey', 130, ''),
    string('storageName', 255),
    string('status', 255, 'unknown'),
    boolean('init', false),
    string('refNum', 100),
    text('syncMap'),
    nullable(timestamp('when')),
    nullable(bigint('satoshis')),
    nullable(text('errorLocal')),
    nullable(text('errorOther')),
  ],
  uniqueKeys: [{ name: 'sync_states_refnum_unique', columns: ['refNum'] }],
  indexes: [{ name: 'sync_states_status_index', columns: ['status'] }],
  foreignKeys: [user],
  checks: [],
}

export const MONITOR_EVENTS_TABLE: TableDefinition = {
  name: 'monitor_events',
  origin: 'shared',
  columns: [...STAMPS, id('id'), string('event', 64), nullable(text('details'))],
  uniqueKeys: [],
  indexes: [{ name: 'monitor_events_event_index', columns: ['event'] }],
  foreignKeys: [],
  checks: [],
}
