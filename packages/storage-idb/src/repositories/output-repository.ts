import {
  METRICS,
  type ActionRow,
  type ChainTipRow,
  type FreeCoins,
  type ListedOutput,
  type NewOutputRow,
  type Outpoint,
  type OutputChanges,
  type OutputClaim,
  type OutputFindQuery,
  type OutputListQuery,
  type OutputRow,
  type OutputTagMapRow,
  type OutputTagRow,
  type OutputWriter,
  type OutputsAfter,
  type RefreshFilter,
  type RefreshResult,
  type SpendableQuery,
  type Telemetry,
  type TransactionRow,
} from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { findFailedHolders } from './failed-holders.js'
import { findOutputs } from './find-outputs.js'
import { textsByOwner } from './marks.js'
import { OutputList, type OutputFilter } from './output-list.js'
import { ofUser } from './of-user.js'
import { startingWith } from './ranges.js'
import { refreshSpendable } from './refresh-spendable.js'
import { holdersOf } from './transaction-sets.js'

export interface OutputTables {
  readonly outputs: RecordTable<OutputRow>
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
  readonly chainTip: RecordTable<ChainTipRow & { readonly id: number }>
  readonly tags: RecordTable<OutputTagRow>
  readonly tagMaps: RecordTable<OutputTagMapRow>
}

export class IdbOutputRepository implements OutputWriter {
  readonly #unit: UnitOfWork
  readonly #tables: OutputTables
  readonly #telemetry: Telemetry

  constructor(unit: UnitOfWork, tables: OutputTables, telemetry: Telemetry) {
    this.#unit = unit
    this.#tables = tables
    this.#telemetry = telemetry
  }

  findById(outputId: number): Promise<OutputRow | undefined> {
    return this.#tables.outputs.get(outputId)
  }

