import type { ProcessingStatus } from '@txkeep/core'

/** The network has the transaction: its outputs can be spent and its inputs are gone. Source: docs/spec/lifecycle.md §1. */
export const ACCEPTED_STATUSES: readonly ProcessingStatus[] = ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']

/** Its owner sees a coin of a transaction in one of these as hers. Source: docs/spec/wallet-storage.md §14. */
export const LISTED_STATUSES: readonly ProcessingStatus[] = [
  ...ACCEPTED_STATUSES,
  'queued',
  'sending',
  'nosend',
  'reorging',
]

/** An action whose transaction holds one of these has failed its user. Source: docs/spec/lifecycle.md §7, "Back". */
export const FAILED_STATUSES: readonly ProcessingStatus[] = ['invalid', 'doubleSpend', 'unfail']

/** Nothing is left to do: no task looks at the transaction until an event or an operator moves it. */
export const TERMINAL_STATUSES: readonly ProcessingStatus[] = ['confirmed', 'invalid', 'doubleSpend']

/** Whether no task needs to look at a transaction in this status. */
export function isTerminal(status: ProcessingStatus): boolean {
  return TERMINAL_STATUSES.includes(status)
}

/**
 * Whether outputs of a transaction in this status may be spent. `reorging` and `unfail` are not among them: they keep
 * whatever flag an output had, which `isOutputSpendable` of `@txkeep/spendability` knows.
 */
export function isSpendableStatus(status: ProcessingStatus): boolean {
  return ACCEPTED_STATUSES.includes(status)
}
