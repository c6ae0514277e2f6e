import type { TransactionRow } from '@txkeep/core'
import { eachRow, postpone, transactionsIn } from '../each-row.js'
import { lookForProof } from '../look-for-proof.js'
import { lookUpStatus } from '../look-up-status.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

/**
 * Finds out what became of transactions a migration could not tell about (`legacy-uncertain`): known means `sent`, a proof is
 * recorded, unknown to every provider twice means `invalid`. Never resends. Source: docs/spec/monitor.md §2.
 */
export const frozenReviewTask: MonitorTask = {
  name: 'frozen_review',
  everyMs: 600_000,
  async run(context) {
    const { rows, errors } = await eachRow(context, transactionsIn(context, ['frozen']), async (row) => {
      if (row.frozenReason === 'legacy-uncertain') await review(context, row)
    })
    return { facts: { rows, errors } }
  },
}

const AGAIN_MS = 600_000
const WHY = 'frozen-review'

async function review(context: TaskContext, row: TransactionRow): Promise<void> {
  const search = await lookForProof(context, row)
  if (search === 'recorded' || search === 'stale') return
  const { status, witnesses } = await lookUpStatus(context, row.txid)
  const { transactionId, rowVersion } = row
  const move = { transactionId, expectedFrom: 'frozen', expectedVersion: rowVersion } as const
  const details = { why: WHY, status, witnesses }
  if (status === 'known' || status === 'mined') {
    await context.service.transition({ ...move, to: 'sent', details })
  } else if (status === 'unknown' && (await wasUnknownBefore(context, row))) {
    await context.service.transition({ ...move, to: 'invalid', details })
  } else {
    if (status === 'unknown') {
      await context.service.recordHistoryNote({ transactionId, event: 'broadcast.result', details })
    }
    await postpone(context, row, AGAIN_MS - 10_000)
  }
}

async function wasUnknownBefore({ store }: TaskContext, row: TransactionRow): Promise<boolean> {
  const last = await store.read((tx) => tx.audit.findLast(row.transactionId, 'broadcast.result'))
  if (last === undefined || last.createdAt < row.processingChangedAt) return false
  const { why, status } = JSON.parse(last.detailsJson ?? '{}') as { readonly why?: unknown; readonly status?: unknown }
  return why === WHY && status === 'unknown'
}
