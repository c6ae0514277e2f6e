import { PROCESSING_STATUSES } from '@txkeep/core'

import { STAMPS, bigint, boolean, bytes, id, integer, nullable, string, text, timestamp } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/** One row per txid. */
export const TRANSACTIONS_TABLE: TableDefinition = {
  name: 'transactions',
  origin: 'rebuilt',
  columns: [
    ...STAMPS,
    id('transactionId'),
    string('txid', 64),
    string('processing', 16),
    timestamp('processing_changed_at', 'now'),
    nullable(timestamp('next_action_at')),
    integer('attempts', 0),
    integer('proof_attempts', 0),
    integer('rebroadcast_cycles', 0),
    boolean('was_broadcast', false),
    nullable(string('idempotency_key', 255)),
    nullable(string('batch', 64)),
    nullable(integer('height')),
    nullable(integer('merkle_index')),
    nullable(string('merkle_root', 64)),
    nullable(string('block_hash', 64)),
    boolean('is_coinbase', false),
    nullable(string('last_provider', 255)),
    nullable(string('last_provider_status', 255)),
    nullable(text('frozen_reason')),
    nullable(integer('legacy_proven_id')),
    nullable(integer('legacy_req_id')),
    bigint('row_version', 0),
    // Last, so that reading any other column never walks through their pages.
    nullable(bytes('merkle_path')),
    nullable(bytes('raw_tx')),
    nullable(bytes('input_beef')),
  ],
  uniqueKeys: [
    { name: 'txk_transactions_txid', columns: ['txid'] },
    { name: 'txk_transactions_idempotency', columns: ['idempotency_key'] },
  ],
  indexes: [
    { name: 'txk_transactions_due', columns: ['processing', 'next_action_at'] },
    { name: 'txk_transactions_batch', columns: ['batch'] },
    { name: 'txk_transactions_block', columns: ['block_hash'] },
    { name: 'txk_transactions_height', columns: ['height'] },
  ],
  foreignKeys: [],
  checks: [
    { name: 'txk_transactions_processing', kind: 'in', column: 'processing', values: PROCESSING_STATUSES },
    {
      name: 'txk_transactions_proof',
      kind: 'requires',
      column: 'processing',
      values: ['unconfirmed', 'confirmed'],
      notNull: 'merkle_path',
    },
  ],
}
