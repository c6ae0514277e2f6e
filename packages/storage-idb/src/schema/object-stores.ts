/** One index of an object store. A record without one of the fields is not in the index. */
export interface IndexDefinition {
  readonly name: string
  readonly keyPath: string | readonly string[]
  readonly unique?: boolean
}

export type ObjectStoreName =
  | 'transactions'
  | 'actions'
  | 'outputs'
  | 'commissions'
  | 'tx_labels_map'
  | 'tx_audit'
  | 'chain_tip'
  | 'monitor_lease'
  | 'monitor_task'
  | 'sync_arrivals'
  | 'users'
  | 'output_baskets'
  | 'output_tags'
  | 'output_tags_map'
  | 'tx_labels'
  | 'certificates'
  | 'certificate_fields'
  | 'settings'
  | 'sync_states'
  | 'monitor_events'

export interface ObjectStoreDefinition {
  readonly name: ObjectStoreName
  readonly keyPath: string | readonly string[]
  /** The key is a number the engine gives out, and never twice. */
  readonly autoIncrement?: boolean
  /**
   * `shared`: the legacy database has the same object store and the move leaves it in place. `rebuilt`: it has one of this name and
   * another shape. `new`: only this schema has it.
   */
  readonly origin: 'shared' | 'rebuilt' | 'new'
  readonly indexes: readonly IndexDefinition[]
}

/**
 * The object stores. Fields whose absence is asked for have one of their own that is 0 or 1 (`isDraft`, `unspent`): IndexedDB keeps
 * neither null nor booleans in an index. Indexes that begin alike and end in what a list needs to know are read without their
 * records, so that a list does not load scripts and raw transactions it leaves out. Source: docs/DESIGN.md, "Schema".
 */
