import type { AuditEvent, AuditRow, AuditWriter, NewAuditRow } from '@txkeep/core'

import { auditRows, newAuditRow } from '../rows/audit-row.js'
import { insertRows } from '../statements/insert-rows.js'
import { selectRows } from '../statements/select-rows.js'
import type { Statement } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { decodeAll, decodeOne } from './decode.js'

export class KnexAuditRepository implements AuditWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  findByTransaction(transactionId: number): Promise<AuditRow[]> {
    return this.#all(selectRows(this.#unit.db, auditRows).where({ transactionId }).orderBy('auditId'))
  }

  findByAction(actionId: number): Promise<AuditRow[]> {
    return this.#all(selectRows(this.#unit.db, auditRows).where({ actionId }).orderBy('auditId'))
  }

  listAfter({
    afterId,
    event,
    limit,
  }: {
    readonly afterId?: number
    readonly event?: AuditEvent
    readonly limit: number
  }): Promise<AuditRow[]> {
    const select = selectRows(this.#unit.db, auditRows).orderBy('auditId').limit(limit)
    if (afterId !== undefined) select.where('auditId', '>', afterId)
    if (event !== undefined) select.where({ event })
    return this.#all(select)
  }

  async findLast(transactionId: number, event: AuditEvent): Promise<AuditRow | undefined> {
    const select = selectRows(this.#unit.db, auditRows)
      .where({ transactionId, event })
      .orderBy('auditId', 'desc')
      .limit(1)
    return decodeOne(auditRows, await this.#unit.row(select))
  }

  async append(rows: readonly NewAuditRow[]): Promise<void> {
    const now = this.#unit.now()
    const statements = insertRows(
      this.#unit.db,
      auditRows,
      rows.map((row) => newAuditRow(row, now)),
      { returning: false },
    )
    for (const statement of statements) await this.#unit.change(statement)
  }

  async #all(statement: Statement): Promise<AuditRow[]> {
    return decodeAll(auditRows, await this.#unit.rows(statement))
  }
}
