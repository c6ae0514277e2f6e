import type { ProcessingStatus, RefreshFilter } from '@txkeep/core'
import { PENDING_STATUSES, SPENDABLE_STATUSES } from '@txkeep/spendability'
import type { Knex } from 'knex'

import type { SqlFragment } from '../dialect/dialect.js'
import { compileStatement, valuesIn, type StatementBuilder } from './statement.js'

/**
 * One update that gives every output of the filter the flags the rule gives it, and touches only those that are wrong. It is
 * the rule of docs/spec/lifecycle.md §4 as `isOutputSpendable` and `isOutputPending` have it; a test compares them on random data.
 * `updated_at` stays: a cached flag is no change a sync has to carry.
 */
export function refreshSpendable(db: StatementBuilder, filter: RefreshFilter): SqlFragment {
  const { quote } = db.dialect.schema
  const [spendable, pending] = [quote('spendable'), quote('pending')]
  const [outputs, outputId] = [quote('outputs'), quote('outputId')]
  return db.dialect.updateFrom({
    table: outputs,
    columns: [spendable, pending],
    from: compileStatement(selectRightFlags(db, filter)),
    where:
      `${outputs}.${outputId} = r.${outputId}` +
      ` and (${outputs}.${spendable} <> r.${spendable} or ${outputs}.${pending} <> r.${pending})`,
  })
}

/**
 * The ids of the outputs a refresh would set right, in order and locked. Others may write outputs at the same time: the update that
 * follows sees what they committed, and nobody changes these rows in between.
 */
export function selectWrongOutputs(db: StatementBuilder, filter: RefreshFilter): Knex.QueryBuilder {
  const [spendable, pending] = [
    rightFlag(db, 'spendable', SPENDABLE_STATUSES, filter.tipHeight),
    rightFlag(db, 'pending', PENDING_STATUSES, filter.tipHeight),
  ]
  const wrong = filterRefresh(db, joinOwner(db), filter)
    .where((either) =>
      either.whereRaw('?? <> ?', ['o.spendable', spendable]).orWhereRaw('?? <> ?', ['o.pending', pending]),
    )
    .select('o.outputId')
  if (db.dialect.locksWholeJoins !== true) return wrong.orderBy('o.outputId').forUpdate('o')
  return db.knex('outputs').whereIn('outputId', wrong).select('outputId').orderBy('outputId').forUpdate()
}

/** How many outputs the filter names. */
export function countRefreshed(db: StatementBuilder, filter: RefreshFilter): Knex.QueryBuilder {
  return filterRefresh(db, db.knex('outputs as o'), filter).count({ examined: '*' })
}

function selectRightFlags(db: StatementBuilder, filter: RefreshFilter): Knex.QueryBuilder {
  const { knex } = db
  return filterRefresh(db, joinOwner(db), filter).select(
    'o.outputId',
    knex.raw('? as ??', [rightFlag(db, 'spendable', SPENDABLE_STATUSES, filter.tipHeight), 'spendable']),
    knex.raw('? as ??', [rightFlag(db, 'pending', PENDING_STATUSES, filter.tipHeight), 'pending']),
  )
}

function joinOwner(db: StatementBuilder): Knex.QueryBuilder {
  return db
    .knex('outputs as o')
    .join('actions as a', 'a.actionId', 'o.actionId')
    .leftJoin('transactions as t', 't.transactionId', 'a.transactionId')
}

/** Narrows a query of `outputs as o` to what the filter names. */
export function filterRefresh(
  db: StatementBuilder,
  select: Knex.QueryBuilder,
  filter: RefreshFilter,
): Knex.QueryBuilder {
  if (filter.userId !== undefined) select.where('o.userId', filter.userId)
  if (filter.outputIds !== undefined) select.whereIn('o.outputId', valuesIn(db, filter.outputIds))
  if (filter.actionIds !== undefined) select.whereIn('o.actionId', valuesIn(db, filter.actionIds))
  // Not `is not null`: a range is what an index is used for without statistics.
  if (filter.coinbaseOnly === true) select.where('o.matures_at_height', '>=', 0)
  if (filter.transactionIds !== undefined) {
    const makers = db.knex('actions').whereIn('transactionId', valuesIn(db, filter.transactionIds)).select('actionId')
    select.whereIn('o.actionId', makers)
  }
  return select
}

function rightFlag(
  { knex, dialect }: StatementBuilder,
  flag: 'spendable' | 'pending',
  statuses: readonly ProcessingStatus[],
  tipHeight: number | undefined,
): Knex.Raw {
  const [yes, no] = [dialect.schema.literal(true), dialect.schema.literal(false)]
  const isFree = knex.raw(`?? is null and ?? is null and ?? = ${no}`, [
    'o.spentByActionId',
    'o.withheld',
    'a.user_aborted',
  ])
  const isScriptKnown = knex.raw('(?? is not null or (?? >= 0 and ?? > 0 and ?? + ?? <= length(??)))', [
    'o.lockingScript',
    'o.scriptOffset',
    'o.scriptLength',
    'o.scriptOffset',
    'o.scriptLength',
    't.raw_tx',
  ])
  const isMature = knex.raw(`(?? = ${no} or ?? <= ?)`, [
    't.is_coinbase',
    'o.matures_at_height',
    tipHeight === undefined ? knex.raw('(select ?? from ??)', ['height', 'chain_tip']) : tipHeight,
  ])
  return knex.raw(
    `case when ?? in (${statuses.map(() => '?').join(', ')}) and ? and ? and ? then ${yes}` +
      ` when ?? in ('reorging', 'unfail') and ?? = ${yes} and ? then ${yes} else ${no} end`,
    ['t.processing', ...statuses, isFree, isScriptKnown, isMature, 't.processing', `o.${flag}`, isFree],
  )
}
