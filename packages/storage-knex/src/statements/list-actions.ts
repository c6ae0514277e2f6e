import type { ActionListQuery } from '@txkeep/core'
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
  const needsStatus = query.processing !== undefined
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
  const { processing, labelIds } = query
  if (processing !== undefined) {
    select.where((either) => either.whereNull('a.transactionId').orWhereIn('t.processing', processing))
  }
  if (labelIds !== undefined) filterByLabels(db, select, [...new Set(labelIds)], query.labelMode ?? 'any')
  return select
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
    .whereRaw('?? = ??', ['m.actionId', 'a.actionId'])
    .where('m.isDeleted', false)
    .whereIn('m.txLabelId', valuesIn(db, labelIds))
  if (mode === 'any') select.whereExists(attached.select(db.knex.raw('1')))
  else select.whereRaw('(?) = ?', [attached.countDistinct('m.txLabelId'), labelIds.length])
}
