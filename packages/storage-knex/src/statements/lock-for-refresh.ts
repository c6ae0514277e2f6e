import type { RefreshFilter } from '@txkeep/core'
import type { Knex } from 'knex'

import { filterRefresh } from './refresh-spendable.js'
import type { Statement, StatementBuilder } from './statement.js'

/**
 * What a refresh reads and others may be changing, locked against them before it is read: transactions, actions, then the tip when
 * a coin waits for a height. Without it a refresh that waits behind a transition to `invalid` would go by the status it saw
 * before, and revive a dead coin. Source: docs/spec/lifecycle.md §3. Each statement returns one row: the locks stay on the server.
 */
export function lockForRefresh(db: StatementBuilder, filter: RefreshFilter): Statement[] {
  const makers = () => filterRefresh(db, db.knex('outputs as o'), filter).select('o.actionId')
  const transactions = db
    .knex('transactions')
    .whereIn('transactionId', db.knex('actions').whereIn('actionId', makers()).select('transactionId'))
    .select('transactionId')
    .orderBy('transactionId')
    .forShare()
  const actions = db.knex('actions').whereIn('actionId', makers()).select('actionId').orderBy('actionId').forShare()
  const locks: Statement[] = [counted(db, transactions), counted(db, actions)]
  if (filter.tipHeight !== undefined) return locks
  const waiting = filterRefresh(db, db.knex('outputs as o'), { ...filter, coinbaseOnly: true }).select(db.knex.raw('1'))
  return [...locks, db.knex('chain_tip').whereExists(waiting).select('height').forShare()]
}

function counted({ knex }: StatementBuilder, rows: Knex.QueryBuilder): Knex.QueryBuilder {
  return knex.queryBuilder().from(rows.as('locked')).count({ locked: '*' })
}
