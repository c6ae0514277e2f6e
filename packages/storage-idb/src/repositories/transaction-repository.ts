import {
  InvalidParameterError,
  PROCESSING_STATUSES,
  type ExpectedTransaction,
  type NewTransactionRow,
  type ProcessingStatus,
  type TransactionChanges,
  type TransactionRow,
  type TransactionsByProcessing,
  type TransactionWriter,
} from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { firstIds, statusRange } from './ranges.js'

export class IdbTransactionRepository implements TransactionWriter {
  readonly #unit: UnitOfWork
  readonly #transactions: RecordTable<TransactionRow>

  constructor(unit: UnitOfWork, transactions: RecordTable<TransactionRow>) {
    this.#unit = unit
    this.#transactions = transactions
  }

  findById(transactionId: number): Promise<TransactionRow | undefined> {
    return this.#transactions.get(transactionId)
  }

  async findByIds(transactionIds: readonly number[]): Promise<TransactionRow[]> {
    return inOrder(await this.#transactions.many(transactionIds))
  }

  findByTxid(txid: string): Promise<TransactionRow | undefined> {
    return this.#transactions.get(txid, 'txid')
  }

  async findByTxids(txids: readonly string[]): Promise<TransactionRow[]> {
    return inOrder(await this.#transactions.many(txids, 'txid'))
  }

  findByIdempotencyKey(idempotencyKey: string): Promise<TransactionRow | undefined> {
    return this.#transactions.get(idempotencyKey, 'idempotencyKey')
  }

  async findByBatch(batch: string): Promise<TransactionRow[]> {
    return inOrder(await this.#transactions.all({ index: 'batch', range: batch }))
  }

  /** With `dueAt` it reads the keys of what is due and nothing else, so that its cost does not grow with what is stored. */
  async listByProcessing(query: TransactionsByProcessing): Promise<TransactionRow[]> {
    const { processing, dueAt, afterId, limit } = query
    const ids = await Promise.all(
      [...new Set(processing)].map((status) =>
        dueAt === undefined
          ? this.#transactions.keys('processing', statusRange(status, afterId), limit)
          : this.#transactions.keys('due', IDBKeyRange.bound([status], [status, dueAt])),
      ),
    )
    return this.findByIds(firstIds(ids.flat(), afterId, limit))
  }

  async findByBlockHash(blockHash: string): Promise<TransactionRow[]> {
    return inOrder(await this.#transactions.all({ index: 'blockHash', range: blockHash }))
  }

  async listProvenFrom({
    height,
    afterId,
    limit,
  }: {
    readonly height: number
    readonly afterId?: number
    readonly limit: number
  }): Promise<TransactionRow[]> {
    const ids = await this.#transactions.keys('provenHeight', IDBKeyRange.lowerBound(height))
    return this.findByIds(firstIds(ids, afterId, limit))
  }

  async countByProcessing(): Promise<Partial<Record<ProcessingStatus, number>>> {
    const counts: Partial<Record<ProcessingStatus, number>> = {}
    for (const status of PROCESSING_STATUSES) {
      const count = await this.#transactions.count('processing', statusRange(status))
      if (count > 0) counts[status] = count
    }
    return counts
  }

  async highestProvenHeight(): Promise<number | undefined> {
    const [highest] = await this.#transactions.all({ index: 'provenHeight', descending: true, limit: 1 })
    return highest?.height ?? undefined
  }

  async insertIfAbsent(row: NewTransactionRow): Promise<{ readonly row: TransactionRow; readonly inserted: boolean }> {
    const stored = await this.findByTxid(row.txid)
    if (stored !== undefined) return { row: stored, inserted: false }
    this.#checkProof(row.processing, row.merklePath)
    return { row: await this.#transactions.insert(row), inserted: true }
  }

  async compareAndSet(expected: ExpectedTransaction, changes: TransactionChanges): Promise<TransactionRow | undefined> {
    const row = await this.findById(expected.transactionId)
    return row !== undefined && isAsExpected(row, expected) ? this.#change(row, changes) : undefined
  }

  async compareAndSetMany(expected: readonly ExpectedTransaction[], changes: TransactionChanges): Promise<number[]> {
    const expectations = Map.groupBy(expected, ({ transactionId }) => transactionId)
    const rows = await this.findByIds([...expectations.keys()])
    const meant = rows.filter((row) => expectations.get(row.transactionId)?.some((one) => isAsExpected(row, one)))
    for (const row of meant) this.#checkChanges(row, changes)
    await this.#transactions.changeMany(meant, (row) => this.#columns(row, changes))
    return meant.map(({ transactionId }) => transactionId)
  }

  async update(
    transactionId: number,
    changes: Omit<TransactionChanges, 'processing'>,
  ): Promise<TransactionRow | undefined> {
    if ('processing' in changes) {
      throw new InvalidParameterError('changes.processing', changes.processing, 'changed by compareAndSet only')
    }
    const row = await this.findById(transactionId)
    return row && this.#change(row, changes)
  }

  async increment(
    transactionId: number,
    counter: 'attempts' | 'proofAttempts' | 'rebroadcastCycles',
  ): Promise<TransactionRow | undefined> {
    const row = await this.findById(transactionId)
    return row && this.#change(row, { [counter]: row[counter] + 1 })
  }

  #change(row: TransactionRow, changes: TransactionChanges): Promise<TransactionRow> {
    this.#checkChanges(row, changes)
    return this.#transactions.change(row, this.#columns(row, changes))
  }

  #columns(row: TransactionRow, changes: TransactionChanges): Partial<TransactionRow> {
    const now = this.#unit.now()
    const hasMoved = changes.processing !== undefined && changes.processing !== row.processing
    return {
      ...(hasMoved && { processingChangedAt: now }),
      ...withoutUndefined(changes),
      rowVersion: row.rowVersion + 1,
      updatedAt: now,
    }
  }

  #checkChanges(row: TransactionRow, changes: TransactionChanges): void {
    const { processing = row.processing, merklePath = row.merklePath } = changes
    this.#checkProof(processing, merklePath)
  }

  /** A proven status needs a proof, whoever writes: an SQL engine holds this as a constraint. */
  #checkProof(processing: ProcessingStatus, merklePath: Uint8Array | null | undefined): void {
    const needsProof = processing === 'unconfirmed' || processing === 'confirmed'
    if (!needsProof || (merklePath !== null && merklePath !== undefined)) return
    throw this.#unit.refuse(new InvalidParameterError('merklePath', null, `the proof a row that is ${processing} has`))
  }
}

function isAsExpected(row: TransactionRow, { processing, rowVersion }: ExpectedTransaction): boolean {
  return row.processing === processing && (rowVersion === undefined || rowVersion === row.rowVersion)
}

function inOrder(rows: TransactionRow[]): TransactionRow[] {
  return rows.sort((one, other) => one.transactionId - other.transactionId)
}

function withoutUndefined<T extends object>(changes: T): T {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as T
}
