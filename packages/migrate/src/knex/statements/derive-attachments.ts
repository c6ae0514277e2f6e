import { createdAt, insertInto, known, updatedAt, type StatementContext } from './statement-context.js'

/** Commissions of a transaction that has one with a lower number. Read only where no index rules them out. */
export const REPEATED_COMMISSIONS = `select ranked.id from (
    select x."commissionId" as id, row_number() over (partition by x."transactionId" order by x."commissionId") as place
    from commissions x where x."transactionId" is not null
  ) ranked where ranked.place > 1`

/** `txk_work_commission` → `commissions_new`. One whose action is gone, or has another one, stays in the legacy table. */
export function writeCommissions(context: StatementContext): string {
  const column = (name: string): readonly [string, string] => [name, known(context, 'commissions', 'c', name)]
  const columns = [
    ['created_at', createdAt(context, 'c')],
    ['updated_at', updatedAt(context, 'c')],
    ['commissionId', 'c."commissionId"'],
    ['userId', 'c."userId"'],
    ['actionId', 'c."transactionId"'],
    ...['satoshis', 'keyOffset', 'isRedeemed', 'lockingScript'].map(column),
  ] as const
  return `${insertInto(context.dialect, 'commissions_new', columns)}
  from txk_work_commission w ${context.dialect.joinInOrder} commissions c on c."commissionId" = w.id
  where exists (select 1 from transactions u where u."transactionId" = c."transactionId")
    ${context.loose.commissions ? `and c."commissionId" not in (${REPEATED_COMMISSIONS})` : ''} order by c."commissionId"`
}

/** `txk_work_label` (actions) → `tx_labels_map_new`. A kept action takes over the labels of its twins, which keep theirs too. */
export function writeLabels(context: StatementContext): string {
  const columns = [
    ['created_at', `min(${createdAt(context, 'm')})`],
    ['updated_at', `max(${updatedAt(context, 'm')})`],
    ['txLabelId', 'm."txLabelId"'],
    ['actionId', 'x.target'],
    ['isDeleted', `min(${known(context, 'tx_labels_map', 'm', 'isDeleted')})`],
  ] as const
  return `${insertInto(context.dialect, 'tx_labels_map_new', columns)}
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
  const values = [
    createdAt(context, 'm'),
    updatedAt(context, 'm'),
    known(context, 'output_tags_map', 'm', 'isDeleted'),
  ] as const
  // A tag set twice counts as deleted when both say so.
  const [created, updated, isDeleted] = context.loose.tags
    ? ([`min(${values[0]})`, `max(${values[1]})`, `min(${values[2]})`] as const)
    : values
  const columns = [
    ['created_at', created],
    ['updated_at', updated],
    ['outputTagId', 'm."outputTagId"'],
    ['outputId', 'm."outputId"'],
    ['isDeleted', isDeleted],
  ] as const
  return `${insertInto(context.dialect, 'output_tags_map_new', columns)}
  from txk_work_tag w ${context.dialect.joinInOrder} output_tags_map m on m."outputId" = w.id
  ${context.dialect.joinInOrder} outputs o on o."outputId" = m."outputId"
  ${context.dialect.joinInOrder} output_tags g on g."outputTagId" = m."outputTagId"
  where not exists (select 1 from output_tags_map_new n where n."outputTagId" = m."outputTagId" and n."outputId" = m."outputId")
  ${context.loose.tags ? 'group by m."outputId", m."outputTagId"' : ''} order by m."outputId", m."outputTagId"`
}
