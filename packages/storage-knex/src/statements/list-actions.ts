import type { ActionListQuery } from '@txkeep/core'
import { FAILED_STATUSES } from '@txkeep/fsm'
import { SPENDABLE_STATUSES } from '@txkeep/spendability'
import type { Knex } from 'knex'

import { actionRows } from '../rows/action-row.js'
import { selectRows } from './select-rows.js'
import { valuesIn, type StatementBuilder } from './statement.js'

/** One page of a user's actions in order of `actionId`, with txid and status of each. */
export function listActions(db: StatementBuilder, query: ActionListQuery): Knex.QueryBuilder {
  const page = selectRows(db, actionRows, 'a')
    .leftJoin('transactions as t', 't.transactionId', 'a.transactionId')
    .select('t.txid', 't.processing')
    .orderBy('a.actionId')
    .limit(query.limit)
    .offset(query.offset ?? 0)
  return filterActions(db, page, query)
}

/** How many rows all pages have together. */
export function countActions(db: StatementBuilder, query: ActionListQuery): Knex.QueryBuilder {
  const count = db.knex('actions as a').count({ total: '*' })
  if (db.dialect.holdsFewWallets === true && query.standing === 'live' && query.processing === undefined) {
    const { standing: _, ...rest } = query
    return filterActions(db, filterLiveAtOnce(db, count), rest)
  }
  const needsStatus = query.processing !== undefined || query.standing !== undefined
  return filterActions(
    db,
    needsStatus ? count.leftJoin('transactions as t', 't.transactionId', 'a.transactionId') : count,
    query,
  )
}

function filterActions(db: StatementBuilder, select: Knex.QueryBuilder, query: ActionListQuery): Knex.QueryBuilder {
  select.where('a.userId', query.userId)
  if (query.includeHidden !== true) select.where('a.hidden', false)
  if (query.includeAborted === false) select.where('a.user_aborted', false)
  if (query.includeDrafts === false) select.whereNotNull('a.transactionId')
  if (query.createdFrom !== undefined) select.where('a.created_at', '>=', query.createdFrom)
  if (query.createdTo !== undefined) select.where('a.created_at', '<', query.createdTo)
  if (query.standing !== undefined) filterByStanding(select, query.standing)
  const { processing, labelIds } = query
  if (processing !== undefined) {
    select.where((either) => either.whereNull('a.transactionId').orWhereIn('t.processing', processing))
  }
  if (labelIds !== undefined) filterByLabels(db, select, [...new Set(labelIds)], query.labelMode ?? 'any')
  return select
}

/** A draft has no status; an abort counts unless the network took the transaction. */
function filterByStanding(select: Knex.QueryBuilder, standing: 'live' | 'failed'): void {
  if (standing === 'live') {
    select
      .where((either) => either.whereNull('t.processing').orWhereNotIn('t.processing', FAILED_STATUSES))
      .where((either) => either.where('a.user_aborted', false).orWhereIn('t.processing', SPENDABLE_STATUSES))
    return
  }
  select.where((either) =>
    either
      .whereIn('t.processing', FAILED_STATUSES)
      .orWhere((aborted) =>
        aborted
          .where('a.user_aborted', true)
          .where((untaken) => untaken.whereNull('t.processing').orWhereNotIn('t.processing', SPENDABLE_STATUSES)),
      ),
  )
}

/** The same as `filterByStanding` of live actions. What failed is read once; looking every action's status up takes far longer. */
function filterLiveAtOnce({ knex }: StatementBuilder, select: Knex.QueryBuilder): Knex.QueryBuilder {
  const failed = knex('transactions').select('transactionId').whereIn('processing', FAILED_STATUSES)
  const taken = knex('transactions as t')
    .select(knex.raw('1'))
    .whereRaw('?? = ??', ['t.transactionId', 'a.transactionId'])
    .whereIn('t.processing', SPENDABLE_STATUSES)
  return select
    .where((either) => either.whereNull('a.transactionId').orWhereNotIn('a.transactionId', failed))
    .where((either) => either.where('a.user_aborted', false).orWhereExists(taken))
}

/** A label that is on an action twice, or asked for twice, counts once; a deleted one does not count. */
function filterByLabels(
  db: StatementBuilder,
  select: Knex.QueryBuilder,
  labelIds: readonly number[],
  mode: 'any' | 'all',
): void {
  const attached = db
    .knex('tx_labels_map as m')
    .where('m.isDeleted', false)
    .whereIn('m.txLabelId', valuesIn(db, labelIds))
  if (mode === 'any') {
    select.whereIn('a.actionId', attached.select('m.actionId'))
    return
  }
  const own = attached.whereRaw('?? = ??', ['m.actionId', 'a.actionId']).countDistinct('m.txLabelId')
  select.whereRaw('(?) = ?', [own, labelIds.length])
}
