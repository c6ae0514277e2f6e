import { InvalidParameterError, NotFoundError, type ProcessingStatus, type TransactionRow } from '@txkeep/core'
import {
  backoffMs,
  broadcastVerdict,
  canTransition,
  isTerminal,
  type BroadcastAnswers,
  type BroadcastVerdict,
} from '@txkeep/fsm'
import { moveTransactions } from './move-transactions.js'
import { isFailed, isWatched } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface BroadcastResultRequest {
  readonly transactionId: number
  /** What one round of services said, and what look-ups found. Its txid must be the transaction's. */
  readonly round: BroadcastAnswers
  readonly expectedVersion?: number
  readonly details?: AuditDetails
}

export type BroadcastResult =
  | {
      /** `kept`: the answers move nothing, e.g. a success for what is `seen` already. */
      readonly outcome: 'moved' | 'kept' | 'refused'
      readonly verdict: BroadcastVerdict
      readonly transaction: TransactionRow
    }
  | { readonly outcome: 'stale'; readonly verdict: BroadcastVerdict }

/**
 * What one round of broadcasting came to. A success is never taken back by a contradicting answer, a failure needs
 * everybody, and anything else is tried again later. Source: docs/spec/lifecycle.md §6.
 *
 * @throws {NotFoundError} if there is no such transaction.
 * @throws {InvalidParameterError} if the answers are about another one.
 */
export async function recordBroadcastResult(unit: Unit, request: BroadcastResultRequest): Promise<BroadcastResult> {
  const { transactionId, round, expectedVersion } = request
  const row = await unit.tx.transactions.findById(transactionId)
  if (row === undefined) throw new NotFoundError('transaction', transactionId)
  if (round.txid !== row.txid) throw new InvalidParameterError('round.txid', round.txid, row.txid)
  const verdict = broadcastVerdict(round)
  if (expectedVersion !== undefined && row.rowVersion !== expectedVersion) return { outcome: 'stale', verdict }

  await logAnswers(unit, row, request, verdict)
  const to = destination(row, verdict)
  if (to === undefined) return keep(unit, row, verdict)
  const { stale, refused } = await moveTransactions(unit, {
    rows: [row],
    to,
    checkVersion: expectedVersion !== undefined,
    changes: { ...providerColumns(round, verdict), ...retryColumns(unit, row, verdict) },
    details: { ...request.details, why: 'broadcast', verdict: verdict.outcome, competitor: verdict.competitor },
  })
  if (stale.length > 0) return { outcome: 'stale', verdict }
  const transaction = (await unit.tx.transactions.findById(transactionId)) ?? row
  return { outcome: refused.length > 0 ? 'refused' : 'moved', verdict, transaction }
}

/** The status to move to, or undefined when the answers change none: a success never moves an accepted one back. */
function destination(row: TransactionRow, verdict: BroadcastVerdict): ProcessingStatus | undefined {
  const { outcome, processing } = verdict
  const from = row.processing
  if (from === processing) return undefined
  // What an operator froze waits for the operator, whatever comes in late.
  if (from === 'frozen' && !isWatched(row)) return undefined
  // An outage says nothing about a transaction that is beyond waiting for its first acceptance.
  if (outcome === 'serviceError' && from !== 'queued') return undefined
  // A proven one is settled by its proof, a reorged one by its next proof.
  if (from === 'unconfirmed' || from === 'reorging') return undefined
  if (canTransition(from, processing)) return processing
  // Two witnesses lead from `queued` to seen_multi, which the table does not list: `sent` it is, the rest follows.
  return outcome === 'success' && canTransition(from, 'sent') ? 'sent' : undefined
}

async function keep(unit: Unit, row: TransactionRow, verdict: BroadcastVerdict): Promise<BroadcastResult> {
  if (verdict.outcome === 'serviceError' && !isTerminal(row.processing)) {
    const attempts = row.attempts + 1
    await unit.tx.transactions.increment(row.transactionId, 'attempts')
    if (isWatched(row)) {
      await unit.tx.transactions.update(row.transactionId, { nextActionAt: retryAt(unit, attempts) })
    }
  }
  if (verdict.outcome === 'success' && !isFailed(row.processing)) {
    await unit.tx.transactions.update(row.transactionId, { wasBroadcast: true, attempts: 0 })
  }
  const transaction = (await unit.tx.transactions.findById(row.transactionId)) ?? row
  return { outcome: 'kept', verdict, transaction }
}

async function logAnswers(
  unit: Unit,
  row: TransactionRow,
  { round, details }: BroadcastResultRequest,
  verdict: BroadcastVerdict,
): Promise<void> {
  const { answers, lookups = [], competitors = [] } = round
  const rows = [
    auditRow(unit, {
      event: 'broadcast.result',
      transactionId: row.transactionId,
      fromState: row.processing,
      toState: verdict.processing,
      details: { ...details, verdict: verdict.outcome, answers, lookups, competitors },
    }),
  ]
  // A success for what was declared dead contradicts as much as a rejection of what was accepted.
  if (verdict.discrepancy || (verdict.outcome === 'success' && isFailed(row.processing))) {
    rows.push(
      auditRow(unit, {
        event: 'broadcast.discrepancy',
        transactionId: row.transactionId,
        fromState: row.processing,
        toState: verdict.processing,
        details: { ...details, answers },
      }),
    )
  }
  await unit.tx.audit.append(rows)
}

function providerColumns(
  { answers }: BroadcastAnswers,
  verdict: BroadcastVerdict,
): { readonly lastProvider?: string; readonly lastProviderStatus: string } {
  const telling = verdict.outcome === 'success' ? answers.find(({ answer }) => answer === 'accept') : answers.at(-1)
  return {
    ...(telling === undefined ? {} : { lastProvider: telling.provider }),
    lastProviderStatus: telling?.answer ?? verdict.outcome,
  }
}

function retryColumns(
  unit: Unit,
  row: TransactionRow,
  verdict: BroadcastVerdict,
): { readonly attempts?: number; readonly nextActionAt?: Date } {
  if (verdict.outcome !== 'serviceError') return {}
  const attempts = row.attempts + 1
  return { attempts, nextActionAt: retryAt(unit, attempts) }
}

function retryAt(unit: Unit, attempts: number): Date {
  return new Date(unit.clock.now().getTime() + backoffMs(attempts, unit.random()))
}
