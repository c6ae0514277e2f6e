import { PROCESSING_STATUSES, type ProcessingStatus, type TransactionRow } from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import { statusRange } from './ranges.js'

/** Whether the transaction with this id holds one of some statuses. */
export type HoldsStatus = (transactionId: number) => boolean

/**
 * Tells by keys alone which transactions hold one of these statuses: it reads the ids of those that do or of those that do not,
 * whichever are fewer, and no raw transaction.
 */
export async function holdersOf(
  transactions: RecordTable<TransactionRow>,
  statuses: readonly ProcessingStatus[],
): Promise<HoldsStatus> {
  const others = PROCESSING_STATUSES.filter((status) => !statuses.includes(status))
  const areHoldersFewer = (await countOf(transactions, statuses)) <= (await countOf(transactions, others))
  const ids = await idsOf(transactions, areHoldersFewer ? statuses : others)
  return (transactionId) => ids.has(transactionId) === areHoldersFewer
}

async function countOf(
  transactions: RecordTable<TransactionRow>,
  statuses: readonly ProcessingStatus[],
): Promise<number> {
  let count = 0
  for (const status of statuses) count += await transactions.count('processing', statusRange(status))
  return count
}

async function idsOf(
  transactions: RecordTable<TransactionRow>,
  statuses: readonly ProcessingStatus[],
): Promise<ReadonlySet<IDBValidKey>> {
  const ids = new Set<IDBValidKey>()
  for (const status of statuses) {
    for (const id of await transactions.keys('processing', statusRange(status))) ids.add(id)
  }
  return ids
}
