import type { ProcessingStatus, TransactionRow } from '@txkeep/core'
import { eachRow, postpone, transactionsIn } from '../each-row.js'
import { lookForProof } from '../look-for-proof.js'
import { lookUpStatus } from '../look-up-status.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

/** Looks at what an operator or a late answer brought back from the dead. Source: docs/spec/monitor.md §2, U1. */
export const unfailTask: MonitorTask = {
  name: 'unfail',
  everyMs: 600_000,
  async run(context) {
    const { rows, errors } = await eachRow(context, transactionsIn(context, ['unfail']), async (row) => {
      const search = await lookForProof(context, row)
      if (search === 'recorded' || search === 'stale') return
      const { status, witnesses } = await lookUpStatus(context, row.txid)
      if (status === 'unavailable') return postpone(context, row, 60_000)
      const to = status === 'unknown' ? await priorStatus(context, row) : 'seen'
      await context.service.transition({
        transactionId: row.transactionId,
        expectedFrom: 'unfail',
        expectedVersion: row.rowVersion,
        to,
        details: { why: 'looked-up', status, witnesses },
      })
    })
    return { facts: { rows, errors } }
  },
}

/** The verdict it came from, as the audit tells it. */
async function priorStatus({ store }: TaskContext, { transactionId }: TransactionRow): Promise<ProcessingStatus> {
  const last = await store.read((tx) => tx.audit.findLast(transactionId, 'processing.changed'))
  return last?.toState === 'unfail' && last.fromState === 'doubleSpend' ? 'doubleSpend' : 'invalid'
}
