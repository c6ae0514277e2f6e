import { eachRow, transactionsIn } from '../each-row.js'
import { lookUpStatus } from '../look-up-status.js'
import type { MonitorTask } from '../monitor-task.js'

const MIN_AGE_MS = 3_600_000

/** Asks again about double spends: only a provider that knows one brings it back. Source: docs/spec/monitor.md §2. */
export const reviewDoubleSpendTask: MonitorTask = {
  name: 'review_double_spend',
  everyMs: 720_000,
  async run(context) {
    let revived = 0
    const source = {
      ...transactionsIn(context, ['doubleSpend'], { isDue: false }),
      afterId: Number(context.cursor ?? 0),
      atMost: 100,
    }
    const counts = await eachRow(context, source, async (row) => {
      const { transactionId, rowVersion, processingChangedAt } = row
      if (context.clock.now().getTime() - processingChangedAt.getTime() < MIN_AGE_MS) return
      const { status, witnesses } = await lookUpStatus(context, row.txid)
      if (status !== 'known' && status !== 'mined') return
      const { outcome } = await context.service.transition({
        transactionId,
        expectedFrom: 'doubleSpend',
        expectedVersion: rowVersion,
        to: 'unfail',
        details: { why: 'known-after-all', status, witnesses },
      })
      if (outcome === 'updated') revived += 1
    })
    if (revived > 0) await context.store.write((tx) => tx.tasks.wake(['unfail']))
    const { rows, errors, isFull, lastId } = counts
    return {
      cursor: isFull ? String(lastId) : null,
      ...(isFull && { dueInMs: 60_000 }),
      facts: { rows, errors, revived },
    }
  },
}
