import type { RequestStatus, TransactionStatus } from '../legacy-statuses.js'

/** What became of one transaction of the bulk database. */
export interface BulkKind {
  transaction: TransactionStatus
  request: RequestStatus | undefined
  /** It is in a block, and `proven_txs` holds its merkle path. */
  mined: boolean
  /** It spends coins of its user; else it pays the user. */
  outgoing: boolean
  /** It has bytes and a txid; a draft has neither. */
  signed: boolean
  /** Its inputs stay locked. */
  holdsInputs: boolean
}

export type BulkKindName =
  'received' | 'sent' | 'receivedUnmined' | 'sentUnmined' | 'queued' | 'kept' | 'rejected' | 'draft' | 'abortedDraft'

/** The pairs of statuses a grown wallet is full of. */
export const BULK_KINDS: Readonly<Record<BulkKindName, BulkKind>> = {
  received: {
    transaction: 'completed',
    request: undefined,
    mined: true,
    outgoing: false,
    signed: true,
    holdsInputs: true,
  },
  sent: {
    transaction: 'completed',
    request: 'completed',
    mined: true,
    outgoing: true,
    signed: true,
    holdsInputs: true,
  },
  receivedUnmined: {
    transaction: 'unproven',
    request: 'unsent',
    mined: false,
    outgoing: false,
    signed: true,
    holdsInputs: true,
  },
  sentUnmined: {
    transaction: 'unproven',
    request: 'unmined',
    mined: false,
    outgoing: true,
    signed: true,
    holdsInputs: true,
  },
  queued: { transaction: 'sending', request: 'unsent', mined: false, outgoing: true, signed: true, holdsInputs: true },
  kept: { transaction: 'nosend', request: 'nosend', mined: false, outgoing: true, signed: true, holdsInputs: true },
  rejected: {
    transaction: 'failed',
    request: 'invalid',
    mined: false,
    outgoing: true,
    signed: true,
    holdsInputs: false,
  },
  draft: {
    transaction: 'unsigned',
    request: undefined,
    mined: false,
    outgoing: true,
    signed: false,
    holdsInputs: true,
  },
  abortedDraft: {
    transaction: 'failed',
    request: undefined,
    mined: false,
    outgoing: true,
    signed: false,
    holdsInputs: false,
  },
}

/** How often each kind occurs, in hundredths. */
export const BULK_WEIGHTS: Readonly<Record<BulkKindName, number>> = {
  received: 18,
  sent: 62,
  receivedUnmined: 2,
  sentUnmined: 6,
  queued: 3,
  kept: 2,
  rejected: 3,
  draft: 3,
  abortedDraft: 1,
}
