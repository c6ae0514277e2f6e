import type { ProcessingStatus } from '@txkeep/core'
import { isSpendableStatus } from '../status-groups.js'
import type { LegacyFrozenReason, LegacyPairResult } from './legacy-to-processing.js'
import { mostAdvanced } from './most-advanced.js'

/** One user's row of a txid: its status text, and what the pair rule made of it. */
export interface LegacyUserResult {
  readonly transaction: string | null | undefined
  readonly result: LegacyPairResult
}

export interface CombinedLegacyUsers {
  /** The status of the one transaction. */
  readonly processing: ProcessingStatus
  readonly frozenReason: LegacyFrozenReason | undefined
  readonly relock: boolean
  /** Whether each user's action is aborted, in order of `users`. */
  readonly aborted: readonly boolean[]
}

/** Which reason wins where users disagree: the one that needs a person before the one a task resolves by itself. */
const REASONS: readonly LegacyFrozenReason[] = ['unknown-status', 'no-raw-tx', 'legacy-uncertain']

/**
 * What several users' rows of one txid become together; undefined when all are drafts. The most advanced status wins. A user
 * whose own row failed while another's keeps the transaction alive has aborted his action, unless the network accepted it:
 * then that abort did not happen. Source: docs/spec/lifecycle.md §7.
 */
export function combineLegacyUsers(users: readonly LegacyUserResult[]): CombinedLegacyUsers | undefined {
  const results = users.map(({ result }) => result)
  const processing = mostAdvanced(results.flatMap((result) => result.processing ?? []))
  if (processing === undefined) return undefined
  const winners = results.filter((result) => result.processing === processing)
  return {
    processing,
    frozenReason: REASONS.find((reason) => winners.some((winner) => winner.frozenReason === reason)),
    relock: winners.some((winner) => winner.relock),
    aborted: users.map((user) => isAborted(user, processing)),
  }
}

function isAborted({ transaction, result }: LegacyUserResult, processing: ProcessingStatus): boolean {
  if (isSpendableStatus(processing)) return false
  if (result.aborted) return true
  // Where his own row led to this status too, the pair rule has spoken: nobody else's row keeps the transaction alive.
  return transaction === 'failed' && result.processing !== processing && isAlive(processing)
}

function isAlive(processing: ProcessingStatus): boolean {
  return processing !== 'invalid' && processing !== 'doubleSpend'
}
