import { COINBASE_MATURITY_BLOCKS, MAX_SATOSHIS } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { HOLDING_STATUSES } from '../backfill/work-tables.js'
import {
  hasMissingValue,
  insertInto,
  known,
  legacyColumn,
  ownerOf,
  plannedTimestamps,
  timestampBits,
  txidOf,
  words,
  type StatementContext,
} from './statement-context.js'

/** What can be wrong with one legacy output, as bits of `txk_plan_output.anomalies`. */
export const OUTPUT_ANOMALIES = {
  'orphan-output': 1,
  'foreign-output-owner': 2,
  'dangling-spent-by': 4,
  'output-txid-mismatch': 8,
  'missing-script': 16,
  'script-slice-outside': 32,
  'phantom-coin': 64,
  'duplicate-output': 128,
  'immature-coinbase': 256,
  'satoshis-out-of-range': 512,
  'unreadable-timestamp': 1024,
  'raw-tx-hash-mismatch': 2048,
  'missing-value': 4096,
  'orphan-basket': 8192,
} as const

/** Who holds an output, as `txk_plan_output.holder_state`. */
export const HOLDER = { none: 0, draft: 1, dead: 2, dangling: 3, live: 4 } as const

/**
 * `txk_work_output` → `txk_placement`: outputs that cannot simply stay where they are, because a user holds their txid twice or
 * two users' rows name one output of one legacy row. The keeper's own row wins a place; a twin stays behind, withheld.
 */
export function planPlacements({ dialect, loose }: StatementContext): string {
  const join = dialect.joinInOrder
  // A row without a place shares none.
  const placed = (alias: string): string => (loose.nullable.outputs.has('vout') ? `and ${alias}.vout is not null` : '')
  return `insert into txk_placement (id, action_id, twin, spent_by)
  with g as (
    select distinct coalesce(tw.keeper_id, wo."transactionId") as owner
    from txk_work_output w ${join} outputs wo on wo."outputId" = w.id ${placed('wo')}
    left join migration_scan_twins tw on tw.action_id = wo."transactionId"
    where tw.action_id is not null or exists (select 1 from migration_scan_twins kt where kt.keeper_id = wo."transactionId")
      or exists (select 1 from outputs o2 where o2."transactionId" = wo."transactionId" and o2.vout = wo.vout and o2."outputId" <> wo."outputId")
  ), m as (
    select g.owner, g.owner as member from g
    union all select g.owner, tw.action_id from g ${join} migration_scan_twins tw on tw.keeper_id = g.owner
  )
  select ranked.id, case when ranked.place = 1 then ranked.owner when ranked.owner <> ranked.legacy_owner and ranked.own_place = 1
      then ranked.legacy_owner else -ranked.id end,
    case when ranked.place = 1 then 0 else 1 end, case when ranked.place = 1 then ranked.spent_by end
  from (
    select o."outputId" as id, m.owner, o."transactionId" as legacy_owner,
      row_number() over (partition by m.owner, o.vout order by
        case when o."transactionId" = m.owner then 0 else 1 end, case when o."userId" = u."userId" then 0 else 1 end, o."outputId") as place,
      row_number() over (partition by o."transactionId", o.vout order by
        case when o."userId" = u."userId" then 0 else 1 end, o."outputId") as own_place,
      max(o."spentBy") over (partition by m.owner, o.vout) as spent_by, count(*) over (partition by m.owner, o.vout) as rivals
    from m ${join} outputs o on o."transactionId" = m.member ${placed('o')}
    left join actions u on u."actionId" = m.owner
  ) ranked
  join txk_work_output w2 on w2.id = ranked.id
  where ranked.rivals > 1 or ranked.owner <> ranked.legacy_owner`
}

