import type { OutputsAfter } from '@txkeep/core'
import { SPENDABLE_STATUSES } from '@txkeep/spendability'
import type { Knex } from 'knex'

import { outputRows } from '../rows/output-row.js'
import { selectRows } from './select-rows.js'
import type { StatementBuilder } from './statement.js'

/** Outputs whose holder is an aborted draft or has a dead transaction, in order of `outputId`. */
export function selectHeldByFailed(db: StatementBuilder, { afterId = 0, limit }: OutputsAfter): Knex.QueryBuilder {
  const { knex } = db
  const deadHolders = knex('transactions as t')
    .join('actions as h', 'h.transactionId', 't.transactionId')
    .whereIn('t.processing', ['invalid', 'doubleSpend'])
    .select('h.actionId')
  const abortedDrafts = knex('actions').whereNull('transactionId').where({ user_aborted: true }).select('actionId')
  return selectRows(db, outputRows, 'o')
    .whereIn('o.spentByActionId', deadHolders.unionAll(abortedDrafts))
    .where((settled) => settled.whereNull('o.withheld').orWhereNot('o.withheld', 'spent-elsewhere'))
    .where('o.outputId', '>', afterId)
    .orderBy('o.outputId')
    .limit(limit)
}

/** Outputs of accepted transactions that are spendable, or withheld for what the network once said, in order of `outputId`. */
export function selectReviewable(db: StatementBuilder, { afterId = 0, limit }: OutputsAfter): Knex.QueryBuilder {
  return selectRows(db, outputRows, 'o')
    .join('actions as a', 'a.actionId', 'o.actionId')
    .join('transactions as t', 't.transactionId', 'a.transactionId')
    .whereIn('t.processing', [...SPENDABLE_STATUSES])
    .where((asked) => asked.where('o.spendable', true).orWhereIn('o.withheld', WITHHELD_BY_LOOK_UP))
    .where('o.outputId', '>', afterId)
    .orderBy('o.outputId')
    .limit(limit)
}

const WITHHELD_BY_LOOK_UP = ['not-utxo', 'spent-elsewhere', 'legacy']