  async findByIds(outputIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    return inOrder(ofUser(await this.#tables.outputs.many(outputIds), userId))
  }

  findByAction(actionId: number): Promise<OutputRow[]> {
    return this.#tables.outputs.all({ index: 'actionVout', range: startingWith(actionId) })
  }

  async findByActions(actionIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    const sorted = [...new Set(actionIds)].sort((one, other) => one - other)
    const rows: OutputRow[] = []
    for (const actionId of sorted) rows.push(...(await this.findByAction(actionId)))
    return ofUser(rows, userId)
  }

  async findByOutpoints(outpoints: readonly Outpoint[], userId?: number): Promise<OutputRow[]> {
    const found = new Map<number, OutputRow>()
    for (const { txid, vout } of outpoints) {
      for (const row of await this.#tables.outputs.all({ index: 'outpoint', range: [txid, vout] })) {
        found.set(row.outputId, row)
      }
    }
    return inOrder(ofUser([...found.values()], userId))
  }

  async findSpentBy(actionIds: readonly number[], userId?: number): Promise<OutputRow[]> {
    return inOrder(ofUser(await this.#tables.outputs.many(actionIds, 'spentByActionId'), userId))
  }

  find(query: OutputFindQuery): Promise<OutputRow[]> {
    return findOutputs(this.#tables, query)
  }

  async listHeldByFailed({ afterId = 0, limit }: OutputsAfter): Promise<OutputRow[]> {
    const holders = await findFailedHolders(this.#tables)
    const held = await this.findSpentBy(holders.map(({ actionId }) => actionId))
    const open = held.filter(({ outputId, withheld }) => outputId > afterId && withheld !== 'spent-elsewhere')
    return open.slice(0, limit)
  }

  async listReviewable({ afterId = 0, limit }: OutputsAfter): Promise<OutputRow[]> {
    const isAccepted = await holdersOf(this.#tables.transactions, ACCEPTED_STATUSES)
    const found: OutputRow[] = []
    for (let after = afterId; found.length < limit;) {
      const page = await this.#tables.outputs.all({ range: IDBKeyRange.lowerBound(after, true), limit: 500 })
      const makers = new Map(
        (await this.#tables.actions.many(page.map(({ actionId }) => actionId))).map((row) => [row.actionId, row]),
      )
      const isAsked = ({ spendable, withheld, actionId }: OutputRow): boolean =>
        (spendable || withheld === 'not-utxo' || withheld === 'spent-elsewhere' || withheld === 'legacy') &&
        isAccepted(makers.get(actionId)?.transactionId ?? 0)
      found.push(...page.filter(isAsked))
      const last = page.at(-1)
      if (last === undefined) break
      after = last.outputId
    }
    return found.slice(0, limit)
  }

  async findSpendable(query: SpendableQuery): Promise<OutputRow[]> {
    const started = performance.now()
    const rows = await this.#hot(query, 'hot')
    const pending = query.includePending === true ? await this.#hot(query, 'hotPending') : []
    const all = [...rows, ...pending.filter(({ spendable }) => !spendable)]
    if (pending.length > 0) all.sort(byValue(query.descending === true))
    this.#telemetry.observe(METRICS.spendableQuerySeconds, (performance.now() - started) / 1000)
    return all.slice(0, query.limit)
  }

  async list(query: OutputListQuery): Promise<{ readonly rows: ListedOutput[]; readonly total: number }> {
    const { limit, offset = 0, descending = false } = query
    const meant = await new OutputList(this.#tables).entries(query)
    if (descending) meant.reverse()
    const page = await this.#tables.outputs.many(meant.slice(offset, offset + limit).map(({ outputId }) => outputId))
    const rows = inOrder(page)
    return { rows: await this.#withStatus(descending ? rows.reverse() : rows), total: meant.length }
  }

  async sum(query: OutputFilter): Promise<{ readonly count: number; readonly satoshis: number }> {
    const meant = await new OutputList(this.#tables).entries(query)
    return { count: meant.length, satoshis: meant.reduce((sum, { satoshis }) => sum + satoshis, 0) }
  }

  async tagsOf(outputIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    const maps = (await this.#tables.tagMaps.many(outputIds, 'outputId')).filter(({ isDeleted }) => !isDeleted)
    const tags = await this.#tables.tags.many(maps.map(({ outputTagId }) => outputTagId))
    const live = new Map(tags.flatMap((row) => (row.isDeleted ? [] : [[row.outputTagId, row.tag] as const])))
    const marks = maps.map(({ outputId, outputTagId }) => ({ owner: outputId, markId: outputTagId }))
    return textsByOwner(marks, live)
  }

  async insertMany(rows: readonly NewOutputRow[]): Promise<OutputRow[]> {
    const inserted: OutputRow[] = []
    for (const row of rows) inserted.push(await this.#tables.outputs.insert(row))
    return inserted
  }

  async update(outputId: number, changes: OutputChanges): Promise<OutputRow | undefined> {
    const row = await this.findById(outputId)
    return row && this.#tables.outputs.change(row, this.#changed(changes))
  }

  async updateMany(outputIds: readonly number[], changes: OutputChanges): Promise<number> {
    const rows = await this.findByIds(outputIds)
    await this.#tables.outputs.changeMany(rows, () => this.#changed(changes))
    return rows.length
  }

  async claim({ actionId, ...coins }: OutputClaim): Promise<number[]> {
    const free = await this.#free(coins)
    const taken = { spentByActionId: actionId, spendable: false, pending: false }
    await this.#tables.outputs.changeMany(free, () => this.#changed(taken))
    return free.map(({ outputId }) => outputId)
  }

  /** Writers run one at a time here: nobody else takes a coin before this unit ends. */
  async lockFree(coins: FreeCoins): Promise<number[]> {
    return (await this.#free(coins)).map(({ outputId }) => outputId)
  }

  async releaseSpentBy(actionId: number, outputIds?: readonly number[]): Promise<number> {
    const held = await this.findSpentBy([actionId])
    const meant = outputIds === undefined ? held : held.filter(({ outputId }) => outputIds.includes(outputId))
    await this.#tables.outputs.changeMany(meant, () => this.#changed({ spentByActionId: null }))
    return meant.length
  }

  refreshSpendable(filter: RefreshFilter): Promise<RefreshResult> {
    return refreshSpendable(this.#tables, filter)
  }

  #hot({ userId, basketId, limit, minSatoshis = 0, descending = false }: SpendableQuery, index: 'hot' | 'hotPending') {
    const coins = [userId, basketId, 1]
    const range = IDBKeyRange.bound([...coins, minSatoshis], [...coins, []])
    return this.#tables.outputs.all({ index, range, limit, descending })
  }

  async #free({ outputIds, allowAny = false, allowPending = false }: FreeCoins): Promise<OutputRow[]> {
    const rows = await this.findByIds(outputIds)
    return rows.filter(
      ({ spentByActionId, withheld, spendable, pending }) =>
        spentByActionId === null && withheld === null && (allowAny || spendable || (allowPending && pending)),
    )
  }

  async #withStatus(rows: readonly OutputRow[]): Promise<ListedOutput[]> {
    const actions = await this.#tables.actions.many(rows.map(({ actionId }) => actionId))
    const transactions = await this.#tables.transactions.many(
      actions.flatMap(({ transactionId }) => transactionId ?? []),
    )
    const statuses = new Map(transactions.map((row) => [row.transactionId, row.processing]))
    const byAction = new Map(actions.map((row) => [row.actionId, statuses.get(row.transactionId ?? 0)]))
    return rows.map((row) => ({ ...row, processing: byAction.get(row.actionId) ?? null }))
  }

  #changed(changes: OutputChanges): OutputChanges {
    return { updatedAt: this.#unit.now(), ...changes }
  }
}

function byValue(descending: boolean): (one: OutputRow, other: OutputRow) => number {
  const sign = descending ? -1 : 1
  return (one, other) => sign * (one.satoshis - other.satoshis || one.outputId - other.outputId)
}

function inOrder(rows: OutputRow[]): OutputRow[] {
  return rows.sort((one, other) => one.outputId - other.outputId)
}