/** Placeholder actions for outputs of no transaction: draft-like, so that the output has an owner, with its missing number. */
export function writePlaceholders(context: StatementContext): readonly string[] {
  const { dialect } = context
  const owner = ownerOf(context, 'o')
  const columns = placeholder(context, {
    actionId: 'ph.action_id',
    userId: `case when ph.action_id < 0 then (select o."userId" from outputs o where o."outputId" = -ph.action_id)
         else (select min(o."userId") from outputs o where o."transactionId" = ph.action_id) end`,
    reference:
      "case when ph.action_id < 0 then 'recovered-output-' || (-ph.action_id) else 'recovered-' || ph.action_id end",
  })
  return [
    `insert into migration_scan_placeholders (action_id)
     select distinct ${owner} from txk_work_output w ${dialect.joinInOrder} outputs o on o."outputId" = w.id
     where not exists (select 1 from actions a where a."actionId" = ${owner})`,
    `${insertInto(dialect, 'actions', columns)}
     from migration_scan_placeholders ph
     where not exists (select 1 from actions a where a."actionId" = ph.action_id)`,
  ]
}

function placeholder(
  { dialect }: StatementContext,
  own: Readonly<Record<'actionId' | 'userId' | 'reference', string>>,
): readonly (readonly [column: string, value: string])[] {
  return [
    ['created_at', dialect.now],
    ['updated_at', dialect.now],
    ...Object.entries(own),
    ['description', "'recovered output'"],
    ['isOutgoing', '0'],
    ['satoshis_delta', '0'],
  ]
}

/** The same for rows two users have of one place: the one that cannot have it gets an action of its own. */
export function writeTwinPlaceholders(context: StatementContext): readonly string[] {
  const { dialect } = context
  const columns = placeholder(context, {
    actionId: 'p.action_id',
    userId: 'o."userId"',
    reference: `'recovered-output-' || o."outputId"`,
  })
  return [
    `${insertInto(dialect, 'actions', columns)}
     from txk_placement p ${dialect.joinInOrder} outputs o on o."outputId" = p.id
     where p.action_id < 0 and not exists (select 1 from actions a where a."actionId" = p.action_id)`,
    `insert into migration_scan_placeholders (action_id) select p.action_id from txk_placement p
     where p.action_id < 0 and not exists (select 1 from migration_scan_placeholders ph where ph.action_id = p.action_id)`,
  ]
}

