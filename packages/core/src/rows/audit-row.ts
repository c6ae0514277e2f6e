import type { AuditEvent } from '../audit-event.js'

/** One step in the life of a transaction or action. Rows are only ever appended. */
export interface AuditRow {
  readonly auditId: number
  readonly transactionId: number | null
  readonly actionId: number | null
  readonly event: AuditEvent
  readonly fromState: string | null
  readonly toState: string | null
  /** JSON text: who, why, and provider answers without secrets. */
  readonly detailsJson: string | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewAuditRow = Pick<AuditRow, 'event'> & Partial<Omit<AuditRow, 'auditId' | 'event' | 'updatedAt'>>
