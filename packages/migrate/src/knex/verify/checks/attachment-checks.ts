import type { CheckResult } from '../../../check-result.js'
import { compareColumns, copied, copiedTimestamp } from '../compare-columns.js'
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
      copied('c', 'n', 'satoshis'),
      copied('c', 'n', 'keyOffset'),
      copied('c', 'n', 'isRedeemed'),
      copied('c', 'n', 'lockingScript'),
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
             AND NOT EXISTS (SELECT 1 FROM model_loser l WHERE l.keeperId = x.transactionId)`,
    columns: [
      copied('x', 'n', 'isDeleted'),
      copiedTimestamp('x', 'n', 'created_at'),
      copiedTimestamp('x', 'n', 'updated_at'),
    ],
  })
  // A keeper has its own labels and those of its duplicates; a label counts as deleted when every row says so.
  const keepers = await compareColumns(session, {
    table: 'tx_labels_map',
    key: `x.txLabelId || ' ' || x.keeperId`,
    from: `FROM (SELECT y.txLabelId, g.keeperId, min(y.isDeleted) AS isDeleted
                   FROM (SELECT transactionId, keeperId FROM model_loser UNION SELECT keeperId, keeperId FROM model_loser) g
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
           WHERE NOT EXISTS (SELECT 1 FROM dirty_tag_map d WHERE d.id = x.outputTagId AND d.other = x.outputId)`,
    columns: [
      copied('x', 'n', 'isDeleted'),
      copiedTimestamp('x', 'n', 'created_at'),
      copiedTimestamp('x', 'n', 'updated_at'),
    ],
  })
  return [
    commissions.toCheck('columns.commissions', 'Every commission keeps its amount, script and key offset.'),
    labels.toCheck('columns.tx_labels_map', 'Every label is as it was, deleted or not.'),
    keepers.toCheck('columns.tx_labels_map-keepers', 'Kept actions have the labels of their duplicates.'),
    tags.toCheck('columns.output_tags_map', 'Every tag is as it was, deleted or not.'),
  ]
}
