import type { Outpoint } from '@txkeep/core'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import { tuplesAs, type StatementBuilder } from './statement.js'

/** Outputs at these outpoints in order of `outputId`, of one user or of everybody. */
export function selectOutputsAt(
  db: StatementBuilder,
  outpoints: readonly Outpoint[],
  userId?: number,
): Knex.QueryBuilder {
  const tuples = outpoints.map(({ txid, vout }) => [txid, vout])
  const at = db.knex
    .queryBuilder()
    .select('o.outputId')
    .from(tuplesAs(db, 'e', tuples))
    .crossJoin(db.knex.ref('outputs').as('o'))
    .whereRaw('?? = e.c0 and ?? = e.c1', ['o.txid', 'o.vout'])
  const select = selectRows(db, outputRows).whereIn('outputId', at).orderBy('outputId')
  return userId === undefined ? select : select.where({ userId })
}

/** The outputs with these numbers in their actions, in order of `outputId`. */
export function selectOutputsByVout(
  db: StatementBuilder,
  outputs: readonly { readonly actionId: number; readonly vout: number }[],
): Knex.QueryBuilder {
  const tuples = outputs.map(({ actionId, vout }) => [actionId, vout])
  const at = db.knex
    .queryBuilder()
    .select('o.outputId')
    .from(tuplesAs(db, 'e', tuples))
    .crossJoin(db.knex.ref('outputs').as('o'))
    .whereRaw('?? = e.c0 and ?? = e.c1', ['o.actionId', 'o.vout'])
  return selectRows(db, outputRows).whereIn('outputId', at).orderBy('outputId')
}
