import type { SpendableQuery } from '@txkeep/core'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import type { StatementBuilder } from './statement.js'

/**
 * The hot query: a user's spendable coins of one basket in order of value. One table, and an index that has the filter and the
 * order, so its cost does not depend on how many coins there are. With pending coins, two such indexes are merged.
 */
export function selectSpendableOutputs(db: StatementBuilder, query: SpendableQuery): Knex.QueryBuilder {
  const spendable = coins(db, query).where('spendable', true)
  const all =
    query.includePending === true
      ? spendable.unionAll(coins(db, query).where({ pending: true, spendable: false }))
      : spendable
  const order = query.descending === true ? 'desc' : 'asc'
  return all
    .orderBy([
      { column: 'satoshis', order },
      { column: 'outputId', order },
    ])
    .limit(query.limit)
}

function coins(db: StatementBuilder, { userId, basketId, minSatoshis }: SpendableQuery): Knex.QueryBuilder {
  const select = selectRows(db, outputRows).where({ userId, basketId })
  return minSatoshis === undefined ? select : select.where('satoshis', '>=', minSatoshis)
}
