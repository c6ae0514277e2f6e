import type { OutputRow } from '@txkeep/core'
import { backoffMs } from '@txkeep/fsm'
import { eachRow } from '../each-row.js'
import { lookUpCoin } from '../look-up-coin.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

/** Where the round through the coins stands, and how many rounds in a row left some undecided. */
interface Cursor {
  readonly afterId: number
  readonly tries: number
}

/**
 * Asks the network about the inputs of what failed, and lets go of those it calls unspent. An outage releases nothing; two answers
 * that call a coin spent withhold it. Source: docs/spec/monitor.md §2.
 */
export const releaseInputsTask: MonitorTask = {
  name: 'release_inputs',
  everyMs: 600_000,
  async run(context) {
    const { afterId, tries } = readCursor(context.cursor)
    const decided = { release: 0, 'spent-elsewhere': 0, 'ask-again': 0, keep: 0, moved: 0 }
    const source = {
      list: (after: number, limit: number) =>
        context.store.read((tx) => tx.outputs.listHeldByFailed({ afterId: after, limit })),
      idOf: ({ outputId }: OutputRow) => outputId,
      afterId,
      atMost: 100,
    }
    const { rows, errors, isFull, lastId } = await eachRow(context, source, async (output) => {
      decided[await settle(context, output)] += 1
    })
    const isOpen = decided['ask-again'] > 0 || errors > 0
    const next: Cursor = { afterId: isFull ? lastId : 0, tries: isOpen ? tries + 1 : 0 }
    const dueInMs = isFull ? 1_000 : isOpen ? backoffMs(next.tries, 0) : undefined
    return {
      cursor: JSON.stringify(next),
      ...(dueInMs === undefined ? {} : { dueInMs }),
      facts: { rows, errors, ...decided },
    }
  },
}

async function settle(context: TaskContext, output: OutputRow): Promise<keyof Decisions> {
  const { outputId, spentByActionId } = output
  if (spentByActionId === null) return 'moved'
  const request = { outputId, holderActionId: spentByActionId }
  // Most need no answer, or have one: a draft was never signed, and a coin that is not there is nobody's.
  const { decision } = await context.service.settleHeldInput(request)
  if (decision !== 'ask-again') return decision
  const answer = await lookUpCoin(context, output)
  if (answer === undefined) return 'ask-again'
  return (await context.service.settleHeldInput({ ...request, answer })).decision
}

type Decisions = Readonly<Record<'release' | 'spent-elsewhere' | 'ask-again' | 'keep' | 'moved', number>>

function readCursor(cursor: string | null): Cursor {
  try {
    const { afterId, tries } = JSON.parse(cursor ?? '{}') as Partial<Cursor>
    return { afterId: Number(afterId ?? 0), tries: Number(tries ?? 0) }
  } catch {
    return { afterId: 0, tries: 0 }
  }
}
