import {
  checkSatoshisDelta,
  type ActionChanges,
  type ActionListQuery,
  type ActionRow,
  type ActionWriter,
  type ListedAction,
  type NewActionRow,
  type OutputRow,
  type TransactionRow,
  type TxLabelMapRow,
  type TxLabelRow,
} from '@txkeep/core'
import { ACCEPTED_STATUSES, FAILED_STATUSES } from '@txkeep/fsm'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { ownersOf, textsByOwner } from './marks.js'
import { ofUser } from './of-user.js'
import { startingWith } from './ranges.js'
import { holdersOf } from './transaction-sets.js'

export interface ActionTables {
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
  readonly outputs: RecordTable<OutputRow>
  readonly labels: RecordTable<TxLabelRow>
  readonly labelMaps: RecordTable<TxLabelMapRow>
}

export class IdbActionRepository implements ActionWriter {
  readonly #unit: UnitOfWork
  readonly #tables: ActionTables

  constructor(unit: UnitOfWork, tables: ActionTables) {
    this.#unit = unit
    this.#tables = tables
  }

  findById(actionId: number): Promise<ActionRow | undefined> {
    return this.#tables.actions.get(actionId)
  }

  async findByIds(actionIds: readonly number[], userId?: number): Promise<ActionRow[]> {
    return inOrder(ofUser(await this.#tables.actions.many(actionIds), userId))
  }

  findByReference(userId: number, reference: string): Promise<ActionRow | undefined> {
    return this.#tables.actions.get([userId, reference], 'reference')
  }

  findByUserTransaction(userId: number, transactionId: number): Promise<ActionRow | undefined> {
    return this.#tables.actions.get([userId, transactionId], 'userTransaction')
  }

  async findByTransactions(transactionIds: readonly number[], userId?: number): Promise<ActionRow[]> {
    return inOrder(ofUser(await this.#tables.actions.many(transactionIds, 'transactionId'), userId))
  }

  async findSpendersOfTransactions(transactionIds: readonly number[]): Promise<ActionRow[]> {
    const makers = await this.findByTransactions(transactionIds)
    const made = await Promise.all(
      makers.map(({ actionId }) => this.#tables.outputs.all({ index: 'actionVout', range: startingWith(actionId) })),
    )
    return this.findByIds(made.flat().flatMap(({ spentByActionId }) => spentByActionId ?? []))
  }

  async listIdleDrafts(query: {
    readonly idleSince: Date
    readonly afterId?: number
    readonly limit: number
  }): Promise<ActionRow[]> {
    const { idleSince, afterId = 0, limit } = query
    const drafts = (await this.#tables.actions.all({ index: 'draft' })).filter(
      (action) =>
        action.transactionId === null &&
        action.isOutgoing &&
        !action.userAborted &&
        action.updatedAt <= idleSince &&
        action.actionId > afterId,
    )
    return inOrder(drafts).slice(0, limit)
  }

  async list(query: ActionListQuery): Promise<{ readonly rows: ListedAction[]; readonly total: number }> {
    const isMeant = await this.#filterOf(query)
    const meant = (await this.#candidates(query)).filter(isMeant)
    const offset = query.offset ?? 0
    const page = meant.slice(offset, offset + query.limit)
    const transactions = await this.#tables.transactions.many(page.flatMap(({ transactionId }) => transactionId ?? []))
    const byId = new Map(transactions.map((row) => [row.transactionId, row]))
    const rows = page.map((action) => {
      const transaction = action.transactionId === null ? undefined : byId.get(action.transactionId)
      return { ...action, txid: transaction?.txid ?? null, processing: transaction?.processing ?? null }
    })
    return { rows, total: meant.length }
  }

  async labelsOf(actionIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
    const maps = (await this.#tables.labelMaps.many(actionIds, 'actionId')).filter(({ isDeleted }) => !isDeleted)
    const labels = await this.#tables.labels.many(maps.map(({ txLabelId }) => txLabelId))
    const live = new Map(labels.flatMap((row) => (row.isDeleted ? [] : [[row.txLabelId, row.label] as const])))
    return textsByOwner(maps.map(markOf), live)
  }

  insert(row: NewActionRow): Promise<ActionRow> {
    return this.#tables.actions.insert(row)
  }

  async insertIfAbsent(
    row: NewActionRow & { readonly transactionId: number },
  ): Promise<{ readonly row: ActionRow; readonly inserted: boolean }> {
    const stored = await this.findByUserTransaction(row.userId, row.transactionId)
    if (stored !== undefined) return { row: stored, inserted: false }
    return { row: await this.insert(row), inserted: true }
  }

  async update(actionId: number, changes: ActionChanges, expectedVersion?: number): Promise<ActionRow | undefined> {
    const row = await this.findById(actionId)
    if (row === undefined || (expectedVersion !== undefined && row.rowVersion !== expectedVersion)) return undefined
    return this.#change(row, changes)
  }

  async addSatoshisDelta(actionId: number, delta: number): Promise<ActionRow | undefined> {
    const checked = checkSatoshisDelta('delta', delta)
    const row = await this.findById(actionId)
    return row && this.#change(row, { satoshisDelta: row.satoshisDelta + checked })
  }

  /** Every change raises the version. */
  #change(row: ActionRow, changes: ActionChanges): Promise<ActionRow> {
    return this.#tables.actions.change(row, {
      updatedAt: this.#unit.now(),
      ...changes,
      rowVersion: row.rowVersion + 1,
    })
  }

  /** In order of `actionId`: those with the labels asked for, or all of the user's. */
  async #candidates({ userId, labelIds, labelMode = 'any' }: ActionListQuery): Promise<ActionRow[]> {
    if (labelIds === undefined) return this.#tables.actions.all({ index: 'user', range: startingWith(userId) })
    const maps = (await this.#tables.labelMaps.many(labelIds, 'txLabelId')).filter(({ isDeleted }) => !isDeleted)
    return this.findByIds(ownersOf(maps.map(markOf), labelIds, labelMode))
  }

  async #filterOf(query: ActionListQuery): Promise<(action: ActionRow) => boolean> {
    const { userId, processing, standing, createdFrom, createdTo } = query
    const holds = processing && (await holdersOf(this.#tables.transactions, processing))
    const hasStanding = standing && (await this.#standingFilter(standing))
    return (action) =>
      action.userId === userId &&
      (query.includeHidden === true || !action.hidden) &&
      (query.includeAborted !== false || !action.userAborted) &&
      (query.includeDrafts !== false || action.transactionId !== null) &&
      (createdFrom === undefined || action.createdAt >= createdFrom) &&
      (createdTo === undefined || action.createdAt < createdTo) &&
      (holds === undefined || action.transactionId === null || holds(action.transactionId)) &&
      (hasStanding === undefined || hasStanding(action))
  }

  /** A draft has no status; an abort counts unless the network took the transaction. */
  async #standingFilter(standing: 'live' | 'failed'): Promise<(action: ActionRow) => boolean> {
    const hasFailed = await holdersOf(this.#tables.transactions, FAILED_STATUSES)
    const isAccepted = await holdersOf(this.#tables.transactions, ACCEPTED_STATUSES)
    return ({ transactionId, userAborted }) => {
      const failed = transactionId !== null && hasFailed(transactionId)
      const taken = transactionId !== null && isAccepted(transactionId)
      return (failed || (userAborted && !taken)) === (standing === 'failed')
    }
  }
}

function markOf({ actionId, txLabelId }: TxLabelMapRow): { readonly owner: number; readonly markId: number } {
  return { owner: actionId, markId: txLabelId }
}

function inOrder(rows: ActionRow[]): ActionRow[] {
  return rows.sort((one, other) => one.actionId - other.actionId)
}
