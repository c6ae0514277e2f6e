import type { ChainTipRow, LeaseRow, SyncArrivalRow, TaskRow } from '@txkeep/core'

import { integer, milliseconds, nullable, text, timestamp } from './field.js'
import { RowMapping } from './row-mapping.js'

export const chainTipRows: RowMapping<ChainTipRow> = new RowMapping<ChainTipRow>('chain_tip', 'height', {
  height: integer('height'),
  blockHash: nullable(text('block_hash')),
  merkleRoot: nullable(text('merkle_root')),
  observedAt: timestamp('observed_at'),
})

export const leaseRows: RowMapping<LeaseRow> = new RowMapping<LeaseRow>('monitor_lease', 'taskName', {
  taskName: text('task_name'),
  ownerId: text('owner_id'),
  fence: integer('fence'),
  expiresAt: milliseconds('expires_at'),
  renewCount: integer('renew_count'),
  note: nullable(text('note')),
})

export const taskRows: RowMapping<TaskRow> = new RowMapping<TaskRow>('monitor_task', 'taskName', {
  taskName: text('task_name'),
  fence: integer('fence'),
  nextDueAt: nullable(milliseconds('next_due_at')),
  wakeSeq: integer('wake_seq'),
  doneSeq: integer('done_seq'),
  cursor: nullable(text('cursor')),
  lastOutcomeJson: nullable(text('last_outcome_json')),
  createdAt: timestamp('created_at'),
  updatedAt: timestamp('updated_at'),
})

export const syncArrivalRows: RowMapping<SyncArrivalRow> = new RowMapping<SyncArrivalRow>('sync_arrivals', 'userId', {
  userId: integer('userId'),
  entity: text('entity'),
  key: text('key'),
  arrivedAt: timestamp('arrived_at'),
})
