import type { ProcessingStatus } from '../processing-status.js'

/** One transaction, once per txid. Timestamps are UTC with millisecond precision; absent values are null. */
export interface TransactionRow {
  readonly transactionId: number
  /** 64 lower-case hex digits. */
  readonly txid: string
  readonly processing: ProcessingStatus
  readonly processingChangedAt: Date
  /** When a task looks at it next; null only when the status is terminal or an operator froze it. */
  readonly nextActionAt: Date | null
  /** Failed broadcast attempts since the last success. */
  readonly attempts: number
  /** Proof look-ups without an answer, at most one counted per block height. */
  readonly proofAttempts: number
  readonly rebroadcastCycles: number
  readonly wasBroadcast: boolean
  /** The caller's own key for find-or-create; unique when present. */
  readonly idempotencyKey: string | null
  readonly batch: string | null
  readonly rawTx: Uint8Array | null
  readonly inputBeef: Uint8Array | null
  readonly height: number | null
  /** Index of the leaf in its block; 0 is the coinbase. */
  readonly merkleIndex: number | null
  /** BUMP bytes (BRC-74). */
  readonly merklePath: Uint8Array | null
  readonly merkleRoot: string | null
  readonly blockHash: string | null
  readonly isCoinbase: boolean
  readonly lastProvider: string | null
  readonly lastProviderStatus: string | null
  readonly frozenReason: string | null
  readonly legacyProvenId: number | null
  readonly legacyReqId: number | null
  readonly rowVersion: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What an insert needs; everything left out takes the column's default (0, false, null, now). */
export type NewTransactionRow = Pick<TransactionRow, 'txid' | 'processing'> &
  Partial<Omit<TransactionRow, 'transactionId' | 'txid' | 'processing' | 'rowVersion'>>

/** What an update may change. `rowVersion` and `updatedAt` are raised by storage. */
export type TransactionChanges = Partial<
  Omit<TransactionRow, 'transactionId' | 'txid' | 'rowVersion' | 'createdAt' | 'updatedAt'>
>
