/** Why a coin must not be offered although the rule would allow it. Source: docs/spec/lifecycle.md §4. */
export const WITHHELD_REASONS = [
  'commission',
  'not-utxo',
  'spent-elsewhere',
  'duplicate',
  'operator',
  'legacy',
] as const

export type WithheldReason = (typeof WITHHELD_REASONS)[number]
