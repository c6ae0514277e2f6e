import type { ActionRow, TransactionRow } from '@txkeep/core'
import { FAILED_STATUSES } from '@txkeep/fsm'
import type { RecordTable } from '../record-table.js'
import { statusRange } from './ranges.js'

/** Actions whose transaction is dead, and drafts that were aborted: what they hold waits to be let go. */
export async function findFailedHolders(tables: {
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
}): Promise<readonly ActionRow[]> {
  const dead = await Promise.all(
    FAILED_STATUSES.map((status) => tables.transactions.keys('processing', statusRange(status))),
  )
  const drafts = await tables.actions.all({ index: 'draft' })
  return [
    ...(await tables.actions.many(dead.flat(), 'transactionId')),
    ...drafts.filter(({ transactionId, userAborted }) => transactionId === null && userAborted),
  ]
}
