import type { ProcessingStatus } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { holdsRule, isFree, keepsFlags } from './output-rule.js'
import type { OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

/** A coin of a transaction in one of these statuses may be spent. Source: docs/spec/lifecycle.md §1. */
export const SPENDABLE_STATUSES: readonly ProcessingStatus[] = ACCEPTED_STATUSES

/**
 * The value `outputs.spendable` must have. While a transaction is `reorging` or `unfail`, a flag that was true stays true as
 * long as the coin is free, and none is gained. Source: docs/spec/lifecycle.md §4.
 *
 * @param transaction undefined while the action is a draft: its outputs are not spendable.
 * @param tip undefined when no block is known: then no coinbase is mature.
 */
export function isOutputSpendable(
  output: OutputFacts,
  transaction: TransactionFacts | undefined,
  tip: TipFacts | undefined,
): boolean {
  if (transaction === undefined) return false
  if (keepsFlags(transaction.processing)) return output.spendable && isFree(output)
  return holdsRule(SPENDABLE_STATUSES, output, transaction, tip)
}
