import { AUDIT_EVENTS, type AuditEvent, type AuditRow, type NewAuditRow } from '@txkeep/core'

import type { Field } from './field.js'
import { integer, nullable, text, timestamp } from './field.js'
import { RowMapping } from './row-mapping.js'

export const auditRows: RowMapping<AuditRow> = new RowMapping<AuditRow>('tx_audit', 'auditId', {
  auditId: integer('auditId'),
  transactionId: nullable(integer('transactionId')),
  actionId: nullable(integer('actionId')),
  event: auditEvent('event'),
  fromState: nullable(text('from_state')),
  toState: nullable(text('to_state')),
  detailsJson: nullable(text('details_json')),
  createdAt: timestamp('created_at'),
  updatedAt: timestamp('updated_at'),
})

/** `row` with every column filled in, so that many rows fit one statement. */
export function newAuditRow(row: NewAuditRow, now: Date): Omit<AuditRow, 'auditId'> {
  const createdAt = row.createdAt ?? now
  return {
    transactionId: null,
    actionId: null,
    fromState: null,
    toState: null,
    detailsJson: null,
    ...row,
    createdAt,
    updatedAt: createdAt,
  }
}

function auditEvent(column: string): Field<AuditEvent> {
  return {
    column,
    encode: (value) => value,
    decode: (stored) => (isAuditEvent(stored) ? stored : undefined),
  }
}

function isAuditEvent(stored: unknown): stored is AuditEvent {
  return (
    typeof stored === 'string' && (stored.startsWith('migration.') || AUDIT_EVENTS.some((event) => event === stored))
  )
}
