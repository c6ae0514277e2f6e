import { ask } from '../ask.js'
import { eachRow, postpone, transactionsIn } from '../each-row.js'
import type { MonitorTask } from '../monitor-task.js'

/** Queues what waited for its lock time, once a block can hold it. Source: docs/spec/monitor.md §2. */
export const nonfinalTask: MonitorTask = {
  name: 'nonfinal',
  everyMs: 600_000,
  async run(context) {
    let queued = 0
    const { rows, errors } = await eachRow(context, transactionsIn(context, ['nonfinal']), async (row) => {
      const { transactionId, rowVersion, rawTx } = row
      const isFinal = rawTx === null ? undefined : await ask(context, () => context.network.nLockTimeIsFinal(rawTx))
      if (isFinal !== true) return postpone(context, row, 60_000)
      await context.service.transition({
        transactionId,
        expectedFrom: 'nonfinal',
        expectedVersion: rowVersion,
        to: 'queued',
        details: { why: 'lock-time' },
      })
      queued += 1
    })
    return { facts: { rows, errors, queued } }
  },
}
