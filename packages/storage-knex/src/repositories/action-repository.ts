import {
  checkSatoshisDelta,
  isProcessingStatus,
  type ActionChanges,
  type ActionListQuery,
  type ActionRow,
  type ActionWriter,
  type ListedAction,
  type NewActionRow,
} from '@txkeep/core'
import type { Knex } from 'knex'

import type { DatabaseRow } from '../dialect/sql-value.js'
import { actionRows, newActionRow } from '../rows/action-row.js'
import { countActions, listActions } from '../statements/list-actions.js'
import { selectIdleDrafts } from '../statements/select-idle-drafts.js'
import { selectLabelsOfActions } from '../statements/select-marks.js'
import { selectRows } from '../statements/select-rows.js'
import { selectSpendingActions } from '../statements/select-spending-actions.js'
import { columnValues, valuesIn, type ColumnValues, type Statement } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { countOf, decodeAll, decodeOne } from './decode.js'
import { endOf } from './end-of-pages.js'
import { insertOne } from './insert-one.js'
import { marksByOwner } from './marks-by-owner.js'
import { updateRows } from './update-rows.js'

export class KnexActionRepository implements ActionWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  findById(actionId: number): Promise<ActionRow | undefined> {
    return this.#one(this.#select().where({ actionId }))
  }

  findByIds(actionIds: readonly number[], userId?: number): Promise<ActionRow[]> {
    return this.#all(this.#select(userId).whereIn('actionId', valuesIn(this.#unit.db, actionIds)).orderBy('actionId'))
  }

  findByReference(userId: number, reference: string): Promise<ActionRow | undefined> {
    return this.#one(this.#select().where({ userId, reference }))
  }

  findByUserTransaction(userId: number, transactionId: number): Promise<ActionRow | undefined> {
    return this.#one(this.#select().where({ userId, transactionId }))
  }

  findByTransactions(transactionIds: readonly number[], userId?: number): Promise<ActionRow[]> {
    const ids = valuesIn(this.#unit.db, transactionIds)
    return this.#all(this.#select(userId).whereIn('transactionId', ids).orderBy('actionId'))
  }

  findSpendersOfTransactions(transactionIds: readonly number[]): Promise<ActionRow[]> {
    return this.#all(selectSpendingActions(this.#unit.db, transactionIds))
  }

  listIdleDrafts(query: {
    readonly idleSince: Date
    readonly afterId?: number
    readonly limit: number
  }): Promise<ActionRow[]> {
    return this.#all(selectIdleDrafts(this.#unit.db, query))
  }

  async list(query: ActionListQuery): Promise<{ readonly rows: ListedAction[]; readonly total: number }> {
    const rows = await this.#unit.rows(listActions(this.#unit.db, query))
    const total =
      endOf(query, rows.length) ?? countOf(await this.#unit.row(countActions(this.#unit.db, query)), 'total')
    return { rows: rows.map(decodeListed), total }
  }

  async labelsOf(actionIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    return marksByOwner(await this.#unit.rows(selectLabelsOfActions(this.#unit.db, actionIds)))
  }

  async insert(row: NewActionRow): Promise<ActionRow> {
    const stored = newActionRow(row, this.#unit.now())
    return actionRows.decode((await insertOne(this.#unit, actionRows, stored)) ?? {})
  }

  async insertIfAbsent(
    row: NewActionRow & { readonly transactionId: number },
  ): Promise<{ readonly row: ActionRow; readonly inserted: boolean }> {
    const stored = await this.findByUserTransaction(row.userId, row.transactionId)
    if (stored !== undefined) return { row: stored, inserted: false }
    const inserted = await insertOne(this.#unit, actionRows, newActionRow(row, this.#unit.now()), {
      skipOnConflict: ['userId', 'transactionId'],
    })
    if (inserted !== undefined) return { row: actionRows.decode(inserted), inserted: true }
    return this.insertIfAbsent(row)
  }

  async update(actionId: number, changes: ActionChanges, expectedVersion?: number): Promise<ActionRow | undefined> {
    const expected = expectedVersion === undefined ? { actionId } : { actionId, row_version: expectedVersion }
    return this.#change(expected, columnValues(actionRows.encode(changes)))
  }

  async addSatoshisDelta(actionId: number, delta: number): Promise<ActionRow | undefined> {
    const bound = checkSatoshisDelta('delta', delta)
    const { knex } = this.#unit.db
    return this.#change({ actionId }, { satoshis_delta: knex.raw('?? + ?', ['satoshis_delta', bound]) })
  }

  /** Every change raises the version. */
  async #change(expected: ColumnValues, columns: ColumnValues): Promise<ActionRow | undefined> {
    const version = this.#unit.db.knex.raw('?? + 1', ['row_version'])
    const [row] = await updateRows(this.#unit, {
      mapping: actionRows,
      key: 'actionId',
      where: (actions) => actions.where(expected),
      set: { updated_at: this.#unit.now(), ...columns, row_version: version },
    })
    return decodeOne(actionRows, row)
  }

  /** Of every user, or of one. */
  #select(userId?: number): Knex.QueryBuilder {
    const select = selectRows(this.#unit.db, actionRows)
    return userId === undefined ? select : select.where({ userId })
  }

  async #one(statement: Statement): Promise<ActionRow | undefined> {
    return decodeOne(actionRows, await this.#unit.row(statement))
  }

  async #all(statement: Statement): Promise<ActionRow[]> {
    return decodeAll(actionRows, await this.#unit.rows(statement))
  }
}

function decodeListed(stored: DatabaseRow): ListedAction {
  const { txid, processing } = stored
  return {
    ...actionRows.decode(stored),
    txid: typeof txid === 'string' ? txid : null,
    processing: isProcessingStatus(processing) ? processing : null,
  }
}
