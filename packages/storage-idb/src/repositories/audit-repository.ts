import type { AuditEvent, AuditRow, AuditWriter, NewAuditRow } from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { startingWith } from './ranges.js'

export class IdbAuditRepository implements AuditWriter {
  readonly #unit: UnitOfWork
  readonly #audit: RecordTable<AuditRow>

  constructor(unit: UnitOfWork, audit: RecordTable<AuditRow>) {
    this.#unit = unit
    this.#audit = audit
  }

  findByTransaction(transactionId: number): Promise<AuditRow[]> {
    return this.#audit.all({ index: 'transactionId', range: startingWith(transactionId) })
  }

  findByAction(actionId: number): Promise<AuditRow[]> {
    return this.#audit.all({ index: 'actionId', range: startingWith(actionId) })
  }

  listAfter({
    afterId = -1,
    event,
    limit,
  }: {
    readonly afterId?: number
    readonly event?: AuditEvent
    readonly limit: number
  }): Promise<AuditRow[]> {
    if (event === undefined) return this.#audit.all({ range: IDBKeyRange.lowerBound(afterId, true), limit })
    return this.#audit.all({ index: 'event', range: IDBKeyRange.bound([event, afterId], [event, []], true), limit })
  }

  async findLast(transactionId: number, event: AuditEvent): Promise<AuditRow | undefined> {
    const rows = await this.findByTransaction(transactionId)
    return rows.findLast((row) => row.event === event)
  }

  async append(rows: readonly NewAuditRow[]): Promise<void> {
    const now = this.#unit.now()
    for (const row of rows) {
      const createdAt = row.createdAt ?? now
      await this.#audit.insert({ ...row, createdAt, updatedAt: createdAt })
    }
  }
}
