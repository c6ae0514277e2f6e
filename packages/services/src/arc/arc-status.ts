import type { StatusForTxid } from '@txkeep/core'
import type { Meaning } from '../verdict.js'

export interface ArcStatus {
  /** What it means as the answer to a broadcast. */
  readonly posted: Meaning
  /** What it means as the answer to "do you know this txid?"; absent: nothing clear. */
  readonly found?: StatusForTxid['status']
}

/**
 * ARC's words for where a transaction stands. Before ACCEPTED_BY_NETWORK only ARC itself has it, which is no sighting. A status that is
 * not here (UNKNOWN, MINED_IN_STALE_BLOCK, one that ARC has yet to invent) says nothing.
 */
const ARC_STATUSES: Readonly<Record<string, ArcStatus>> = {
  QUEUED: { posted: 'accept' },
  RECEIVED: { posted: 'accept' },
  STORED: { posted: 'accept' },
  ANNOUNCED_TO_NETWORK: { posted: 'accept' },
  REQUESTED_BY_NETWORK: { posted: 'accept' },
  SENT_TO_NETWORK: { posted: 'accept' },
  ACCEPTED_BY_NETWORK: { posted: 'accept', found: 'known' },
  SEEN_ON_NETWORK: { posted: 'seen', found: 'known' },
  SEEN_MULTIPLE_NODES: { posted: 'seen', found: 'known' },
  MINED: { posted: 'seen', found: 'mined' },
  IMMUTABLE: { posted: 'seen', found: 'mined' },
  SEEN_IN_ORPHAN_MEMPOOL: { posted: 'missingInputs' },
  // Another one was seen too; ours may still be mined.
  DOUBLE_SPEND_ATTEMPTED: { posted: 'doubleSpend' },
  REJECTED: { posted: 'reject', found: 'unknown' },
  INVALID: { posted: 'reject', found: 'unknown' },
  MALFORMED: { posted: 'reject', found: 'unknown' },
}

/** What ARC's word for a status means; undefined for one that says nothing. */
export function arcStatus(word: string): ArcStatus | undefined {
  const name = word.toUpperCase()
  return Object.hasOwn(ARC_STATUSES, name) ? ARC_STATUSES[name] : undefined
}

/**
 * ARC's own HTTP statuses that judge the transaction (its doc/errors.md). All other 4xx are about the request, the proofs beside it or
 * something ARC itself does not understand (409), and judge nothing.
 */
export const ARC_ERRORS: Readonly<Record<number, Meaning>> = {
  400: 'reject', // malformed
  422: 'reject', // unprocessable
  460: 'missingInputs', // the parents could not be found to complete it
  461: 'reject', // an unlocking script fails
  462: 'reject', // inputs: none, too much, or a coinbase
  463: 'reject', // malformed: too small, too many signature operations
  464: 'reject', // outputs: none, or out of range
  465: 'reject', // fee too low
  466: 'doubleSpend',
  471: 'reject', // frozen input, by policy
  472: 'reject', // frozen input, by consensus
  473: 'reject', // fee too low together with its ancestors
  474: 'reject', // too large
}
