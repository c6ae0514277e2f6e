import type { ProcessingStatus } from '@txkeep/core'
import { holdsRule } from './output-rule.js'
import { isOutputPending, PENDING_STATUSES } from './is-output-pending.js'
import { isOutputSpendable, SPENDABLE_STATUSES } from './is-output-spendable.js'
import type { OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

/**
 * What an action wants the coin for: `immediate` is broadcast at once, `delayed` waits for a task, `named` means the caller
 * asked for this very coin, as an input or in `noSendChange`.
 */
export type UsePurpose = 'immediate' | 'delayed' | 'named'

const NAMED_STATUSES: readonly ProcessingStatus[] = [...SPENDABLE_STATUSES, ...PENDING_STATUSES, 'nosend', 'reorging']

/** Whether an action with this purpose may take the coin. Source: docs/spec/lifecycle.md §4, "Usable". */
export function isUsable(
  output: OutputFacts,
  transaction: TransactionFacts | undefined,
  tip: TipFacts | undefined,
  purpose: UsePurpose,
): boolean {
  if (transaction === undefined) return false
  if (isOutputSpendable(output, transaction, tip)) return true
  if (purpose === 'delayed') return isOutputPending(output, transaction, tip)
  return purpose === 'named' && holdsRule(NAMED_STATUSES, output, transaction, tip)
}
