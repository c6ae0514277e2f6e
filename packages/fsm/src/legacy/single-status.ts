import type { LegacyRequestStatus, LegacyTransactionStatus, ProcessingStatus } from '@txkeep/core'

/** `proven_tx_reqs.status` seen alone. Source: docs/spec/lifecycle.md §7. */
const REQUEST_STATUS: Readonly<Record<LegacyRequestStatus, ProcessingStatus>> = {
  completed: 'confirmed',
  unmined: 'sent',
  callback: 'sent',
  unknown: 'sent',
  unconfirmed: 'unconfirmed',
  sending: 'sending',
  unsent: 'queued',
  unprocessed: 'queued',
  nonfinal: 'nonfinal',
  nosend: 'nosend',
  invalid: 'invalid',
  doubleSpend: 'doubleSpend',
  unfail: 'unfail',
}

/** `transactions.status` seen alone; `unsigned` is a draft and has no processing status. */
const TRANSACTION_STATUS: Readonly<Record<LegacyTransactionStatus, ProcessingStatus | undefined>> = {
  completed: 'confirmed',
  failed: 'invalid',
  unprocessed: 'queued',
  sending: 'sending',
  unproven: 'sent',
  nosend: 'nosend',
  nonfinal: 'nonfinal',
  unfail: 'unfail',
  unsigned: undefined,
}

/** Whether `text` is a status of a legacy request. */
export function isLegacyRequestStatus(text: string): text is LegacyRequestStatus {
  return Object.hasOwn(REQUEST_STATUS, text)
}

/** Whether `text` is a status of a user's legacy row. */
export function isLegacyTransactionStatus(text: string): text is LegacyTransactionStatus {
  return Object.hasOwn(TRANSACTION_STATUS, text)
}

/**
 * The status a legacy request stands for by itself; a text that is none is `frozen`. A migration decides by the pair
 * (`legacyToProcessing`), which never says `confirmed` without a proof.
 */
export function requestToProcessing(status: string): ProcessingStatus {
  return isLegacyRequestStatus(status) ? REQUEST_STATUS[status] : 'frozen'
}

/** The status a user's legacy row stands for by itself: undefined for `unsigned` (a draft), `frozen` for a text that is none. */
export function transactionToProcessing(status: string): ProcessingStatus | undefined {
  return isLegacyTransactionStatus(status) ? TRANSACTION_STATUS[status] : 'frozen'
}
