import type { OutputClaim } from '@txkeep/core'
import type { Knex } from 'knex'

import { valuesIn, type StatementBuilder } from './statement.js'

/** One guarded update: a coin that is spent, withheld or not usable is not in the answer and not changed. */
export function claimOutputs(
  db: StatementBuilder,
  claim: OutputClaim,
  now: Date,
  { returning }: { readonly returning: boolean } = { returning: true },
): Knex.QueryBuilder {
  const update = freeOutputs(db, claim).update({
    spentByActionId: claim.actionId,
    spendable: false,
    pending: false,
    updated_at: now,
  })
  return returning ? update.returning('outputId') : update
}

/** The ids of what the claim would get, in order: where several units write at once they are locked before the update. */
export function selectFreeOutputs(db: StatementBuilder, claim: OutputClaim): Knex.QueryBuilder {
  return freeOutputs(db, claim).select('outputId').orderBy('outputId')
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

function freeOutputs(db: StatementBuilder, claim: OutputClaim): Knex.QueryBuilder {
  const outputs = db
    .knex('outputs')
    .whereIn('outputId', valuesIn(db, claim.outputIds))
    .whereNull('spentByActionId')
    .whereNull('withheld')
  if (claim.allowAny !== true) {
    outputs.where((usable) => {
      usable.where('spendable', true)
      if (claim.allowPending === true) usable.orWhere('pending', true)
    })
  }
  return outputs
}
