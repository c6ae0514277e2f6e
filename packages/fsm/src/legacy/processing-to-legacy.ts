import type { LegacyRequestStatus, LegacyTransactionStatus, ProcessingStatus } from '@txkeep/core'
import { isSpendableStatus } from '../status-groups.js'

export interface LegacyStatuses {
  /** The user's row. */
  readonly transaction: LegacyTransactionStatus
  /** Undefined for a draft, which has no request. */
  readonly request: LegacyRequestStatus | undefined
}

const BACK: Readonly<Record<ProcessingStatus, LegacyStatuses>> = {
  queued: { transaction: 'sending', request: 'unsent' },
  sending: { transaction: 'sending', request: 'sending' },
  sent: { transaction: 'unproven', request: 'unmined' },
  seen: { transaction: 'unproven', request: 'unmined' },
  seen_multi: { transaction: 'unproven', request: 'unmined' },
  unconfirmed: { transaction: 'unproven', request: 'unconfirmed' },
  confirmed: { transaction: 'completed', request: 'completed' },
  reorging: { transaction: 'unproven', request: 'unconfirmed' },
  invalid: { transaction: 'failed', request: 'invalid' },
  doubleSpend: { transaction: 'failed', request: 'doubleSpend' },
  unfail: { transaction: 'unfail', request: 'unfail' },
  // No task of the published toolbox touches a nonfinal row: as close to frozen as the legacy schema comes.
  frozen: { transaction: 'nonfinal', request: 'nonfinal' },
  nosend: { transaction: 'nosend', request: 'nosend' },
  nonfinal: { transaction: 'nonfinal', request: 'nonfinal' },
}

/**
 * How wallets that speak the legacy schema see a transaction: the user's row and the request. `processing` is undefined for
 * a draft. A `confirmed` transaction goes with its proof, a `reorging` one without. Source: docs/spec/lifecycle.md §7, "Back".
 */
export function processingToLegacy(
  processing: ProcessingStatus | undefined,
  action: { readonly aborted: boolean; readonly isOutgoing: boolean },
): LegacyStatuses {
  if (processing === undefined) return { transaction: action.aborted ? 'failed' : 'unsigned', request: undefined }
  const back = BACK[processing]
  // An abort the network overruled did not happen; any other is what the user sees.
  if (action.aborted && !isSpendableStatus(processing)) return { ...back, transaction: 'failed' }
  if (processing === 'queued' && !action.isOutgoing) return { ...back, transaction: 'unproven' }
  return back
}
