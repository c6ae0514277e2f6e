import type { SpendableQuery } from '@txkeep/core'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import { readBy, type StatementBuilder } from './statement.js'

/**
 * The hot query: a user's spendable coins of one basket in order of value. One table, and an index that has the filter and the
 * order, so its cost does not depend on how many coins there are. With pending coins, two such indexes are merged.
 */
export function selectSpendableOutputs(db: StatementBuilder, query: SpendableQuery): Knex.QueryBuilder {
  const spendable = coins(db, query, 'txk_outputs_hot').where('spendable', yes(db))
  if (query.includePending !== true) return firstOf(spendable, query)
  const pending = coins(db, query, 'txk_outputs_hot_pending').where('pending', yes(db)).where('spendable', false)
  if (db.dialect.limitsUnionParts !== true) return firstOf(spendable.unionAll(pending), query)
  const parts = db.knex.queryBuilder().unionAll([firstOf(spendable, query), firstOf(pending, query)], true)
  return firstOf(db.knex.queryBuilder().select(outputRows.columns).from(parts.as('coins')), query)
}

function firstOf(all: Knex.QueryBuilder, query: SpendableQuery): Knex.QueryBuilder {
  const order = query.descending === true ? 'desc' : 'asc'
  return all
    .orderBy([
      { column: 'satoshis', order },
      { column: 'outputId', order },
    ])
    .limit(query.limit)
}

/** Written out, not bound: a partial index is used only where the text of a statement says that it may be. */
function yes({ knex, dialect }: StatementBuilder): Knex.Raw {
  return knex.raw(dialect.schema.literal(true))
}

function coins(db: StatementBuilder, query: SpendableQuery, index: string): Knex.QueryBuilder {
  const { userId, basketId, minSatoshis } = query
  const select = selectRows(db, outputRows)
    .from(readBy(db, index, 'outputs'))
    .where({ userId, basketId })
  return minSatoshis === undefined ? select : select.where('satoshis', '>=', minSatoshis)
}
