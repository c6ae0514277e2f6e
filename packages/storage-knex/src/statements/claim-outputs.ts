import type { FreeCoins, OutputClaim } from '@txkeep/core'
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

/**
 * The ids of what a claim would get, in order. Where several units write at once they are locked before anything is decided about
 * them: in that order, waiting for those another unit holds, or only those nobody does.
 */
export function selectFreeOutputs(
  db: StatementBuilder,
  coins: FreeCoins,
  mode: 'lock' | 'lockUnheld' | 'readOnly',
): Knex.QueryBuilder {
  const select = freeOutputs(db, coins).select('outputId').orderBy('outputId')
  if (mode === 'readOnly') return select
  return mode === 'lock' ? select.forUpdate() : select.forUpdate().skipLocked()
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

function freeOutputs(db: StatementBuilder, coins: FreeCoins): Knex.QueryBuilder {
  const outputs = db
    .knex('outputs')
    .whereIn('outputId', valuesIn(db, coins.outputIds))
    .whereNull('spentByActionId')
    .whereNull('withheld')
  if (coins.allowAny !== true) {
    outputs.where((usable) => {
      usable.where('spendable', true)
      if (coins.allowPending === true) usable.orWhere('pending', true)
    })
  }
  return outputs
}
