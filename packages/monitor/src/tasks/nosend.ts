import { eachRow, postpone, transactionsIn } from '../each-row.js'
import { lookForProof } from '../look-for-proof.js'
import type { MonitorTask } from '../monitor-task.js'

const DAY_MS = 86_400_000

/** Finds out whether somebody else mined what this wallet does not broadcast. Counts no attempts. Source: docs/spec/monitor.md §2. */
export const nosendTask: MonitorTask = {
  name: 'nosend',
  everyMs: DAY_MS,
  async run(context) {
    const { rows, errors } = await eachRow(context, transactionsIn(context, ['nosend']), async (row) => {
      const search = await lookForProof(context, row)
      // An hour short of a day: the run of tomorrow must find it due.
      if (search !== 'recorded' && search !== 'stale') await postpone(context, row, DAY_MS - 3_600_000)
    })
    return { facts: { rows, errors } }
  },
}
