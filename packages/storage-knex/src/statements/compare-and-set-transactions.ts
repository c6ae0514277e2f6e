import type { ExpectedTransaction, TransactionChanges } from '@txkeep/core'
import type { Knex } from 'knex'

import { transactionRows } from '../rows/transaction-row.js'
import { columnValues, tuplesAs, type StatementBuilder } from './statement.js'

/** The ids of the transactions that still are as expected. */
export function selectAsExpected(db: StatementBuilder, expected: readonly ExpectedTransaction[]): Knex.QueryBuilder {
  const tuples = expected.map(({ transactionId, processing, rowVersion }) => [
    transactionId,
    processing,
    rowVersion ?? null,
  ])
  // The short list drives: a cross join keeps this order on every engine that would reorder an inner join.
  return db.knex
    .queryBuilder()
    .select('t.transactionId')
    .from(tuplesAs(db, 'e', tuples))
    .crossJoin(db.knex.ref('transactions').as('t'))
    .whereRaw('?? = e.c0 and ?? = e.c1 and (e.c2 is null or ?? = e.c2)', [
      't.transactionId',
      't.processing',
      't.row_version',
    ])
}

/**
 * What every update of a transaction sets: the changes, a higher version, the moment. `processing_changed_at` moves only when the
 * status does, unless the caller sets it.
 */
export function changedTransactionColumns(
  { knex }: StatementBuilder,
  changes: TransactionChanges,
  now: Date,
): Record<string, Knex.Value | Knex.Raw> {
  const columns: Record<string, Knex.Value | Knex.Raw> = {}
  // Before the status: some engines assign from left to right, and would compare with the new one.
  if (changes.processing !== undefined && changes.processingChangedAt === undefined) {
    columns['processing_changed_at'] = knex.raw('case when ?? = ? then ?? else ? end', [
      'processing',
      changes.processing,
      'processing_changed_at',
      now,
    ])
  }
  Object.assign(columns, columnValues(transactionRows.encode(changes)))
  columns['row_version'] = knex.raw('?? + 1', ['row_version'])
  columns['updated_at'] = now
  return columns
}
