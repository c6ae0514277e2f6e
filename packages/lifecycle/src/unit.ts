import type { AuditEvent, Clock, NewAuditRow, ProcessingStatus, StoreWriter } from '@txkeep/core'

/** What every rule may ask beside the database: the same for the whole service. */
export interface LifecycleSettings {
  readonly clock: Clock
  /** 0 ≤ x < 1, for the jitter of retries. */
  readonly random: () => number
  /** Blocks on top of its own block that make a transaction `confirmed`. */
  readonly minConfirmationDepth: number
  /** Blocks a coinbase output waits. */
  readonly coinbaseMaturityBlocks: number
  /** Who acts, for the audit: `task:<name>`, `user:<id>`, `operator`. */
  readonly who: string
}

/** One open unit of work: a rule awaits nothing but `tx`, so that it runs on IndexedDB as well. */
export interface Unit extends LifecycleSettings {
  readonly tx: StoreWriter
  /** Moves the table refused in this unit. Whoever opened the unit logs them after the rollback. */
  readonly rejections: RejectedMove[]
}

export interface RejectedMove {
  readonly transactionId: number
  readonly from: ProcessingStatus
  readonly to: ProcessingStatus
  readonly details?: AuditDetails | undefined
}

/** What goes into `details_json`, beside who. */
export type AuditDetails = Readonly<Record<string, unknown>>

/** An audit row of this moment, with who acts in its details. */
export function auditRow(
  unit: Pick<Unit, 'clock' | 'who'>,
  row: Omit<NewAuditRow, 'event' | 'detailsJson' | 'createdAt'> & {
    readonly event: AuditEvent
    readonly details?: AuditDetails | undefined
  },
): NewAuditRow {
  const { details, ...columns } = row
  return { ...columns, createdAt: unit.clock.now(), detailsJson: JSON.stringify({ who: unit.who, ...details }) }
}

/** The `processing.rejected` row of a move the table does not list. */
export function rejectionRow(unit: Pick<Unit, 'clock' | 'who'>, rejected: RejectedMove): NewAuditRow {
  return auditRow(unit, {
    event: 'processing.rejected',
    transactionId: rejected.transactionId,
    fromState: rejected.from,
    toState: rejected.to,
    details: rejected.details,
  })
}
