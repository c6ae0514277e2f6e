import type { ActionRow, ProcessingStatus, StoreReader, TransactionRow } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/** What is stored of a transaction before it is received: by anybody, and by the user. */
export interface Standing {
  readonly transaction: TransactionRow | undefined
  readonly action: ActionRow | undefined
}

export async function readStanding(
  tx: Pick<StoreReader, 'transactions' | 'actions'>,
  userId: number,
  txid: string,
): Promise<Standing> {
  const transaction = await tx.transactions.findByTxid(txid)
  const action = transaction && (await tx.actions.findByUserTransaction(userId, transaction.transactionId))
  return { transaction, action }
}

/**
 * Whether the network has to be asked before the transaction counts: it came without a proof, and neither did the network accept
 * it yet, nor does this user send it herself. Source: docs/spec/wallet-storage.md §6, D4; docs/spec/lifecycle.md §6.
 *
 * @throws {WERR_INVALID_PARAMETER} if it was given up or refused here. A proof settles that: internalize it again with one.
 */
export function needsPosting({ transaction, action }: Standing): boolean {
  if (transaction === undefined) return true
  const { txid, processing } = transaction
  if (ACCEPTED_STATUSES.includes(processing) || processing === 'reorging') return false
  if (action?.userAborted === true || !WAITING.includes(processing)) {
    const why = action?.userAborted === true ? 'aborted' : processing
    throw new WERR_INVALID_PARAMETER('tx', `a transaction that may still be accepted. ${txid} is ${why} here`)
  }
  return action === undefined || (!action.isOutgoing && processing !== 'nosend')
}

/** Nobody knows yet what the network makes of it. */
const WAITING: readonly ProcessingStatus[] = ['queued', 'sending', 'nosend']
