import {
  InvalidParameterError,
  isProcessingStatus,
  type ExpectedTransaction,
  type NewTransactionRow,
  type ProcessingStatus,
  type TransactionChanges,
  type TransactionRow,
  type TransactionsByProcessing,
  type TransactionWriter,
} from '@txkeep/core'

import { newTransactionRow, transactionRows } from '../rows/transaction-row.js'
import { changedTransactionColumns, selectAsExpected } from '../statements/compare-and-set-transactions.js'
import { selectRows } from '../statements/select-rows.js'
import { valuesIn, type ColumnValues, type Statement } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { decodeAll, decodeOne } from './decode.js'
import { insertOne } from './insert-one.js'
import { updateRows } from './update-rows.js'

export class KnexTransactionRepository implements TransactionWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  findById(transactionId: number): Promise<TransactionRow | undefined> {
    return this.#one(this.#select().where({ transactionId }))
  }

  findByIds(transactionIds: readonly number[]): Promise<TransactionRow[]> {
    const ids = valuesIn(this.#unit.db, transactionIds)
    return this.#all(this.#select().whereIn('transactionId', ids).orderBy('transactionId'))
  }

  findByTxid(txid: string): Promise<TransactionRow | undefined> {
    return this.#one(this.#select().where({ txid }))
  }

  findByTxids(txids: readonly string[]): Promise<TransactionRow[]> {
    return this.#all(this.#select().whereIn('txid', valuesIn(this.#unit.db, txids)).orderBy('transactionId'))
  }

  findByIdempotencyKey(idempotencyKey: string): Promise<TransactionRow | undefined> {
    return this.#one(this.#select().where({ idempotency_key: idempotencyKey }))
  }

  findByBatch(batch: string): Promise<TransactionRow[]> {
    return this.#all(this.#select().where({ batch }).orderBy('transactionId'))
  }

  listByProcessing({ processing, dueAt, afterId, limit }: TransactionsByProcessing): Promise<TransactionRow[]> {
    const select = this.#select().whereIn('processing', processing).orderBy('transactionId').limit(limit)
    if (dueAt !== undefined) select.where('next_action_at', '<=', dueAt)
    if (afterId !== undefined) select.where('transactionId', '>', afterId)
    return this.#all(select)
  }

  findByBlockHash(blockHash: string): Promise<TransactionRow[]> {
    return this.#all(this.#select().where({ block_hash: blockHash }).orderBy('transactionId'))
  }

  listProvenFrom({
    height,
    afterId,
    limit,
  }: {
    readonly height: number
    readonly afterId?: number
    readonly limit: number
  }): Promise<TransactionRow[]> {
    const select = this.#select()
      .where('height', '>=', height)
      .whereNotNull('merkle_path')
      .orderBy('transactionId')
      .limit(limit)
    return this.#all(afterId === undefined ? select : select.where('transactionId', '>', afterId))
  }

  async countByProcessing(): Promise<Partial<Record<ProcessingStatus, number>>> {
    const rows = await this.#unit.rows(
      this.#unit.db.knex('transactions').select('processing').count({ count: '*' }).groupBy('processing'),
    )
    const counts: Partial<Record<ProcessingStatus, number>> = {}
    for (const { processing, count } of rows) if (isProcessingStatus(processing)) counts[processing] = Number(count)
    return counts
  }

  async highestProvenHeight(): Promise<number | undefined> {
    const highest = this.#select().whereNotNull('height').whereNotNull('merkle_path').orderBy('height', 'desc').limit(1)
    return (await this.#one(highest))?.height ?? undefined
  }

  async insertIfAbsent(row: NewTransactionRow): Promise<{ readonly row: TransactionRow; readonly inserted: boolean }> {
    const stored = await this.findByTxid(row.txid)
    if (stored !== undefined) return { row: stored, inserted: false }
    const inserted = await insertOne(this.#unit, transactionRows, newTransactionRow(row, this.#unit.now()), {
      skipOnConflict: ['txid'],
    })
    if (inserted !== undefined) return { row: transactionRows.decode(inserted), inserted: true }
    return this.insertIfAbsent(row)
  }

  async compareAndSet(expected: ExpectedTransaction, changes: TransactionChanges): Promise<TransactionRow | undefined> {
    const { transactionId, processing, rowVersion } = expected
    return this.#change(
      { transactionId, processing, ...(rowVersion === undefined ? {} : { row_version: rowVersion }) },
      changedTransactionColumns(this.#unit.db, changes, this.#unit.now()),
    )
  }

  async compareAndSetMany(expected: readonly ExpectedTransaction[], changes: TransactionChanges): Promise<number[]> {
    if (expected.length === 0) return []
    const rows = await updateRows(this.#unit, {
      mapping: transactionRows,
      key: 'transactionId',
      where: (transactions) => transactions.whereIn('transactionId', selectAsExpected(this.#unit.db, expected)),
      set: changedTransactionColumns(this.#unit.db, changes, this.#unit.now()),
      returning: ['transactionId'],
      isMany: true,
    })
    return rows.map((row) => Number(row['transactionId'])).sort((one, other) => one - other)
  }

  async update(
    transactionId: number,
    changes: Omit<TransactionChanges, 'processing'>,
  ): Promise<TransactionRow | undefined> {
    if ('processing' in changes) {
      throw new InvalidParameterError('changes.processing', changes.processing, 'changed by compareAndSet only')
    }
    const columns = changedTransactionColumns(this.#unit.db, changes, this.#unit.now())
    return this.#change({ transactionId }, columns)
  }

  async increment(
    transactionId: number,
    counter: 'attempts' | 'proofAttempts' | 'rebroadcastCycles',
  ): Promise<TransactionRow | undefined> {
    const { knex } = this.#unit.db
    const column = transactionRows.columnOf(counter)
    return this.#change(
      { transactionId },
      {
        ...changedTransactionColumns(this.#unit.db, {}, this.#unit.now()),
        [column]: knex.raw('?? + 1', [column]),
      },
    )
  }

  async #change(expected: ColumnValues, set: ColumnValues): Promise<TransactionRow | undefined> {
    const [row] = await updateRows(this.#unit, {
      mapping: transactionRows,
      key: 'transactionId',
      where: (transactions) => transactions.where(expected),
      set,
    })
    return decodeOne(transactionRows, row)
  }

  #select(): ReturnType<typeof selectRows> {
    return selectRows(this.#unit.db, transactionRows)
  }

  async #one(statement: Statement): Promise<TransactionRow | undefined> {
    return decodeOne(transactionRows, await this.#unit.row(statement))
  }

  async #all(statement: Statement): Promise<TransactionRow[]> {
    return decodeAll(transactionRows, await this.#unit.rows(statement))
  }
}
