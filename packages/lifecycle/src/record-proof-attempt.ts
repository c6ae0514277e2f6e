import { NotFoundError, type TransactionRow } from '@txkeep/core'
import { backoffMs, isTerminal } from '@txkeep/fsm'
import { moveTransactions } from './move-transactions.js'
import { isWatched } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

/** Tries a reorged transaction gets before it waits in the mempool again. Source: docs/spec/lifecycle.md §5. */
export const REORG_PROOF_TRIES = 3

export interface ProofAttemptRequest {
  readonly transactionId: number
  readonly expectedVersion?: number
  /** When to ask again. Left out: after a wait that doubles from 1 min to 1 h. */
  readonly nextActionAt?: Date
  readonly details?: AuditDetails
}

export type ProofAttemptResult =
  | { readonly outcome: 'counted'; readonly transaction: TransactionRow }
  /** Nobody found it in a new block: a reorged transaction is `seen` again. */
  | { readonly outcome: 'seen'; readonly transaction: TransactionRow }
  /** A reorged coinbase cannot go back to the mempool: it stays, and an operator is alerted (`proof.stalled`). */
  | { readonly outcome: 'stalled'; readonly transaction: TransactionRow }
  | { readonly outcome: 'stale' }

/**
 * What came of counting one look-up that found no proof. Count at most once per block height.
 *
 * @throws {NotFoundError} if there is no such transaction.
 */
export async function recordProofAttempt(unit: Unit, request: ProofAttemptRequest): Promise<ProofAttemptResult> {
  const { transactionId, expectedVersion, details } = request
  const row = await unit.tx.transactions.findById(transactionId)
  if (row === undefined) throw new NotFoundError('transaction', transactionId)
  if (expectedVersion !== undefined && row.rowVersion !== expectedVersion) return { outcome: 'stale' }
  if (isTerminal(row.processing)) return { outcome: 'stale' }
  const counted = await unit.tx.transactions.increment(transactionId, 'proofAttempts')
  if (counted?.processing !== row.processing) return { outcome: 'stale' }

  if (row.processing !== 'reorging' || counted.proofAttempts < REORG_PROOF_TRIES) {
    return { outcome: 'counted', transaction: await lookAgain(unit, counted, request) }
  }
  if (row.isCoinbase) {
    await unit.tx.audit.append([
      auditRow(unit, {
        event: 'proof.stalled',
        transactionId,
        details: { ...details, why: 'coinbase-reorged', tries: counted.proofAttempts },
      }),
    ])
    return { outcome: 'stalled', transaction: await lookAgain(unit, counted, request) }
  }
  const { moved } = await moveTransactions(unit, {
    rows: [counted],
    to: 'seen',
    changes: { proofAttempts: 0 },
    details: { ...details, why: 'not-proven-again', tries: counted.proofAttempts },
  })
  if (moved.length === 0) return { outcome: 'stale' }
  return { outcome: 'seen', transaction: (await unit.tx.transactions.findById(transactionId)) ?? counted }
}

async function lookAgain(unit: Unit, row: TransactionRow, request: ProofAttemptRequest): Promise<TransactionRow> {
  // What an operator froze waits for the operator.
  if (!isWatched(row)) return row
  const nextActionAt =
    request.nextActionAt ?? new Date(unit.clock.now().getTime() + backoffMs(row.proofAttempts, unit.random()))
  return (await unit.tx.transactions.update(row.transactionId, { nextActionAt })) ?? row
}
