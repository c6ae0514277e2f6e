import type { AuditEvent } from '../audit-event.js'
import type { AuditRow, NewAuditRow } from '../rows/audit-row.js'

export interface AuditReader {
  /** Oldest first. */
  findByTransaction(transactionId: number): Promise<AuditRow[]>
  /** Oldest first. */
  findByAction(actionId: number): Promise<AuditRow[]>
  /** Rows after `afterId` in order, for readers that follow the log. */
  listAfter(query: {
    readonly afterId?: number
    readonly event?: AuditEvent
    readonly limit: number
  }): Promise<AuditRow[]>
  /** The newest row of this event, or undefined. */
  findLast(transactionId: number, event: AuditEvent): Promise<AuditRow | undefined>
}

/** Append-only: there is no update and no delete. */
export interface AuditWriter extends AuditReader {
  append(rows: readonly NewAuditRow[]): Promise<void>
}
