/** `transactions.status` of the legacy schema: one user's view of a transaction. Source: docs/spec/lifecycle.md §7. */
export const LEGACY_TRANSACTION_STATUSES = [
  'completed',
  'failed',
  'unprocessed',
  'sending',
  'unproven',
  'unsigned',
  'nosend',
  'nonfinal',
  'unfail',
] as const

/** `proven_tx_reqs.status` of the legacy schema: the request to get a transaction mined. */
export const LEGACY_REQUEST_STATUSES = [
  'completed',
  'unmined',
  'callback',
  'unknown',
  'unconfirmed',
  'sending',
  'unsent',
  'unprocessed',
  'nonfinal',
  'nosend',
  'invalid',
  'doubleSpend',
  'unfail',
] as const

export type LegacyTransactionStatus = (typeof LEGACY_TRANSACTION_STATUSES)[number]
export type LegacyRequestStatus = (typeof LEGACY_REQUEST_STATUSES)[number]
