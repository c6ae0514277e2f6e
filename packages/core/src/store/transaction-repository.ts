import type { ProcessingStatus } from '../processing-status.js'
import type { NewTransactionRow, TransactionChanges, TransactionRow } from '../rows/transaction-row.js'

export interface TransactionReader {
  findById(transactionId: number): Promise<TransactionRow | undefined>
  findByIds(transactionIds: readonly number[]): Promise<TransactionRow[]>
  findByTxid(txid: string): Promise<TransactionRow | undefined>
  findByTxids(txids: readonly string[]): Promise<TransactionRow[]>
  findByIdempotencyKey(idempotencyKey: string): Promise<TransactionRow | undefined>
  findByBatch(batch: string): Promise<TransactionRow[]>
  /** In order of `transactionId`, from `afterId` on; `dueAt` leaves out rows whose `nextActionAt` lies later or is null. */
  listByProcessing(query: TransactionsByProcessing): Promise<TransactionRow[]>
  /** Transactions proven in this block, in order of `transactionId`. */
  findByBlockHash(blockHash: string): Promise<TransactionRow[]>
  /** Transactions with a proof at or above `height`, in order of `transactionId`. */
  listProvenFrom(query: {
    readonly height: number
    readonly afterId?: number
    readonly limit: number
  }): Promise<TransactionRow[]>
  /** How many transactions hold each status; a status nobody holds is absent. */
  countByProcessing(): Promise<Partial<Record<ProcessingStatus, number>>>
  /** Highest proven height stored, or undefined when nothing is proven. */
  highestProvenHeight(): Promise<number | undefined>
}

export interface TransactionsByProcessing {
  readonly processing: readonly ProcessingStatus[]
  readonly dueAt?: Date
  readonly afterId?: number
  readonly limit: number
}

/** What must still hold for a compare-and-set to happen. */
export interface ExpectedTransaction {
  readonly transactionId: number
  readonly processing: ProcessingStatus
  readonly rowVersion?: number
}

export interface TransactionWriter extends TransactionReader {
  /** The row with this txid: the stored one untouched, or `row` newly inserted. Two concurrent callers get the same row. */
  insertIfAbsent(row: NewTransactionRow): Promise<{ readonly row: TransactionRow; readonly inserted: boolean }>
  /**
   * The changed row, or undefined when it is not as expected any more. Raises `rowVersion`. The row stays locked until
   * the unit of work ends. When `processing` changes, `processingChangedAt` is set too unless `changes` does.
   */
  compareAndSet(expected: ExpectedTransaction, changes: TransactionChanges): Promise<TransactionRow | undefined>
  /** The ids that were as expected and are changed now, by one statement. */
  compareAndSetMany(expected: readonly ExpectedTransaction[], changes: TransactionChanges): Promise<number[]>
  /** The changed row, or undefined when there is none. Never used to change `processing`. Raises `rowVersion`. */
  update(transactionId: number, changes: Omit<TransactionChanges, 'processing'>): Promise<TransactionRow | undefined>
  /** Adds one to the counter and returns the changed row. */
  increment(
    transactionId: number,
    counter: 'attempts' | 'proofAttempts' | 'rebroadcastCycles',
  ): Promise<TransactionRow | undefined>
}
