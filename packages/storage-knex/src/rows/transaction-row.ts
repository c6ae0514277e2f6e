import type { NewTransactionRow, TransactionRow } from '@txkeep/core'

import { boolean, bytes, integer, nullable, processing, text, timestamp, txid } from './field.js'
import { RowMapping } from './row-mapping.js'

export const transactionRows: RowMapping<TransactionRow> = new RowMapping<TransactionRow>(
  'transactions',
  'transactionId',
  {
    transactionId: integer('transactionId'),
    txid: txid('txid'),
    processing: processing('processing'),
    processingChangedAt: timestamp('processing_changed_at'),
    nextActionAt: nullable(timestamp('next_action_at')),
    attempts: integer('attempts'),
    proofAttempts: integer('proof_attempts'),
    rebroadcastCycles: integer('rebroadcast_cycles'),
    wasBroadcast: boolean('was_broadcast'),
    idempotencyKey: nullable(text('idempotency_key')),
    batch: nullable(text('batch')),
    rawTx: nullable(bytes('raw_tx')),
    inputBeef: nullable(bytes('input_beef')),
    height: nullable(integer('height')),
    merkleIndex: nullable(integer('merkle_index')),
    merklePath: nullable(bytes('merkle_path')),
    merkleRoot: nullable(text('merkle_root')),
    blockHash: nullable(text('block_hash')),
    isCoinbase: boolean('is_coinbase'),
    lastProvider: nullable(text('last_provider')),
    lastProviderStatus: nullable(text('last_provider_status')),
    frozenReason: nullable(text('frozen_reason')),
    legacyProvenId: nullable(integer('legacy_proven_id')),
    legacyReqId: nullable(integer('legacy_req_id')),
    rowVersion: integer('row_version'),
    createdAt: timestamp('created_at'),
    updatedAt: timestamp('updated_at'),
  },
)

/** `row` with the moment of its insert wherever it names no time itself. */
export function newTransactionRow(row: NewTransactionRow, now: Date): NewTransactionRow {
  return { processingChangedAt: now, createdAt: now, updatedAt: now, ...row }
}
