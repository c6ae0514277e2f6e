import type { TransactionRow } from '@txkeep/core'
import { backoffMs } from '@txkeep/fsm'
import { broadcastTransactions } from '@txkeep/lifecycle'
import { providersOf } from '../ask.js'
import { eachRow, postpone, transactionsIn } from '../each-row.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

/**
 * Hands what is queued and old enough, and what is due again, to the network; a batch goes whole, aged by its youngest row.
 * `sending` is committed before anything is posted, so that a crash is retried. Source: docs/spec/monitor.md §2, B1 to B5.
 */
export const sendTask: MonitorTask = {
  name: 'send',
  everyMs: 8_000,
  async run(context) {
    const posted = new Set<string>()
    const counts = await eachRow(
      context,
      { ...transactionsIn(context, ['queued', 'sending']), atMost: 100 },
      async (row) => {
        if (posted.has(row.txid)) return
        const together = await findBatch(context, row)
        if (!together.every((member) => isOldEnough(context, member))) return
        for (const { txid } of together) posted.add(txid)
        await broadcast(context, together)
      },
    )
    const { isFull, rows, errors } = counts
    return { ...(isFull && { dueInMs: 1_000 }), facts: { rows, errors, posted: posted.size } }
  },
}

const MIN_AGE_MS = 7_000

async function findBatch({ store }: TaskContext, row: TransactionRow): Promise<readonly TransactionRow[]> {
  const { batch } = row
  if (batch === null) return [row]
  const members = await store.read((tx) => tx.transactions.findByBatch(batch))
  return members.filter(({ processing }) => processing === 'queued' || processing === 'sending')
}

function isOldEnough({ clock }: TaskContext, { processing, processingChangedAt }: TransactionRow): boolean {
  return processing !== 'queued' || clock.now().getTime() - processingChangedAt.getTime() >= MIN_AGE_MS
}

async function broadcast(context: TaskContext, rows: readonly TransactionRow[]): Promise<void> {
  const txids = rows.map(({ txid }) => txid)
  const { service, signal } = context
  const outcomes = await broadcastTransactions(service, providersOf(context), txids, { signal })
  for (const row of rows) {
    const outcome = outcomes.find(({ txid }) => txid === row.txid)
    // Bytes or ancestors are missing: an operator can mend that, so it is neither given up nor asked for at each run.
    if (outcome?.outcome === 'error') {
      await service.incrementAttempts(row.transactionId)
      const now = await service.findById(row.transactionId)
      if (now?.processing === row.processing) await postpone(context, now, backoffMs(now.attempts, 0))
    }
  }
}
