import type { Knex } from 'knex'

import { actionRows } from '../rows/action-row.js'
import { selectRows } from './select-rows.js'
import type { StatementBuilder } from './statement.js'

/** Outgoing drafts that are not aborted and did not change since `idleSince`, in order of `actionId`. */
export function selectIdleDrafts(
  db: StatementBuilder,
  query: { readonly idleSince: Date; readonly afterId?: number; readonly limit: number },
): Knex.QueryBuilder {
  return selectRows(db, actionRows)
    .whereNull('transactionId')
    .where({ user_aborted: false, isOutgoing: true })
    .where('updated_at', '<=', query.idleSince)
    .where('actionId', '>', query.afterId ?? 0)
    .orderBy('actionId')
    .limit(query.limit)
}
