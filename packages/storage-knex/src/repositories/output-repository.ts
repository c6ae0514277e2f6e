import {
  METRICS,
  isProcessingStatus,
  type FreeCoins,
  type ListedOutput,
  type NewOutputRow,
  type Outpoint,
  type OutputChanges,
  type OutputClaim,
  type OutputFindQuery,
  type OutputListQuery,
  type OutputRow,
  type OutputWriter,
  type OutputsAfter,
  type RefreshFilter,
  type RefreshResult,
  type SpendableQuery,
  type Telemetry,
} from '@txkeep/core'
import type { Knex } from 'knex'

import type { DatabaseRow } from '../dialect/sql-value.js'
import { newOutputRow, outputRows } from '../rows/output-row.js'
import { claimOutputs, releaseOutputs, selectFreeOutputs } from '../statements/claim-outputs.js'
import { findOutputs } from '../statements/find-outputs.js'
import { insertRows } from '../statements/insert-rows.js'
import { listOutputs, sumOutputs, type OutputFilter } from '../statements/list-outputs.js'
import { lockForRefresh } from '../statements/lock-for-refresh.js'
import { countRefreshed, refreshSpendable, selectWrongOutputs } from '../statements/refresh-spendable.js'
import { selectTagsOfOutputs } from '../statements/select-marks.js'
import { selectOutputsAt, selectOutputsByVout } from '../statements/select-outputs-at.js'
import { selectHeldByFailed, selectReviewable } from '../statements/select-outputs-for-tasks.js'
import { selectRows } from '../statements/select-rows.js'
import { selectSpendableOutputs } from '../statements/select-spendable-outputs.js'
import { valuesIn, type Statement } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { countOf, decodeAll, decodeOne } from './decode.js'
import { endOf } from './end-of-pages.js'
import { marksByOwner } from './marks-by-owner.js'
import { updateRows } from './update-rows.js'

export class KnexOutputRepository implements OutputWriter {
  readonly #unit: UnitOfWork
  readonly #telemetry: Telemetry

  constructor(unit: UnitOfWork, telemetry: Telemetry) {
    this.#unit = unit
    this.#telemetry = telemetry
  }

  findById(outputId: number): Promise<OutputRow | undefined> {
    return this.#one(this.#select().where({ outputId }))
  }

  findByIds(outputIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    return this.#all(this.#select(userId).whereIn('outputId', valuesIn(this.#unit.db, outputIds)).orderBy('outputId'))
  }

  findByAction(actionId: number): Promise<OutputRow[]> {
    return this.#all(this.#select().where({ actionId }).orderBy('vout'))
  }

