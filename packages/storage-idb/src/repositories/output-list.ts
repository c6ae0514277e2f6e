import type { ActionRow, OutputListQuery, OutputRow, OutputTagMapRow, TransactionRow } from '@txkeep/core'
import { LISTED_STATUSES } from '@txkeep/fsm'
import type { RecordTable } from '../record-table.js'
import { ownersOf } from './marks.js'
import { startingWith } from './ranges.js'
import { holdersOf } from './transaction-sets.js'

export type OutputFilter = Omit<OutputListQuery, 'limit' | 'offset' | 'descending'>

export interface ListTables {
  readonly outputs: RecordTable<OutputRow>
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
  readonly tagMaps: RecordTable<OutputTagMapRow>
}

/** What a list needs of an output to choose and count it. */
export type OutputEntry = Pick<OutputRow, 'outputId' | 'actionId' | 'satoshis'>

/** Chooses outputs by what indexes hold, without their records, wherever they can tell. */
export class OutputList {
  readonly #tables: ListTables

  constructor(tables: ListTables) {
    this.#tables = tables
  }

  /** What the filter names, in order of `outputId`. */
  async entries(filter: OutputFilter): Promise<OutputEntry[]> {
    const { show = 'listed' } = filter
    if (filter.tagIds !== undefined) {
      const rows = await this.#tagged(filter)
      const isListed = show === 'listed' ? await this.#listedOf(filter.userId) : undefined
      return rows.filter(
        (row) =>
          (show !== 'spendable' || row.spendable) &&
          (isListed === undefined || (row.spentByActionId === null && isListed(row))),
      )
    }
    if (show !== 'listed') return this.#rows(filter)
    const isListed = await this.#listedOf(filter.userId)
    return (await this.#unspent(filter)).filter(isListed)
  }

  async #tagged({ userId, basketId, tagIds = [], tagMode = 'any' }: OutputFilter): Promise<OutputRow[]> {
    const maps = (await this.#tables.tagMaps.many(tagIds, 'outputTagId')).filter(({ isDeleted }) => !isDeleted)
    const marks = maps.map(({ outputId, outputTagId }) => ({ owner: outputId, markId: outputTagId }))
    const rows = await this.#tables.outputs.many(ownersOf(marks, tagIds, tagMode))
    return rows
      .filter((row) => row.userId === userId && (basketId === undefined || row.basketId === basketId))
      .sort((one, other) => one.outputId - other.outputId)
  }

  async #rows({ userId, basketId, show }: OutputFilter): Promise<OutputRow[]> {
    const query =
      show === 'spendable'
        ? { index: 'spendable', range: startingWith(userId, 1) }
        : { index: 'user', range: startingWith(userId) }
    const rows = await this.#tables.outputs.all(query)
    return basketId === undefined ? rows : rows.filter((row) => row.basketId === basketId)
  }

  async #unspent({ userId, basketId }: OutputFilter): Promise<OutputEntry[]> {
    const fields =
      basketId === undefined
        ? await this.#tables.outputs.indexed('unspent', startingWith(userId, 1))
        : await this.#tables.outputs.indexed('basketUnspent', startingWith(userId, basketId, 1))
    return fields.map((key) => {
      const [outputId, actionId, satoshis] = key.slice(-3) as [number, number, number]
      return { outputId, actionId, satoshis }
    })
  }

  /**
   * Whether the owner of an unspent output sees it: not withheld, its action not aborted, its transaction in a listed status. What
   * is not listed is a small part of a wallet, so the ids of that part are read and nothing of the rest.
   */
  async #listedOf(userId: number): Promise<(output: OutputEntry) => boolean> {
    const { outputs, actions, transactions } = this.#tables
    const withheld = new Set(await outputs.keys('withheld', startingWith(userId)))
    const hidden = new Set<IDBValidKey>([
      ...(await actions.keys('draft', [userId, 1])),
      ...(await actions.keys('aborted', [userId, 1])),
    ])
    const isListed = await holdersOf(transactions, LISTED_STATUSES)
    for (const { actionId, transactionId } of await this.#signedActions(userId)) {
      if (!isListed(transactionId)) hidden.add(actionId)
    }
    return ({ outputId, actionId }) => !withheld.has(outputId) && !hidden.has(actionId)
  }

  async #signedActions(userId: number): Promise<{ readonly actionId: number; readonly transactionId: number }[]> {
    const fields = await this.#tables.actions.indexed('signed', startingWith(userId))
    return fields.map((key) => {
      const [transactionId, actionId] = key.slice(-2) as [number, number]
      return { actionId, transactionId }
    })
  }
}
