import type { Knex } from 'knex'

import { actionRows } from '../rows/action-row.js'
import { selectRows } from './select-rows.js'
import { valuesIn, type StatementBuilder } from './statement.js'

/** The actions that spend an output made by one of these transactions, in order of `actionId`. */
export function selectSpendingActions(db: StatementBuilder, transactionIds: readonly number[]): Knex.QueryBuilder {
  const spenders = db
    .knex('actions as maker')
    .join('outputs as o', 'o.actionId', 'maker.actionId')
    .whereIn('maker.transactionId', valuesIn(db, transactionIds))
    .whereNotNull('o.spentByActionId')
    .select('o.spentByActionId')
  return selectRows(db, actionRows).whereIn('actionId', spenders).orderBy('actionId')
}
