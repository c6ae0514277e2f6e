import type { ProcessingStatus, TransactionRow } from '@txkeep/core'
import { isSpendableStatus, isTerminal } from '@txkeep/fsm'

/** The transaction is dead until an operator or the network says otherwise. */
export function isFailed(processing: ProcessingStatus): boolean {
  return processing === 'invalid' || processing === 'doubleSpend'
}

/** A merkle path stands behind this status. */
export function isProven(processing: ProcessingStatus): boolean {
  return processing === 'unconfirmed' || processing === 'confirmed'
}

/**
 * Nobody has to prove this transaction to the store that holds it: it is proven, or on its way by what this wallet knows.
 * Source: docs/spec/wallet-storage.md §3.1.
 */
export function isKnownValid({ processing, merklePath }: Pick<TransactionRow, 'processing' | 'merklePath'>): boolean {
  switch (processing) {
    case 'queued':
    case 'sending':
    case 'sent':
    case 'seen':
    case 'seen_multi':
    case 'unconfirmed':
    case 'confirmed':
    case 'nosend':
      return true
    case 'reorging':
    case 'invalid':
    case 'doubleSpend':
    case 'unfail':
    case 'frozen':
    case 'nonfinal':
      return merklePath !== null
  }
}

/** A transaction that enters this status holds its inputs. Source: docs/spec/lifecycle.md §3 step 5. */
export function holdsInputs(processing: ProcessingStatus): boolean {
  return processing === 'sending' || processing === 'frozen' || isSpendableStatus(processing)
}

/** Whether tasks look at a transaction from time to time: not once it is settled, or while an operator holds it. */
export function isWatched({ processing, frozenReason }: Pick<TransactionRow, 'processing' | 'frozenReason'>): boolean {
  return !isTerminal(processing) && !(processing === 'frozen' && frozenReason?.startsWith('operator') === true)
}

const REORG_WAIT_MS = 10 * 60_000

/**
 * When a task looks at a transaction that enters `processing` now: null when nothing is left to do, or an operator froze
 * it. A reorged block often comes back, so `reorging` waits ten minutes before its first look-up.
 */
export function firstLook(processing: ProcessingStatus, frozenReason: string | null, now: Date): Date | null {
  if (!isWatched({ processing, frozenReason })) return null
  return processing === 'reorging' ? new Date(now.getTime() + REORG_WAIT_MS) : now
}

/** What a dead parent does to a known descendant of this status. Source: docs/spec/lifecycle.md §3 step 6. */
export function fateOfDescendant(
  row: Pick<TransactionRow, 'processing' | 'merklePath'>,
  verdict: 'invalid' | 'doubleSpend',
): 'dies' | 'contradicts' | 'unaffected' {
  if (row.merklePath !== null) return 'contradicts'
  switch (row.processing) {
    case 'queued':
    case 'sending':
    case 'nosend':
    case 'nonfinal':
      return 'dies'
    case 'sent':
    case 'seen':
    case 'seen_multi':
      return verdict === 'doubleSpend' ? 'dies' : 'contradicts'
    case 'unconfirmed':
    case 'confirmed':
    case 'reorging':
      return 'contradicts'
    case 'invalid':
    case 'doubleSpend':
    case 'unfail':
    case 'frozen':
      return 'unaffected'
  }
}
