import { STAMPS, bigint, boolean, bytes, id, integer, nullable, string, text } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/** One row per user and transaction, and one per draft (`transactionId` null: not signed yet). */
export const ACTIONS_TABLE: TableDefinition = {
  name: 'actions',
  origin: 'new',
  columns: [
    ...STAMPS,
    id('actionId'),
    integer('userId'),
    nullable(integer('transactionId')),
    string('reference', 64),
    nullable(text('description')),
    boolean('isOutgoing', false),
    bigint('satoshis_delta', 0),
    nullable(bigint('version')),
    nullable(bigint('lock_time')),
    boolean('user_nosend', false),
    boolean('hidden', false),
    boolean('user_aborted', false),
    nullable(text('plan_json')),
    nullable(text('notify_json')),
    bigint('row_version', 0),
    nullable(bytes('draft_input_beef')),
  ],
  uniqueKeys: [
    { name: 'txk_actions_reference', columns: ['userId', 'reference'] },
    { name: 'txk_actions_user_transaction', columns: ['userId', 'transactionId'] },
  ],
  indexes: [
    { name: 'txk_actions_transaction', columns: ['transactionId'] },
    { name: 'txk_actions_user', columns: ['userId', 'actionId'] },
  ],
  foreignKeys: [
    { column: 'userId', table: 'users', references: 'userId' },
    { column: 'transactionId', table: 'transactions', references: 'transactionId' },
  ],
  checks: [],
}
