import type { ProcessingStatus } from '@txkeep/core'
import { holdsRule, isFree, keepsFlags } from './output-rule.js'
import type { OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

/** A coin of a transaction in one of these statuses may be spent by an action that is delayed itself. */
export const PENDING_STATUSES: readonly ProcessingStatus[] = ['queued', 'sending']

/**
 * The value `outputs.pending` must have: the rule of `isOutputSpendable` for a transaction that is on its way out. Chains of
 * unsent transactions live on it. Source: docs/spec/lifecycle.md §4.
 */
export function isOutputPending(
  output: OutputFacts,
  transaction: TransactionFacts | undefined,
  tip: TipFacts | undefined,
): boolean {
  if (transaction === undefined) return false
  if (keepsFlags(transaction.processing)) return output.pending && isFree(output)
  return holdsRule(PENDING_STATUSES, output, transaction, tip)
}
