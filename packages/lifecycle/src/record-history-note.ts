import { InvalidParameterError, NotFoundError, type AuditEvent } from '@txkeep/core'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface HistoryNote {
  readonly transactionId?: number
  readonly actionId?: number
  /** Default `legacy.history`. A change of status is no note: it is written by what changes it. */
  readonly event?: Exclude<AuditEvent, 'processing.changed' | 'processing.rejected' | 'transaction.created'>
  readonly details: AuditDetails
}

/**
 * Appends a note to the history of a transaction or action.
 *
 * @throws {InvalidParameterError} if the note is about nothing.
 */
export async function recordHistoryNote(unit: Unit, note: HistoryNote): Promise<void> {
  const { transactionId, actionId, event = 'legacy.history', details } = note
  if (transactionId === undefined && actionId === undefined) {
    throw new InvalidParameterError('transactionId', transactionId, 'given, or actionId instead')
  }
  if (transactionId !== undefined && (await unit.tx.transactions.findById(transactionId)) === undefined) {
    throw new NotFoundError('transaction', transactionId)
  }
  if (actionId !== undefined && (await unit.tx.actions.findById(actionId)) === undefined) {
    throw new NotFoundError('action', actionId)
  }
  await unit.tx.audit.append([
    auditRow(unit, { event, transactionId: transactionId ?? null, actionId: actionId ?? null, details }),
  ])
}
