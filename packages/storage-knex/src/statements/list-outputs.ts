import type { OutputListQuery } from '@txkeep/core'
import { LISTED_STATUSES } from '@txkeep/fsm'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import { readBy, valuesIn, type StatementBuilder } from './statement.js'

export type OutputFilter = Omit<OutputListQuery, 'limit' | 'offset' | 'descending'>

/** One page of a user's outputs in order of `outputId`, with the status of each one's transaction. */
export function listOutputs(db: StatementBuilder, query: OutputListQuery): Knex.QueryBuilder {
  // Read for the rows of the page alone: a join would also look up the owners of the rows it passes over.
  const page = readUnspent(db, selectRows(db, outputRows, 'o'), query)
    .select(ownersOf(db).select('t.processing').as('processing'))
    .orderBy('o.outputId', query.descending === true ? 'desc' : 'asc')
    .limit(query.limit)
    .offset(query.offset ?? 0)
  return filterOutputs(db, page, query)
}

/** Number (`count`) and sum (`satoshis`) of the rows all pages have together. */
export function sumOutputs(db: StatementBuilder, query: OutputFilter): Knex.QueryBuilder {
  const outputs = readUnspent(db, db.knex('outputs as o'), query)
  const sum = outputs
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

/** The action that made an output, with its transaction. A draft has none, and its outputs no status. */
function ownersOf({ knex }: StatementBuilder): Knex.QueryBuilder {
  return knex('actions as a')
    .join('transactions as t', 't.transactionId', 'a.transactionId')
    .whereRaw('?? = ??', ['a.actionId', 'o.actionId'])
}

function filterOutputs(db: StatementBuilder, select: Knex.QueryBuilder, query: OutputFilter): Knex.QueryBuilder {
  select.where('o.userId', query.userId)
  if (query.basketId !== undefined) select.where('o.basketId', query.basketId)
  const show = query.show ?? 'listed'
  if (show === 'spendable') select.where('o.spendable', true)
  if (show === 'listed') filterListed(db, select)
  if (query.tagIds !== undefined) filterByTags(db, select, [...new Set(query.tagIds)], query.tagMode ?? 'any')
  return select
}

/**
 * What is flagged spendable or pending is always listed (docs/spec/lifecycle.md §4): most coins are, and for them nobody else has to
 * be asked.
 */
function filterListed(db: StatementBuilder, select: Knex.QueryBuilder): void {
  const owner = ownersOf(db).where('a.user_aborted', false).whereIn('t.processing', LISTED_STATUSES)
  select
    .whereNull('o.spentByActionId')
    .whereNull('o.withheld')
    .where((either) =>
      either
        .where('o.spendable', true)
        .orWhere('o.pending', true)
        .orWhereExists(owner.select(db.knex.raw('1'))),
    )
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