export const OBJECT_STORES: readonly ObjectStoreDefinition[] = [
  {
    name: 'transactions',
    keyPath: 'transactionId',
    autoIncrement: true,
    origin: 'rebuilt',
    indexes: [
      { name: 'txid', keyPath: 'txid', unique: true },
      { name: 'idempotencyKey', keyPath: 'idempotencyKey', unique: true },
      { name: 'processing', keyPath: ['processing', 'transactionId'] },
      { name: 'due', keyPath: ['processing', 'nextActionAt'] },
      { name: 'batch', keyPath: 'batch' },
      { name: 'blockHash', keyPath: 'blockHash' },
      { name: 'provenHeight', keyPath: 'provenHeight' },
      { name: 'changed', keyPath: ['transactionId', 'updatedAt', 'processing', 'hasRawTx'] },
    ],
  },
  {
    name: 'actions',
    keyPath: 'actionId',
    autoIncrement: true,
    origin: 'new',
    indexes: [
      { name: 'reference', keyPath: ['userId', 'reference'], unique: true },
      { name: 'userTransaction', keyPath: ['userId', 'transactionId'], unique: true },
      { name: 'transactionId', keyPath: 'transactionId' },
      { name: 'user', keyPath: ['userId', 'actionId'] },
      { name: 'signed', keyPath: ['userId', 'transactionId', 'actionId'] },
      { name: 'draft', keyPath: ['userId', 'isDraft'] },
      { name: 'aborted', keyPath: ['userId', 'userAborted'] },
    ],
  },
  {
    name: 'outputs',
    keyPath: 'outputId',
    autoIncrement: true,
    origin: 'rebuilt',
    indexes: [
      { name: 'actionVout', keyPath: ['actionId', 'vout'], unique: true },
      { name: 'hot', keyPath: ['userId', 'basketId', 'spendable', 'satoshis', 'outputId'] },
      { name: 'hotPending', keyPath: ['userId', 'basketId', 'pending', 'satoshis', 'outputId'] },
      { name: 'spendable', keyPath: ['userId', 'spendable', 'outputId'] },
      { name: 'unspent', keyPath: ['userId', 'unspent', 'outputId', 'actionId', 'satoshis'] },
      { name: 'basketUnspent', keyPath: ['userId', 'basketId', 'unspent', 'outputId', 'actionId', 'satoshis'] },
      { name: 'user', keyPath: ['userId', 'outputId'] },
      { name: 'withheld', keyPath: ['userId', 'withheld'] },
      { name: 'outpoint', keyPath: ['txid', 'vout'] },
      { name: 'spentByActionId', keyPath: 'spentByActionId' },
      { name: 'maturesAtHeight', keyPath: 'maturesAtHeight' },
      { name: 'changed', keyPath: ['userId', 'updatedAt', 'outputId'] },
    ],
  },
  {
    name: 'commissions',
    keyPath: 'commissionId',
    autoIncrement: true,
    origin: 'rebuilt',
    indexes: [
      { name: 'actionId', keyPath: 'actionId', unique: true },
      { name: 'userId', keyPath: 'userId' },
    ],
  },
  {
    name: 'tx_labels_map',
    keyPath: ['txLabelId', 'actionId'],
    origin: 'rebuilt',
    indexes: [
      { name: 'txLabelId', keyPath: 'txLabelId' },
      { name: 'actionId', keyPath: 'actionId' },
    ],
  },
  {
    name: 'tx_audit',
    keyPath: 'auditId',
    autoIncrement: true,
    origin: 'new',
    indexes: [
      { name: 'transactionId', keyPath: ['transactionId', 'auditId'] },
      { name: 'actionId', keyPath: ['actionId', 'auditId'] },
      { name: 'event', keyPath: ['event', 'auditId'] },
    ],
  },
  { name: 'chain_tip', keyPath: 'id', origin: 'new', indexes: [] },
  { name: 'monitor_lease', keyPath: 'taskName', origin: 'new', indexes: [] },
  { name: 'monitor_task', keyPath: 'taskName', origin: 'new', indexes: [] },
  {
    name: 'sync_arrivals',
    keyPath: ['userId', 'entity', 'key'],
    origin: 'new',
    indexes: [{ name: 'arrived', keyPath: ['userId', 'entity', 'arrivedAt', 'key'] }],
  },
  {
    name: 'users',
    keyPath: 'userId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [{ name: 'identityKey', keyPath: 'identityKey', unique: true }],
  },
  {
    name: 'output_baskets',
    keyPath: 'basketId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      { name: 'name_userId', keyPath: ['name', 'userId'], unique: true },
    ],
  },
  {
    name: 'output_tags',
    keyPath: 'outputTagId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      { name: 'tag_userId', keyPath: ['tag', 'userId'], unique: true },
    ],
  },
  {
    name: 'output_tags_map',
    keyPath: ['outputTagId', 'outputId'],
    origin: 'shared',
    indexes: [
      { name: 'outputTagId', keyPath: 'outputTagId' },
      { name: 'outputId', keyPath: 'outputId' },
    ],
  },
  {
    name: 'tx_labels',
    keyPath: 'txLabelId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      { name: 'label_userId', keyPath: ['label', 'userId'], unique: true },
    ],
  },
  {
    name: 'certificates',
    keyPath: 'certificateId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      {
        name: 'userId_type_certifier_serialNumber',
        keyPath: ['userId', 'type', 'certifier', 'serialNumber'],
        unique: true,
      },
    ],
  },
  {
    name: 'certificate_fields',
    keyPath: ['certificateId', 'fieldName'],
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      { name: 'certificateId', keyPath: 'certificateId' },
    ],
  },
  { name: 'settings', keyPath: 'storageIdentityKey', origin: 'shared', indexes: [] },
  {
    name: 'sync_states',
    keyPath: 'syncStateId',
    autoIncrement: true,
    origin: 'shared',
    indexes: [
      { name: 'userId', keyPath: 'userId' },
      { name: 'refNum', keyPath: 'refNum', unique: true },
      { name: 'status', keyPath: 'status' },
    ],
  },
  { name: 'monitor_events', keyPath: 'id', autoIncrement: true, origin: 'shared', indexes: [] },
]

export const OBJECT_STORE_NAMES: readonly ObjectStoreName[] = OBJECT_STORES.map(({ name }) => name)