/** `txk_work_output` → `txk_plan_output`, all but who consumed what. */
export function planOutputs(context: StatementContext): string {
  const join = context.dialect.joinInOrder
  const column = (name: string, fallback: string): string => legacyColumn(context, 'outputs', 'o', name, fallback)
  const [length, offset] = [column('scriptLength', 'null'), column('scriptOffset', 'null')]
  const slice = `(${length} is not null and ${offset} is not null)`
  // Text in either column is no place in any bytes.
  const { isWholeNumber } = context.dialect.reading
  const inside = `(${isWholeNumber(length)} and ${isWholeNumber(offset)} and ${offset} >= 0 and ${length} > 0
    and t.raw_tx is not null and ${offset} + ${length} <= length(t.raw_tx))`
  const notWhole = (value: string): string => `(${value} is not null and not ${isWholeNumber(value)})`
  const scriptKnown = `(o."lockingScript" is not null or ${inside})`
  const holder = 'coalesce(hold_twin.keeper_id, coalesce(p.spent_by, o."spentBy"))'
  const rawBad = '(coalesce(sc.raw_ok, 1) = 0)'
  // An action without a legacy row is a placeholder of ours; there are few, and their table is small.
  const orphan = 'ph.action_id is not null'
  const owner = ownerOf(context, 'o')
  const dangling = `(${holder} is not null and h."actionId" is null)`
  const badSatoshis = `(not ${isWholeNumber('o.satoshis')} or o.satoshis < 0 or o.satoshis > ${MAX_SATOSHIS})`
  const mismatch = `(t."transactionId" is not null and ${context.dialect.differs(txidOf('o'), 't.txid')})`
  const bit = (name: keyof typeof OUTPUT_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${OUTPUT_ANOMALIES[name]} else 0 end`
  const accepted = `(t.processing is not null and t.processing in (${words(ACCEPTED_STATUSES)}))`
  const flag = '(o.spendable is not null and o.spendable = 1)'
  const number = (condition: string): string => `case when ${condition} then 1 else 0 end`
  return `insert into txk_plan_output (id, user_id, action_id, transaction_id, txid, vout, holder, holder_state, accepted, pending, free_rule,
    flagged, forced, coinbase, height, basket_id, consumer, consumer_action, withheld, anomalies)
  select o."outputId", o."userId", a."actionId", t."transactionId", case when t."transactionId" is null then ${txidOf('o')} else t.txid end, ${known(context, 'outputs', 'o', 'vout')},
    h."actionId",
    case when ${holder} is null then ${HOLDER.none} when h."actionId" is null then ${HOLDER.dangling}
      when h."transactionId" is null then ${HOLDER.draft}
      when ht.processing in ('invalid', 'doubleSpend') then ${HOLDER.dead} else ${HOLDER.live} end,
    ${number(accepted)}, ${number("t.processing in ('queued', 'sending')")},
    case when a.user_aborted = 0 and ${scriptKnown} and (t.is_coinbase = 0 or t.height + ${COINBASE_MATURITY_BLOCKS} <= (select ct.height from chain_tip ct where ct.id = 1))
      then 1 else 0 end,
    ${number(flag)},
    case when o.purpose = 'storage-commission' then 'commission' when p.twin = 1 then 'duplicate'
      when ${orphan} or ${badSatoshis} or (${dangling} and not ${flag}) then 'legacy'
      when ${rawBad} and o."lockingScript" is null then 'legacy' end,
    coalesce(t.is_coinbase, 0), t.height, b."basketId", null, null, null,
    ${[
      bit('orphan-output', orphan),
      bit('foreign-output-owner', `not ${orphan} and o."userId" <> own."userId"`),
      bit('dangling-spent-by', dangling),
      bit('output-txid-mismatch', mismatch),
      bit('missing-script', `${accepted} and o."lockingScript" is null and not ${slice}`),
      bit(
        'script-slice-outside',
        `t."transactionId" is not null and o."lockingScript" is null and ${slice} and not ${inside}
          or ${notWhole(length)} or ${notWhole(offset)}`,
      ),
      bit('duplicate-output', 'p.id is not null'),
      bit(
        'immature-coinbase',
        `t.is_coinbase = 1 and ${flag} and ${holder} is null and ${accepted}
        and not (t.height + ${COINBASE_MATURITY_BLOCKS} <= coalesce((select ct.height from chain_tip ct where ct.id = 1), -1) and t.height is not null)`,
      ),
      bit('satoshis-out-of-range', `${badSatoshis} and o.satoshis is not null`),
      timestampBits(context, 'o', OUTPUT_ANOMALIES['unreadable-timestamp']),
      bit('raw-tx-hash-mismatch', `${rawBad} and o."lockingScript" is null`),
      bit('missing-value', hasMissingValue(context, 'outputs', 'o')),
      bit('orphan-basket', 'b."basketId" is null and o."basketId" is not null'),
    ].join('\n    + ')}
  from txk_work_output w
  ${join} outputs o on o."outputId" = w.id
  left join migration_scan_placeholders ph on ph.action_id = ${owner}
  ${join} actions own on own."actionId" = ${owner}
  left join txk_placement p on p.id = o."outputId"
  ${join} actions a on a."actionId" = coalesce(p.action_id, ${owner})
  left join output_baskets b on b."basketId" = o."basketId"
  left join transactions_new t on t."transactionId" = a."transactionId"
  left join migration_scan sc on sc.txid = t.txid
  left join migration_scan_twins hold_twin on hold_twin.action_id = coalesce(p.spent_by, o."spentBy")
  left join migration_scan_placeholders hph on hph.action_id = ${holder}
  left join actions h on h."actionId" = ${holder} and hph.action_id is null
  left join transactions_new ht on ht."transactionId" = h."transactionId"`
}

/** Which live transaction consumes a planned output nobody live holds: the network's word before legacy's flag. */
export function planConsumers({ dialect }: StatementContext): string {
  return `update txk_plan_output set consumer = (
    select ct."transactionId" from migration_scan_inputs i ${dialect.joinInOrder} transactions_new ct on ct.txid = i.consumer
    where i.txid = txk_plan_output.txid and i.vout = txk_plan_output.vout and ct.processing in (${words(HOLDING_STATUSES)})
      and length(ct.raw_tx) > 0 and not exists (select 1 from migration_scan sc where sc.txid = ct.txid and sc.raw_ok = 0)
    order by case when ct.processing in ('sending', 'frozen') then 1 else 0 end, ct.txid limit 1)
  where holder_state <> ${HOLDER.live} and transaction_id is not null
    and exists (select 1 from migration_scan_inputs i where i.txid = txk_plan_output.txid and i.vout = txk_plan_output.vout)`
}

/** The owner's own action of the consuming transaction. */
export const PLAN_CONSUMER_ACTIONS: string = `update txk_plan_output set
    consumer_action = (select a."actionId" from actions a where a."transactionId" = txk_plan_output.consumer and a."userId" = txk_plan_output.user_id),
    anomalies = anomalies + ${OUTPUT_ANOMALIES['phantom-coin']}
  where consumer is not null`

/** Why a planned output must not be offered, now that it is known who took it. */
export const PLAN_WITHHELD: string = `update txk_plan_output set withheld = case
    when forced in ('commission', 'duplicate') then forced
    when consumer is not null then case when consumer_action is null then 'spent-elsewhere' end
    when holder_state not in (${HOLDER.none}, ${HOLDER.dangling}) then null
    when forced is not null then forced
    when accepted = 1 and flagged = 0 then 'legacy' end
  where forced is not null or consumer is not null or (accepted = 1 and flagged = 0 and holder_state in (${HOLDER.none}, ${HOLDER.dangling}))`

/** A draft that planned to spend what a live transaction consumes cannot be signed any more. */
export function abortRobbedDrafts({ dialect }: StatementContext): string {
  return `update actions set user_aborted = ${dialect.stored('user_aborted', '1')}
  where "actionId" in (select holder from txk_plan_output where holder_state = ${HOLDER.draft} and consumer is not null)`
}

/** `txk_plan_output` → `outputs_new`. */
export function writeOutputs(context: StatementContext): string {
  const { dialect, legacy } = context
  const spentBy = `case when q.consumer_action is not null then q.consumer_action when q.consumer is not null then null
      when q.holder_state = ${HOLDER.dangling} then null else q.holder end`
  const free = `q.free_rule = 1 and q.withheld is null and ${spentBy} is null`
  const derived: Readonly<Record<string, string>> = {
    ...plannedTimestamps(context, 'o', 'q.anomalies'),
    actionId: 'q.action_id',
    basketId: 'q.basket_id',
    spendable: `case when q.accepted = 1 and ${free} then 1 else 0 end`,
    pending: `case when q.pending = 1 and ${free} then 1 else 0 end`,
    matures_at_height: `case when q.coinbase = 1 then q.height + ${COINBASE_MATURITY_BLOCKS} end`,
    withheld: 'q.withheld',
    spentByActionId: spentBy,
    txid: 'q.txid',
    vout: 'q.vout',
    ...Object.fromEntries(
      ['scriptLength', 'scriptOffset']
        .filter((name) => legacy.outputs.has(name))
        .map((name) => [name, `case when ${dialect.reading.isWholeNumber(`o."${name}"`)} then o."${name}" end`]),
    ),
  }
  const copied = [
    'outputId',
    'userId',
    'change',
    'satoshis',
    'providedBy',
    'purpose',
    'type',
    'outputDescription',
    'senderIdentityKey',
    'derivationPrefix',
    'derivationSuffix',
    'customInstructions',
    'sequenceNumber',
    'spendingDescription',
    'lockingScript',
  ].filter((name) => legacy.outputs.has(name))
  const columns = [
    ...Object.entries(derived),
    ...copied.map((name) => [name, known(context, 'outputs', 'o', name)] as const),
  ]
  return `${insertInto(dialect, 'outputs_new', columns)}
  from txk_plan_output q ${dialect.joinInOrder} outputs o on o."outputId" = q.id
  order by q.id`
}
