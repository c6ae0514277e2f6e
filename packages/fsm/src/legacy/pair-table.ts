import type { LegacyRequestStatus, LegacyTransactionStatus, ProcessingStatus } from '@txkeep/core'

/** What a cell can say. `draft` and `draft aborted` hold for rows without a txid; with one they mean `frozen`. */
export type LegacyPairOutcome = ProcessingStatus | 'draft' | 'draft aborted' | 'frozen aborted'

/** One cell: an outcome, or one that depends on what else the legacy rows hold. */
export type LegacyPairCell =
  | LegacyPairOutcome
  | {
      readonly if: 'hasRawTx' | 'wasBroadcast' | 'hasTxid'
      readonly then: LegacyPairOutcome
      readonly else: LegacyPairOutcome
    }

/** Columns of the pair table. `broadcast` stands for unmined, callback and unknown, `mined` for unconfirmed and completed. */
export type LegacyPairColumn =
  | 'none'
  | 'unsent'
  | 'unprocessed'
  | 'sending'
  | 'broadcast'
  | 'mined'
  | 'nosend'
  | 'nonfinal'
  | 'invalid'
  | 'doubleSpend'
  | 'unfail'

/** Rows of the pair table: the user's row, or `none` where only a request (or nothing at all) is left. */
export type LegacyPairRow = LegacyTransactionStatus | 'none'

/** The column a request status belongs to. */
export const LEGACY_PAIR_COLUMNS: Readonly<Record<LegacyRequestStatus, LegacyPairColumn>> = {
  unsent: 'unsent',
  unprocessed: 'unprocessed',
  sending: 'sending',
  unmined: 'broadcast',
  callback: 'broadcast',
  unknown: 'broadcast',
  unconfirmed: 'mined',
  completed: 'mined',
  nosend: 'nosend',
  nonfinal: 'nonfinal',
  invalid: 'invalid',
  doubleSpend: 'doubleSpend',
  unfail: 'unfail',
}

/** What every row says to a request that failed, unless an operator asked for another look in the user's row. */
const FAILED = { invalid: 'invalid', doubleSpend: 'doubleSpend', unfail: 'unfail' } as const

const LOOK_AGAIN = { invalid: 'unfail', doubleSpend: 'unfail', unfail: 'unfail' } as const

/**
 * What a legacy row and its request are together, where no proof is stored (a proof always wins: `confirmed`).
 * `legacyToProcessing` reads it; `enumerateLegacyPairs` spells it out. Source: docs/spec/lifecycle.md §7.
 */
export const LEGACY_PAIR_TABLE: Readonly<Record<LegacyPairRow, Readonly<Record<LegacyPairColumn, LegacyPairCell>>>> = {
  unsigned: {
    none: 'draft',
    unsent: 'queued',
    unprocessed: 'sending',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'nosend',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  unprocessed: {
    none: { if: 'hasRawTx', then: 'queued', else: 'draft' },
    unsent: 'queued',
    // It may have been on its way when the process stopped: `queued` would deny that.
    unprocessed: 'sending',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'nosend',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  sending: {
    none: { if: 'hasRawTx', then: 'sending', else: 'draft' },
    unsent: 'queued',
    unprocessed: 'sending',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'queued',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  unproven: {
    none: 'sent',
    unsent: { if: 'wasBroadcast', then: 'sent', else: 'queued' },
    unprocessed: 'sending',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'sent',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  completed: {
    none: 'seen',
    unsent: 'seen',
    unprocessed: 'seen',
    sending: 'seen',
    broadcast: 'seen',
    mined: 'seen',
    nosend: 'seen',
    nonfinal: 'seen',
    ...FAILED,
  },
  nosend: {
    none: 'nosend',
    unsent: 'queued',
    unprocessed: 'sending',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'nosend',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  nonfinal: {
    none: 'nonfinal',
    unsent: 'nonfinal',
    unprocessed: 'nonfinal',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'nosend',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
  failed: {
    none: { if: 'hasTxid', then: 'invalid', else: 'draft aborted' },
    unsent: 'frozen',
    unprocessed: 'frozen',
    sending: 'frozen',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'frozen aborted',
    nonfinal: 'frozen',
    ...FAILED,
  },
  unfail: {
    none: 'unfail',
    unsent: 'unfail',
    unprocessed: 'unfail',
    sending: 'unfail',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'unfail',
    nonfinal: 'unfail',
    ...LOOK_AGAIN,
  },
  // No user's row: the request speaks alone, lowered to `seen` where it claims a proof that is not there.
  none: {
    none: 'draft',
    unsent: 'queued',
    unprocessed: 'queued',
    sending: 'sending',
    broadcast: 'sent',
    mined: 'seen',
    nosend: 'nosend',
    nonfinal: 'nonfinal',
    ...FAILED,
  },
}
