/**
 * Every class of anomaly a legacy database can hold, with a heading and its repair in one sentence.
 * The long form, with what an operator should do, is docs/findings.md.
 */
export const FINDING_CLASSES: Readonly<Record<FindingClass, FindingClassWords>> = {
  'duplicate-action': {
    title: 'one user holds one txid more than once',
    repair: 'the row with the most advanced status keeps it, the others stay as aborted actions without transaction',
  },
  'duplicate-output': {
    title: 'two rows describe the same coin',
    repair: 'one row has the place, the others are withheld as duplicate',
  },
  'raw-tx-hash-mismatch': {
    title: 'raw transaction that does not hash to its txid',
    repair: 'kept as it is and never parsed; coins without a stored script are withheld as legacy',
  },
  'script-slice-outside': {
    title: 'locking script said to lie outside the raw transaction, or at a place that is no number',
    repair: 'the coin is kept without a script and is not spendable',
  },
  'foreign-output-owner': {
    title: 'output of another user than its transaction',
    repair: 'both keep their owner, and the coin stays with the user it names',
  },
  'txid-case': {
    title: 'txid in upper case, or two rows whose txids differ only in case',
    repair: 'txids become lower-case; of two rows the one with a proof counts, then the more advanced one',
  },
  'dangling-spent-by': {
    title: 'output spent by a transaction that is not there',
    repair: 'unspent if its flag said so, else withheld as legacy',
  },
  'orphan-label-map': {
    title: 'label on a transaction or of a label that is not there',
    repair: 'left in the legacy table',
  },
  'orphan-tag-map': {
    title: 'tag on an output or of a tag that is not there',
    repair: 'left in the legacy table',
  },
  'orphan-commission': {
    title: 'commission of a transaction that is not there',
    repair: 'left in the legacy table',
  },
  'orphan-output': {
    title: 'output of a transaction that is not there',
    repair: 'moved to a placeholder action "recovered output", withheld as legacy',
  },
  'output-txid-mismatch': {
    title: "output whose txid is missing or not its transaction's",
    repair: "the transaction's txid counts; the coin is withheld when its script does not match",
  },
  'missing-raw-tx': {
    title: 'transaction with a txid and no raw transaction anywhere',
    repair: 'kept; coins without a stored script are not spendable',
  },
  'missing-script': {
    title: 'output of a signed transaction with no locking script',
    repair: 'kept, not spendable until a script is found',
  },
  'unknown-status': {
    title: 'status text that no legacy version writes',
    repair: 'frozen, until the network has been asked',
  },
  'bad-proof': {
    title: 'merkle path that does not lead from its txid to its root',
    repair: 'the proof is not used, the transaction becomes seen and is asked for again',
  },
  'completed-without-proof': {
    title: 'completed, with no proof stored',
    repair: 'becomes seen, so that the proof is asked for again',
  },
  'empty-txid': {
    title: 'empty txid',
    repair: 'treated as no txid; a request or proof without one is left in the legacy table',
  },
  'phantom-coin': {
    title: 'coin shown as unspent although a live transaction here consumes it',
    repair: "spent by its owner's action, or withheld as spent-elsewhere when the owner has none",
  },
  'users-disagree': {
    title: 'users of one txid with different statuses',
    repair: 'the most advanced status counts; a user whose row says failed keeps an aborted action',
  },
  'broken-history': {
    title: 'request history that is not a JSON object',
    repair: 'kept verbatim in tx_audit, as a JSON string when it is no JSON',
  },
  'stale-request': {
    title: 'request that still waits or failed although its transaction is proven',
    repair: 'the proof counts',
  },
  'immature-coinbase': {
    title: 'coinbase output below the maturity height',
    repair: 'not spendable until the chain tip reaches its height',
  },
  'unreadable-timestamp': {
    title: 'timestamp in no form known',
    repair: "the row's other timestamp stands in, else the start of 1970",
  },
  'satoshis-out-of-range': {
    title: 'amount that no coin can have',
    repair: 'kept as it is, an output withheld as legacy',
  },
  'missing-value': {
    title: 'no value where every legacy version writes one',
    repair: 'what is missing is empty, 0 or no; a coin without amount, transaction or place is withheld as legacy',
  },
  'wrong-type': {
    title: 'text, bytes or another number in a flag',
    repair: 'counts as set, as the legacy application read it',
  },
  'duplicate-reference': {
    title: 'one user gave the same reference to several transactions',
    repair: 'the lowest number keeps it, the others get one made of their number',
  },
  'duplicate-commission': {
    title: 'transaction with several commissions',
    repair: 'the lowest number counts, the others are left in the legacy table',
  },
  'duplicate-map': {
    title: 'label or tag set twice on the same thing',
    repair: 'becomes one row, deleted when every one of them is',
  },
  'orphan-basket': {
    title: 'output in a basket that is not there',
    repair: 'kept in no basket',
  },
  'orphan-proof': {
    title: 'proof that no user or request refers to',
    repair: 'becomes a transaction without action',
  },
  'orphan-request': {
    title: "request that no user's transaction refers to",
    repair: 'becomes a transaction without action',
  },
}

export interface FindingClassWords {
  /** What is odd. */
  readonly title: string
  /** What is done about it. */
  readonly repair: string
}

export type FindingClass =
  | 'duplicate-action'
  | 'duplicate-output'
  | 'raw-tx-hash-mismatch'
  | 'script-slice-outside'
  | 'foreign-output-owner'
  | 'txid-case'
  | 'dangling-spent-by'
  | 'orphan-label-map'
  | 'orphan-tag-map'
  | 'orphan-commission'
  | 'orphan-output'
  | 'output-txid-mismatch'
  | 'missing-raw-tx'
  | 'missing-script'
  | 'unknown-status'
  | 'bad-proof'
  | 'completed-without-proof'
  | 'empty-txid'
  | 'phantom-coin'
  | 'users-disagree'
  | 'broken-history'
  | 'stale-request'
  | 'immature-coinbase'
  | 'unreadable-timestamp'
  | 'satoshis-out-of-range'
  | 'missing-value'
  | 'wrong-type'
  | 'duplicate-reference'
  | 'duplicate-commission'
  | 'duplicate-map'
  | 'orphan-basket'
  | 'orphan-proof'
  | 'orphan-request'
