import { STAMPS, bigint, id, integer, nullable, string, text, timestamp } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/** What the engine keeps for itself: the log, the tip, leases and the schedule, arrivals by sync. */

/** Append-only. No foreign key: the log outlives what it tells of, and a migration may build those tables again. */
export const TX_AUDIT_TABLE: TableDefinition = {
  name: 'tx_audit',
  origin: 'new',
  columns: [
    ...STAMPS,
    id('auditId'),
    nullable(integer('transactionId')),
    nullable(integer('actionId')),
    string('event', 64),
    nullable(string('from_state', 64)),
    nullable(string('to_state', 64)),
    nullable(text('details_json')),
  ],
  uniqueKeys: [],
  indexes: [
    { name: 'txk_audit_transaction', columns: ['transactionId', 'auditId'] },
    { name: 'txk_audit_action', columns: ['actionId', 'auditId'] },
    { name: 'txk_audit_event', columns: ['event', 'auditId'] },
  ],
  foreignKeys: [],
  checks: [],
}

/** One row. */
export const CHAIN_TIP_TABLE: TableDefinition = {
  name: 'chain_tip',
  origin: 'new',
  columns: [
    integer('id'),
    integer('height'),
    nullable(string('block_hash', 64)),
    nullable(string('merkle_root', 64)),
    timestamp('observed_at', 'now'),
  ],
  primaryKey: ['id'],
  uniqueKeys: [],
  indexes: [],
  foreignKeys: [],
  checks: [{ name: 'txk_chain_tip_single', kind: 'in', column: 'id', values: [1] }],
}

/** A row exists only while a task runs. `expires_at` is in milliseconds since 1970 by database time. */
export const MONITOR_LEASE_TABLE: TableDefinition = {
  name: 'monitor_lease',
  origin: 'new',
  columns: [
    string('task_name', 64),
    string('owner_id', 255),
    bigint('fence'),
    bigint('expires_at'),
    integer('renew_count', 0),
    nullable(text('note')),
  ],
  primaryKey: ['task_name'],
  uniqueKeys: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

/** Permanent. `next_due_at` is in milliseconds since 1970 by database time. */
export const MONITOR_TASK_TABLE: TableDefinition = {
  name: 'monitor_task',
  origin: 'new',
  columns: [
    ...STAMPS,
    string('task_name', 64),
    bigint('fence', 0),
    nullable(bigint('next_due_at')),
    bigint('wake_seq', 0),
    bigint('done_seq', 0),
    nullable(text('cursor')),
    nullable(text('last_outcome_json')),
  ],
  primaryKey: ['task_name'],
  uniqueKeys: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

/** Rows that came by sync, so that a third store that synced later misses none. */
export const SYNC_ARRIVALS_TABLE: TableDefinition = {
  name: 'sync_arrivals',
  origin: 'new',
  columns: [integer('userId'), string('entity', 64), string('key', 300), timestamp('arrived_at', 'now')],
  primaryKey: ['userId', 'entity', 'key'],
  uniqueKeys: [],
  indexes: [{ name: 'txk_sync_arrivals_arrived', columns: ['userId', 'arrived_at'] }],
  foreignKeys: [{ column: 'userId', table: 'users', references: 'userId' }],
  checks: [],
}
