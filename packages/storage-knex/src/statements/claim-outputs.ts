import type { OutputClaim } from '@txkeep/core'
import type { Knex } from 'knex'

import { valuesIn, type StatementBuilder } from './statement.js'

/** One guarded update: a coin that is spent, withheld or not usable is not in the answer and not changed. */
export function claimOutputs(db: StatementBuilder, claim: OutputClaim, now: Date): Knex.QueryBuilder {
  const update = db
    .knex('outputs')
    .whereIn('outputId', valuesIn(db, claim.outputIds))
    .whereNull('spentByActionId')
    .whereNull('withheld')
  if (claim.allowAny !== true) {
    update.where((usable) => {
      usable.where('spendable', true)
      if (claim.allowPending === true) usable.orWhere('pending', true)
    })
  }
  return update
    .update({ spentByActionId: claim.actionId, spendable: false, pending: false, updated_at: now })
    .returning('outputId')
}

/** Clears spent-by of what an action holds, all of it or some. */
export function releaseOutputs(
  db: StatementBuilder,
  actionId: number,
  outputIds: readonly number[] | undefined,
  now: Date,
): Knex.QueryBuilder {
  const update = db.knex('outputs').where('spentByActionId', actionId)
  if (outputIds !== undefined) update.whereIn('outputId', valuesIn(db, outputIds))
  return update.update({ spentByActionId: null, updated_at: now })
}
