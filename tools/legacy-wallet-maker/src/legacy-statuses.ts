/** Every status the published toolbox writes on a user's row (`transactions.status`). */
export const TRANSACTION_STATUSES = [
  'unsigned',
  'unprocessed',
  'sending',
  'unproven',
  'completed',
  'nosend',
  'nonfinal',
  'failed',
  'unfail',
] as const

/** Every status the published toolbox writes on a request (`proven_tx_reqs.status`). */
export const REQUEST_STATUSES = [
  'unsent',
  'unprocessed',
  'sending',
  'unmined',
  'callback',
  'unknown',
  'unconfirmed',
  'completed',
  'nosend',
  'nonfinal',
  'invalid',
  'doubleSpend',
  'unfail',
] as const

export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number]
export type RequestStatus = (typeof REQUEST_STATUSES)[number]

/** The two statuses one action has: its user's row, and the request of its txid (undefined when there is none). */
export interface StatusPair {
  transaction: TransactionStatus
  request: RequestStatus | undefined
}

/** Pairs the published code writes only with a live monitor, a callback service or a failing disk between two writes. */
export const UNREACHABLE_PAIRS: readonly StatusPair[] = [
  { transaction: 'unproven', request: 'callback' },
  { transaction: 'unproven', request: 'unknown' },
  { transaction: 'unproven', request: 'unconfirmed' },
  { transaction: 'nonfinal', request: 'nonfinal' },
  { transaction: 'unfail', request: 'unfail' },
  { transaction: 'unfail', request: 'invalid' },
  { transaction: 'failed', request: 'unfail' },
  { transaction: 'sending', request: 'unprocessed' },
  { transaction: 'unprocessed', request: 'sending' },
]

/** The whole table: every status of a user's row with every request status, and with no request at all. */
export const EVERY_PAIR: readonly StatusPair[] = TRANSACTION_STATUSES.flatMap((transaction) =>
  [undefined, ...REQUEST_STATUSES].map((request) => ({ transaction, request })),
)
