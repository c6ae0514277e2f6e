import { ServiceError } from '../service-error.js'
import { ask } from '../ask.js'
import type { MonitorTask } from '../monitor-task.js'

/** A header that was the best one, and since when by database time (ms since 1970). */
interface Candidate {
  readonly hash: string
  readonly seenAt: number
}

/**
 * Stores the chain's best block once it stayed the best for a whole period, and wakes what waits for it in the same unit. A lower
 * height is legal. Source: docs/spec/monitor.md §2.
 */
export function headerTask({ settleMs = 60_000 }: { readonly settleMs?: number } = {}): MonitorTask {
  return {
    name: 'header',
    everyMs: 60_000,
    async run(context) {
      const header = await ask(context, () => context.network.findChainTipHeader())
      if (header === undefined) throw new ServiceError('No provider told the best block.')
      const { height, hash, merkleRoot } = header
      const stored = await context.service.getChainTip()
      if (stored?.blockHash === hash) return { cursor: null, facts: { height } }
      const candidate = readCandidate(context.cursor)
      const now = context.databaseNow.getTime()
      const isSettled = candidate?.hash === hash && now - candidate.seenAt >= settleMs
      if (!isSettled) {
        const seenAt = candidate?.hash === hash ? candidate.seenAt : now
        return { cursor: JSON.stringify({ hash, seenAt }), facts: { candidate: height } }
      }
      await context.service.unit(async (service, tx) => {
        await service.setChainTip({ height, blockHash: hash, merkleRoot })
        await tx.tasks.wake(WAITING_FOR_A_TIP)
      })
      return { cursor: null, facts: { height, from: stored?.height } }
    },
  }
}

const WAITING_FOR_A_TIP = ['reorg', 'proof', 'maturity', 'nonfinal']

function readCandidate(cursor: string | null): Candidate | undefined {
  try {
    const { hash, seenAt } = JSON.parse(cursor ?? '{}') as Partial<Candidate>
    return typeof hash === 'string' && typeof seenAt === 'number' ? { hash, seenAt } : undefined
  } catch {
    return undefined
  }
}
