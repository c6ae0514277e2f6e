import type { ProcessingStatus } from '@txkeep/core'

/**
 * The order in which statuses win where several users tell of one txid, the winner first. Legacy rows never become
 * `reorging` or `seen_multi`; they stand beside their nearest relatives. Source: docs/spec/lifecycle.md §7.
 */
export const MOST_ADVANCED_FIRST: readonly ProcessingStatus[] = [
  'confirmed',
  'unconfirmed',
  'reorging',
  'seen_multi',
  'seen',
  'sent',
  'sending',
  'queued',
  'nosend',
  'nonfinal',
  'unfail',
  'frozen',
  'doubleSpend',
  'invalid',
]

/** The most advanced of several users' statuses for one txid; undefined when there is none. */
export function mostAdvanced(statuses: readonly ProcessingStatus[]): ProcessingStatus | undefined {
  return MOST_ADVANCED_FIRST.find((status) => statuses.includes(status))
}
