import type { ProcessingStatus } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '../status-groups.js'
import {
  LEGACY_PAIR_COLUMNS,
  LEGACY_PAIR_TABLE,
  type LegacyPairCell,
  type LegacyPairColumn,
  type LegacyPairOutcome,
  type LegacyPairRow,
} from './pair-table.js'
import { isLegacyRequestStatus, isLegacyTransactionStatus } from './single-status.js'

/** One user's legacy row, the request of the same txid, and what is known beside their statuses. */
export interface LegacyPair {
  /** `transactions.status` as stored; null or undefined when no user has a row. */
  readonly transaction: string | null | undefined
  /** `proven_tx_reqs.status` as stored; null or undefined when there is no request. */
  readonly request: string | null | undefined
  /** A `proven_txs` row is stored for it. */
  readonly hasProof: boolean
  /** `proven_tx_reqs.wasBroadcast`. */
  readonly wasBroadcast: boolean
  /** A raw transaction is stored in any of the three tables. */
  readonly hasRawTx: boolean
  /** A txid is stored; an empty text is no txid. A stored proof brings its own. */
  readonly hasTxid: boolean
}

/** Why a migrated transaction is frozen. An operator's own reason is free text that starts with `operator: `. */
export type LegacyFrozenReason = 'legacy-uncertain' | 'no-raw-tx' | 'unknown-status'

export interface LegacyPairResult {
  /** Undefined for a draft. */
  readonly processing: ProcessingStatus | undefined
  /** The user's action is aborted: its outputs are not offered. */
  readonly aborted: boolean
  /** The transaction is or may be live: every output its raw bytes consume has to be marked spent by its owner's action. */
  readonly relock: boolean
  /** Present exactly when `processing` is `frozen`. */
  readonly frozenReason: LegacyFrozenReason | undefined
}

/**
 * What a pair of legacy rows becomes. A proof wins over everything; a row without a txid is a draft, for a transaction cannot
 * be without one; a status text nobody knows is frozen. Source: docs/spec/lifecycle.md §7.
 *
 * @example
 * legacyToProcessing({
 *   transaction: 'failed', request: 'sending', hasProof: false, wasBroadcast: true, hasRawTx: true, hasTxid: true,
 * }) // { processing: 'frozen', aborted: false, relock: true, frozenReason: 'legacy-uncertain' }
 */
export function legacyToProcessing(pair: LegacyPair): LegacyPairResult {
  if (pair.hasProof) return live('confirmed')
  if (!pair.hasTxid) return draft(pair.transaction === 'failed')
  const row = rowOf(pair.transaction)
  const column = columnOf(pair.request)
  if (row === undefined || column === undefined) return frozen('unknown-status')
  return resultOf(resolve(LEGACY_PAIR_TABLE[row][column], pair))
}

function rowOf(status: string | null | undefined): LegacyPairRow | undefined {
  if (status === null || status === undefined) return 'none'
  return isLegacyTransactionStatus(status) ? status : undefined
}

function columnOf(status: string | null | undefined): LegacyPairColumn | undefined {
  if (status === null || status === undefined) return 'none'
  return isLegacyRequestStatus(status) ? LEGACY_PAIR_COLUMNS[status] : undefined
}

function resolve(cell: LegacyPairCell, pair: LegacyPair): LegacyPairOutcome {
  if (typeof cell === 'string') return cell
  return pair[cell.if] ? cell.then : cell.else
}

/** Only called for rows with a txid, which are never drafts. */
function resultOf(outcome: LegacyPairOutcome): LegacyPairResult {
  switch (outcome) {
    case 'draft':
    case 'draft aborted':
      return frozen('no-raw-tx')
    case 'frozen':
      return frozen('legacy-uncertain')
    case 'frozen aborted':
      return { ...frozen('legacy-uncertain'), aborted: true }
    default:
      return live(outcome)
  }
}

function live(processing: ProcessingStatus): LegacyPairResult {
  const relock = processing === 'sending' || ACCEPTED_STATUSES.includes(processing)
  return { processing, aborted: false, relock, frozenReason: undefined }
}

function frozen(frozenReason: LegacyFrozenReason): LegacyPairResult {
  return { processing: 'frozen', aborted: false, relock: true, frozenReason }
}

function draft(aborted: boolean): LegacyPairResult {
  return { processing: undefined, aborted, relock: false, frozenReason: undefined }
}
