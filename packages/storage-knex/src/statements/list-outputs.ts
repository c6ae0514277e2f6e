import type { OutputListQuery } from '@txkeep/core'
import { LISTED_STATUSES } from '@txkeep/fsm'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import { readBy, valuesIn, type StatementBuilder } from './statement.js'

export type OutputFilter = Omit<OutputListQuery, 'limit' | 'offset' | 'descending'>

/** One page of a user's outputs in order of `outputId`, with the status of each one's transaction. */
export function listOutputs(db: StatementBuilder, query: OutputListQuery): Knex.QueryBuilder {
  const page = joinOwner(readUnspent(db, selectRows(db, outputRows, 'o'), query))
    .select('t.processing')
    .orderBy('o.outputId', query.descending === true ? 'desc' : 'asc')
    .limit(query.limit)
    .offset(query.offset ?? 0)
  return filterOutputs(db, page, query)
}

/** Number (`count`) and sum (`satoshis`) of the rows all pages have together. */
export function sumOutputs(db: StatementBuilder, query: OutputFilter): Knex.QueryBuilder {
  const outputs = readUnspent(db, db.knex('outputs as o'), query)
  const sum = ((query.show ?? 'listed') === 'listed' ? joinOwner(outputs) : outputs)
    .count({ count: '*' })
    .select(db.knex.raw('coalesce(sum(??), 0) as ??', ['o.satoshis', 'satoshis']))
  return filterOutputs(db, sum, query)
}

/** A user's unspent coins of one basket are an index of their own, in order of id. */
function readUnspent(
  db: StatementBuilder,
  outputs: Knex.QueryBuilder,
  { basketId, show = 'listed' }: OutputFilter,
): Knex.QueryBuilder {
  if (basketId === undefined || show !== 'listed') return outputs
  return outputs.from(readBy(db, 'txk_outputs_unspent', 'outputs', 'o'))
}

function joinOwner(outputs: Knex.QueryBuilder): Knex.QueryBuilder {
  return outputs
    .join('actions as a', 'a.actionId', 'o.actionId')
    .leftJoin('transactions as t', 't.transactionId', 'a.transactionId')
}

function filterOutputs(db: StatementBuilder, select: Knex.QueryBuilder, query: OutputFilter): Knex.QueryBuilder {
  select.where('o.userId', query.userId)
  if (query.basketId !== undefined) select.where('o.basketId', query.basketId)
  const show = query.show ?? 'listed'
  if (show === 'spendable') select.where('o.spendable', true)
  if (show === 'listed') {
    select
      .whereNull('o.spentByActionId')
      .whereNull('o.withheld')
      .where('a.user_aborted', false)
      .whereIn('t.processing', LISTED_STATUSES)
  }
  if (query.tagIds !== undefined) filterByTags(db, select, [...new Set(query.tagIds)], query.tagMode ?? 'any')
  return select
}

/** A tag that is asked for twice counts once; a deleted one does not count. */
function filterByTags(
  db: StatementBuilder,
  select: Knex.QueryBuilder,
  tagIds: readonly number[],
  mode: 'any' | 'all',
): void {
  const attached = db
    .knex('output_tags_map as m')
    .whereRaw('?? = ??', ['m.outputId', 'o.outputId'])
    .where('m.isDeleted', false)
    .whereIn('m.outputTagId', valuesIn(db, tagIds))
  if (mode === 'any') select.whereExists(attached.select(db.knex.raw('1')))
  else select.whereRaw('(?) = ?', [attached.countDistinct('m.outputTagId'), tagIds.length])
}
