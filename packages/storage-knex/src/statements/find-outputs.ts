import type { ActionStanding, Match, OutputFindQuery, OutputRow, ProcessingStatus } from '@txkeep/core'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import type { StatementBuilder } from './statement.js'
import { whereMatches } from './where-matches.js'

/** A user's outputs that hold all of this, in order of `outputId`. */
export function findOutputs(db: StatementBuilder, query: OutputFindQuery): Knex.QueryBuilder {
  const { userId, isFree, since, madeBy, limit, offset } = query
  const match: Match<OutputRow> = query.match ?? {}
  const select = whereMatches(db, selectRows(db, outputRows, 'o').where('o.userId', userId), outputRows, match, 'o')
  if (isFree === true) select.whereNull('o.spentByActionId').whereNull('o.withheld')
  if (isFree === false) select.where((held) => held.whereNotNull('o.spentByActionId').orWhereNotNull('o.withheld'))
  if (since !== undefined) select.where('o.updated_at', '>=', since)
  if (madeBy !== undefined) filterByOwner(select, madeBy)
  select.orderBy('o.outputId', query.descending === true ? 'desc' : 'asc')
  // An offset without a limit is no SQL everywhere.
  if (limit !== undefined || offset !== undefined) select.limit(limit ?? Number.MAX_SAFE_INTEGER).offset(offset ?? 0)
  return select
}

/** One condition for each pair of flags: the statuses it goes with, drafts among them. */
function filterByOwner(select: Knex.QueryBuilder, madeBy: readonly ActionStanding[]): void {
  select
    .join('actions as a', 'a.actionId', 'o.actionId')
    .leftJoin('transactions as t', 't.transactionId', 'a.transactionId')
    .where((either) => {
      either.whereRaw('1 = 0')
      for (const userAborted of [false, true]) {
        for (const isOutgoing of [false, true]) {
          const of = madeBy.filter((one) => one.userAborted === userAborted && one.isOutgoing === isOutgoing)
          if (of.length === 0) continue
          const statuses = of.flatMap(({ processing }): ProcessingStatus[] => (processing === null ? [] : [processing]))
          either.orWhere((pair) =>
            pair.where({ 'a.user_aborted': userAborted, 'a.isOutgoing': isOutgoing }).where((status) => {
              status.whereIn('t.processing', statuses)
              if (statuses.length < of.length) status.orWhereNull('a.transactionId')
            }),
          )
        }
      }
    })
}
