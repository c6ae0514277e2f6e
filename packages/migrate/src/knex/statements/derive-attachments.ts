import { createdAt, updatedAt, type StatementContext } from './statement-context.js'

/** `txk_work_commission` → `commissions_new`. One whose action is gone stays in the legacy table. */
export function writeCommissions(context: StatementContext): string {
  return `insert into commissions_new (created_at, updated_at, "commissionId", "userId", "actionId", satoshis, "keyOffset", "isRedeemed", "lockingScript")
  select ${createdAt(context, 'c')}, ${updatedAt(context, 'c')}, c."commissionId", c."userId", c."transactionId", c.satoshis, c."keyOffset", c."isRedeemed", c."lockingScript"
  from txk_work_commission w ${context.dialect.joinInOrder} commissions c on c."commissionId" = w.id
  where exists (select 1 from transactions u where u."transactionId" = c."transactionId") order by c."commissionId"`
}

/** `txk_work_label` (actions) → `tx_labels_map_new`. A kept action takes over the labels of its twins, which keep theirs too. */
export function writeLabels(context: StatementContext): string {
  return `insert into tx_labels_map_new (created_at, updated_at, "txLabelId", "actionId", "isDeleted")
  select min(${createdAt(context, 'm')}), max(${updatedAt(context, 'm')}), m."txLabelId", x.target, min(m."isDeleted")
  from (
    select w.id as target, w.id as source from txk_work_label w
    union all select tw.keeper_id, tw.action_id from txk_work_label w ${context.dialect.joinInOrder} migration_scan_twins tw on tw.keeper_id = w.id
  ) x
  ${context.dialect.joinInOrder} tx_labels_map m on m."transactionId" = x.source
  ${context.dialect.joinInOrder} transactions u on u."transactionId" = x.target
  ${context.dialect.joinInOrder} tx_labels l on l."txLabelId" = m."txLabelId"
  where not exists (select 1 from tx_labels_map_new n where n."txLabelId" = m."txLabelId" and n."actionId" = x.target)
  group by m."txLabelId", x.target`
}

/** `txk_work_tag` (outputs) → `output_tags_map_new`. */
export function writeTags(context: StatementContext): string {
  return `insert into output_tags_map_new (created_at, updated_at, "outputTagId", "outputId", "isDeleted")
  select ${createdAt(context, 'm')}, ${updatedAt(context, 'm')}, m."outputTagId", m."outputId", m."isDeleted"
  from txk_work_tag w ${context.dialect.joinInOrder} output_tags_map m on m."outputId" = w.id
  ${context.dialect.joinInOrder} outputs o on o."outputId" = m."outputId"
  ${context.dialect.joinInOrder} output_tags g on g."outputTagId" = m."outputTagId"
  where not exists (select 1 from output_tags_map_new n where n."outputTagId" = m."outputTagId" and n."outputId" = m."outputId")
  order by m."outputId", m."outputTagId"`
}
