import type { Store } from '@txkeep/core'
import {
  collectProofs,
  mine,
  relinquish,
  reorg,
  review,
  sendWaiting,
  strangerPosts,
  strangerSteals,
} from './chain-steps.js'
import { checkBalances, checkChain, checkFlags, checkLists } from './check-session.js'
import { payNeighbour, receiveAgain, receiveProven, receiveUnposted, receiveUnproven } from './receiving-steps.js'
import { contextOf, type Session, type StepContext } from './session.js'
import type { SessionStep, StepKind } from './session-step.js'
import {
  abort,
  draft,
  keep,
  keepOnTop,
  mint,
  payLater,
  payNow,
  sendKept,
  signDraft,
  spendToken,
  sweep,
} from './spending-steps.js'
import type { StepOutcome } from './spending-steps.js'

const STEPS: Readonly<Record<StepKind, (context: StepContext) => Promise<StepOutcome>>> = {
  ...{ payNow, payLater, keep, keepOnTop, draft, signDraft, abort, sendKept, mint, spendToken, relinquish, sweep },
  ...{ receiveProven, receiveUnproven, receiveUnposted, receiveAgain, payNeighbour },
  ...{ strangerPosts, strangerSteals, mine, collectProofs, sendWaiting, review, reorg },
}

export function performStep(session: Session, step: SessionStep): Promise<StepOutcome> {
  session.count += 1
  return STEPS[step.kind](contextOf(session, step))
}

/** How often everything is listed; balances and flags are compared after every step. */
const STEPS_PER_LIST = 10

/**
 * A whole session: after every step balances and flags are the model's, every few steps all lists are, and in the end, once the
 * network has settled, every coin the wallets believe in is there. When something differs, the error names the steps so far.
 */
export async function runSession(session: Session, steps: readonly SessionStep[], store: Store): Promise<void> {
  const outcomes: string[] = []
  try {
    for (const [index, step] of steps.entries()) {
      outcomes.push(`${index}: ${JSON.stringify(step)}`)
      const { what, error, results } = await performStep(session, step)
      outcomes.push(`   ${what} ${error ?? ''} ${results?.join() ?? ''}`)
      await checkBalances(session)
      await checkFlags(session, store)
      if ((index + 1) % STEPS_PER_LIST === 0) await checkLists(session)
    }
    for (const kind of SETTLING) {
      outcomes.push(`settling: ${kind}`)
      await performStep(session, { kind, user: 0, mood: 'healthy', seed: 1 })
      await checkBalances(session)
    }
    await checkLists(session)
    await checkFlags(session, store)
    await checkChain(session)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`${message}\nafter these steps:\n${outcomes.slice(-SHOWN_LINES).join('\n')}`, { cause: error })
  }
}

const SHOWN_LINES = 60

/** What a network that is well comes to. */
const SETTLING: readonly StepKind[] = [
  ...(['sendWaiting', 'mine', 'collectProofs', 'sendWaiting', 'review', 'review'] as const),
  ...(['sendWaiting', 'mine', 'collectProofs', 'mine', 'collectProofs', 'review'] as const),
]
