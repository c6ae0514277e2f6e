import type { CheckResult } from '../../../check-result.js'
import { compareColumns, copied, copiedTimestamp, type ColumnPair } from '../compare-columns.js'
import type { VerifyContext } from '../verify-context.js'

/** Commissions, labels and tags: what hangs on an action or output says what it said. */
export async function checkAttachments({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const commissions = await compareColumns(session, {
    table: 'commissions',
    key: 'c.commissionId',
    from: `FROM ${db.legacy('commissions')} c JOIN ${db.ours('commissions')} n ON n.commissionId = c.commissionId
           WHERE NOT EXISTS (SELECT 1 FROM dirty_commission d WHERE d.id = c.commissionId)`,
    columns: [
      copied('c', 'n', 'userId'),
      copied('c', 'n', 'transactionId', 'actionId'),
      orElse('c', 'satoshis', '0'),
      orElse('c', 'keyOffset', "''"),
      orElse('c', 'isRedeemed', '0'),
      orElse('c', 'lockingScript', session.dialect.reading.noBytes),
      copiedTimestamp('c', 'n', 'created_at'),
      copiedTimestamp('c', 'n', 'updated_at'),
    ],
  })
  const labels = await compareColumns(session, {
    table: 'tx_labels_map',
    key: `x.txLabelId || ' ' || x.transactionId`,
    from: `FROM ${db.legacy('tx_labels_map')} x
           JOIN ${db.ours('tx_labels_map')} n ON n.txLabelId = x.txLabelId AND n.actionId = x.transactionId
           WHERE NOT EXISTS (SELECT 1 FROM dirty_label_map d WHERE d.id = x.txLabelId AND d.other = x.transactionId)
             AND NOT EXISTS (SELECT 1 FROM model_loser l WHERE l.keeperId = x.transactionId)
             AND ${notRepeated('tx_labels_map', 'x.txLabelId', 'x.transactionId')}`,
    columns: [
      orElse('x', 'isDeleted', '0'),
      copiedTimestamp('x', 'n', 'created_at'),
      copiedTimestamp('x', 'n', 'updated_at'),
    ],
  })
  // A keeper has its own labels and those of its duplicates; a label counts as deleted when every row says so.
  const keepers = await compareColumns(session, {
    table: 'tx_labels_map',
    key: `x.txLabelId || ' ' || x.keeperId`,
    from: `FROM (SELECT y.txLabelId, g.keeperId, min(coalesce(y.isDeleted, 0)) AS isDeleted
                   FROM (SELECT transactionId, keeperId FROM model_loser UNION SELECT keeperId, keeperId FROM model_loser
                         UNION SELECT other, other FROM model_repeated_map WHERE kind = 'tx_labels_map') g
                   JOIN ${db.legacy('tx_labels_map')} y ON y.transactionId = g.transactionId
                  GROUP BY y.txLabelId, g.keeperId) x
           JOIN ${db.ours('tx_labels_map')} n ON n.txLabelId = x.txLabelId AND n.actionId = x.keeperId
           WHERE NOT EXISTS (SELECT 1 FROM dirty_label_map d WHERE d.id = x.txLabelId AND d.other = x.keeperId)`,
    columns: [copied('x', 'n', 'isDeleted')],
  })
  const tags = await compareColumns(session, {
    table: 'output_tags_map',
    key: `x.outputTagId || ' ' || x.outputId`,
    from: `FROM ${db.legacy('output_tags_map')} x
           JOIN ${db.ours('output_tags_map')} n ON n.outputTagId = x.outputTagId AND n.outputId = x.outputId
           WHERE NOT EXISTS (SELECT 1 FROM dirty_tag_map d WHERE d.id = x.outputTagId AND d.other = x.outputId)
             AND ${notRepeated('output_tags_map', 'x.outputTagId', 'x.outputId')}`,
    columns: [
      orElse('x', 'isDeleted', '0'),
      copiedTimestamp('x', 'n', 'created_at'),
      copiedTimestamp('x', 'n', 'updated_at'),
    ],
  })
  const repeated = await compareColumns(session, {
    table: 'output_tags_map',
    key: `x.one || ' ' || x.other`,
    from: `FROM (SELECT r.one, r.other, min(coalesce(y.isDeleted, 0)) AS isDeleted FROM model_repeated_map r
                   JOIN ${db.legacy('output_tags_map')} y ON y.outputTagId = r.one AND y.outputId = r.other
                  WHERE r.kind = 'output_tags_map' GROUP BY r.one, r.other) x
           JOIN ${db.ours('output_tags_map')} n ON n.outputTagId = x.one AND n.outputId = x.other
           WHERE NOT EXISTS (SELECT 1 FROM dirty_tag_map d WHERE d.id = x.one AND d.other = x.other)`,
    columns: [copied('x', 'n', 'isDeleted')],
  })
  return [
    commissions.toCheck('columns.commissions', 'Every commission keeps its amount, script and key offset.'),
    labels.toCheck('columns.tx_labels_map', 'Every label is as it was, deleted or not.'),
    keepers.toCheck('columns.tx_labels_map-keepers', 'Kept actions have the labels of their duplicates.'),
    tags.toCheck('columns.output_tags_map', 'Every tag is as it was, deleted or not.'),
    repeated.toCheck('columns.output_tags_map-repeated', 'A tag set twice is deleted when both rows say so.'),
  ]
}

/** A column that is copied, or what stands in for null. */
function orElse(alias: string, column: string, standIn: string): ColumnPair {
  return { column, expected: `coalesce(${alias}."${column}", ${standIn})`, actual: `n."${column}"` }
}

function notRepeated(kind: string, one: string, other: string): string {
  return `NOT EXISTS (SELECT 1 FROM model_repeated_map rm WHERE rm.kind = '${kind}' AND rm.one = ${one} AND rm.other = ${other})`
}