  findByActions(actionIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    const ids = valuesIn(this.#unit.db, actionIds)
    return this.#all(this.#select(userId).whereIn('actionId', ids).orderBy(['actionId', 'vout']))
  }

  async findByOutpoints(outpoints: readonly Outpoint[], userId?: number): Promise<OutputRow[]> {
    return outpoints.length === 0 ? [] : this.#all(selectOutputsAt(this.#unit.db, outpoints, userId))
  }

  findSpentBy(actionIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    const ids = valuesIn(this.#unit.db, actionIds)
    return this.#all(this.#select(userId).whereIn('spentByActionId', ids).orderBy('outputId'))
  }

  find(query: OutputFindQuery): Promise<OutputRow[]> {
    return this.#all(findOutputs(this.#unit.db, query))
  }

  listHeldByFailed(query: OutputsAfter): Promise<OutputRow[]> {
    return this.#all(selectHeldByFailed(this.#unit.db, query))
  }

  listReviewable(query: OutputsAfter): Promise<OutputRow[]> {
    return this.#all(selectReviewable(this.#unit.db, query))
  }

  async findSpendable(query: SpendableQuery): Promise<OutputRow[]> {
    const started = performance.now()
    const rows = await this.#all(selectSpendableOutputs(this.#unit.db, query))
    this.#telemetry.observe(METRICS.spendableQuerySeconds, (performance.now() - started) / 1000)
    return rows
  }

  async list(query: OutputListQuery): Promise<{ readonly rows: ListedOutput[]; readonly total: number }> {
    const rows = await this.#unit.rows(listOutputs(this.#unit.db, query))
    return { rows: rows.map(decodeListed), total: endOf(query, rows.length) ?? (await this.sum(query)).count }
  }

  async sum(query: OutputFilter): Promise<{ readonly count: number; readonly satoshis: number }> {
    const sum = await this.#unit.row(sumOutputs(this.#unit.db, query))
    return { count: countOf(sum, 'count'), satoshis: countOf(sum, 'satoshis') }
  }

  async tagsOf(outputIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    return marksByOwner(await this.#unit.rows(selectTagsOfOutputs(this.#unit.db, outputIds)))
  }

  async insertMany(rows: readonly NewOutputRow[]): Promise<OutputRow[]> {
    const { db } = this.#unit
    const now = this.#unit.now()
    const inserted: OutputRow[] = []
    const returning = db.dialect.supportsReturning
    const statements = insertRows(
      db,
      outputRows,
      rows.map((row) => newOutputRow(row, now)),
      { returning },
    )
    if (!returning) {
      for (const statement of statements) await this.#unit.change(statement)
      return rows.length === 0 ? [] : this.#all(selectOutputsByVout(db, rows))
    }
    // Ids rise in the order of the values, but no engine promises to return them in it.
    for (const statement of statements) {
      inserted.push(...(await this.#all(statement)).sort((one, other) => one.outputId - other.outputId))
    }
    return inserted
  }

  async update(outputId: number, changes: OutputChanges): Promise<OutputRow | undefined> {
    const [row] = await updateRows(this.#unit, {
      mapping: outputRows,
      key: 'outputId',
      where: (outputs) => outputs.where({ outputId }),
      set: this.#changed(changes),
    })
    return decodeOne(outputRows, row)
  }

  async updateMany(outputIds: readonly number[], changes: OutputChanges): Promise<number> {
    const ids = valuesIn(this.#unit.db, outputIds)
    return this.#unit.change(this.#unit.db.knex('outputs').whereIn('outputId', ids).update(this.#changed(changes)))
  }

  async claim(claim: OutputClaim): Promise<number[]> {
    const { db } = this.#unit
    if (!this.#unit.locksRows) return idsOf(await this.#unit.rows(claimOutputs(db, claim, this.#unit.now())))
    const ids = await this.lockFree(claim)
    if (ids.length === 0) return []
    await this.#unit.change(claimOutputs(db, { ...claim, outputIds: ids }, this.#unit.now(), { returning: false }))
    return ids
  }

  /**
   * Waiting goes in order of id: one order for everybody is what keeps two units that want the same coins from waiting for each
   * other; taking the unheld ones first would not.
   */
  async lockFree({ skipLocked = false, ...coins }: FreeCoins & { readonly skipLocked?: boolean }): Promise<number[]> {
    if (coins.outputIds.length === 0) return []
    const outputIds = [...new Set(coins.outputIds)]
    const lock = skipLocked ? 'lockUnheld' : 'lock'
    const mode = this.#unit.locksRows ? lock : 'readOnly'
    return idsOf(await this.#unit.rows(selectFreeOutputs(this.#unit.db, { ...coins, outputIds }, mode)))
  }

  releaseSpentBy(actionId: number, outputIds?: readonly number[]): Promise<number> {
    return this.#unit.change(releaseOutputs(this.#unit.db, actionId, outputIds, this.#unit.now()))
  }

  async refreshSpendable(filter: RefreshFilter): Promise<RefreshResult> {
    const { db } = this.#unit
    const examined = countOf(await this.#unit.row(countRefreshed(db, filter)), 'examined')
    if (examined === 0) return { examined, flipped: 0 }
    if (!this.#unit.locksRows) return { examined, flipped: await this.#unit.change(refreshSpendable(db, filter)) }
    for (const statement of lockForRefresh(db, filter)) await this.#unit.rows(statement)
    const wrong = idsOf(await this.#unit.rows(selectWrongOutputs(db, filter)))
    if (wrong.length === 0) return { examined, flipped: 0 }
    return { examined, flipped: await this.#unit.change(refreshSpendable(db, { ...filter, outputIds: wrong })) }
  }

  #changed(changes: OutputChanges): Record<string, Knex.Value> {
    return { updated_at: this.#unit.now(), ...outputRows.encode(changes) }
  }

  /** Of every user, or of one. */
  #select(userId?: number): Knex.QueryBuilder {
    const select = selectRows(this.#unit.db, outputRows)
    return userId === undefined ? select : select.where({ userId })
  }

  async #one(statement: Statement): Promise<OutputRow | undefined> {
    return decodeOne(outputRows, await this.#unit.row(statement))
  }

  async #all(statement: Statement): Promise<OutputRow[]> {
    return decodeAll(outputRows, await this.#unit.rows(statement))
  }
}

/** In order. */
function idsOf(rows: readonly DatabaseRow[]): number[] {
  return rows.map((row) => Number(row['outputId'])).sort((one, other) => one - other)
}
function decodeListed(stored: DatabaseRow): ListedOutput {
  const { processing } = stored
  return { ...outputRows.decode(stored), processing: isProcessingStatus(processing) ? processing : null }
}
