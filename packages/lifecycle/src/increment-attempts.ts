import { NotFoundError, type TransactionRow } from '@txkeep/core'
import type { Unit } from './unit.js'

/**
 * The transaction, with one more on this counter.
 *
 * @throws {NotFoundError} if there is no such transaction.
 */
export async function incrementAttempts(
  unit: Unit,
  transactionId: number,
  counter: 'attempts' | 'proofAttempts' | 'rebroadcastCycles' = 'attempts',
): Promise<TransactionRow> {
  const row = await unit.tx.transactions.increment(transactionId, counter)
  if (row === undefined) throw new NotFoundError('transaction', transactionId)
  return row
}
