import type { Knex } from 'knex'

import { valuesIn, type StatementBuilder } from './statement.js'

/** Pairs of `owner` and `mark`: the live label texts of these actions, in order of action and label id. */
export function selectLabelsOfActions(db: StatementBuilder, actionIds: readonly number[]): Knex.QueryBuilder {
  return db
    .knex('tx_labels_map as m')
    .join('tx_labels as l', 'l.txLabelId', 'm.txLabelId')
    .whereIn('m.actionId', valuesIn(db, actionIds))
    .where({ 'm.isDeleted': false, 'l.isDeleted': false })
    .orderBy(['m.actionId', 'm.txLabelId'])
    .select({ owner: 'm.actionId', mark: 'l.label' })
}

/** Pairs of `owner` and `mark`: the live tag texts of these outputs, in order of output and tag id. */
export function selectTagsOfOutputs(db: StatementBuilder, outputIds: readonly number[]): Knex.QueryBuilder {
  return db
    .knex('output_tags_map as m')
    .join('output_tags as t', 't.outputTagId', 'm.outputTagId')
    .whereIn('m.outputId', valuesIn(db, outputIds))
    .where({ 'm.isDeleted': false, 't.isDeleted': false })
    .orderBy(['m.outputId', 'm.outputTagId'])
    .select({ owner: 'm.outputId', mark: 't.tag' })
}
