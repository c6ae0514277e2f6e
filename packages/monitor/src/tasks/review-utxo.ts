import type { OutputRow } from '@txkeep/core'
import { eachRow } from '../each-row.js'
import { lookUpCoin } from '../look-up-coin.js'
import type { MonitorTask } from '../monitor-task.js'

/** Asks whether coins are still there, and about those that once were not. Source: docs/spec/monitor.md §2. */
export const reviewUtxoTask: MonitorTask = {
  name: 'review_utxo',
  everyMs: 21_600_000,
  async run(context) {
    const { afterId, inDoubt } = readCursor(context.cursor)
    const counts = { unchanged: 0, 'in-doubt': 0, withheld: 0, restored: 0, unanswered: 0 }
    const open: number[] = []
    const review = async (output: OutputRow): Promise<void> => {
      const { outputId } = output
      const answer = await lookUpCoin(context, output)
      if (answer === undefined) {
        counts.unanswered += 1
        if (inDoubt.includes(outputId)) open.push(outputId)
        return
      }
      const { outcome } = await context.service.reviewCoin({ outputId, answer })
      counts[outcome] += 1
      if (outcome === 'in-doubt') open.push(outputId)
    }
    const doubted = await context.store.read((tx) => tx.outputs.findByIds(inDoubt))
    const again = { list: async (after: number) => (after === 0 ? doubted : []), idOf: idOf }
    await eachRow(context, again, review)
    const source = {
      list: (after: number, limit: number) =>
        context.store.read((tx) => tx.outputs.listReviewable({ afterId: after, limit })),
      idOf,
      afterId,
      atMost: 100,
    }
    const { errors, isFull, lastId } = await eachRow(context, source, (output) =>
      inDoubt.includes(output.outputId) ? Promise.resolve() : review(output),
    )
    const cursor = JSON.stringify({ afterId: isFull ? lastId : 0, inDoubt: open.slice(0, MAX_IN_DOUBT) })
    return { cursor, ...(open.length > 0 && { dueInMs: ASK_AGAIN_MS }), facts: { errors, ...counts } }
  },
}

const ASK_AGAIN_MS = 601_000
/** More than these are found again on the next round. */
const MAX_IN_DOUBT = 500

function idOf({ outputId }: OutputRow): number {
  return outputId
}

function readCursor(cursor: string | null): { readonly afterId: number; readonly inDoubt: readonly number[] } {
  try {
    const { afterId = 0, inDoubt = [] } = JSON.parse(cursor ?? '{}') as { afterId?: number; inDoubt?: number[] }
    return { afterId, inDoubt }
  } catch {
    return { afterId: 0, inDoubt: [] }
  }
}
