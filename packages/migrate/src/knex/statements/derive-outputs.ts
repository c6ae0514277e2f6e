import { COINBASE_MATURITY_BLOCKS } from '@txkeep/core'
import { HOLDING_STATUSES } from '../backfill/work-tables.js'
import { HOLDER, OUTPUT_ANOMALIES, outputPlan } from './plan-outputs.js'
import {
  hasNoAnomaly,
  insertInto,
  known,
  ONCE,
  ownerOf,
  plannedTimestamps,
  words,
  type StatementContext,
} from './statement-context.js'

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

/** Which live transaction consumes a planned output nobody live holds: the network's word before legacy's flag. */
export function planConsumers({ dialect }: StatementContext): string {
  return `update txk_plan_output set consumer = (
    select ct."transactionId" from migration_scan_inputs i ${dialect.joinInOrder} transactions_new ct on ct.txid = i.consumer
    where i.txid = txk_plan_output.txid and i.vout = txk_plan_output.vout and ct.processing in (${words(HOLDING_STATUSES)})
      and length(ct.raw_tx) > 0 and not exists (select 1 from migration_scan sc where sc.txid = ct.txid and sc.raw_ok = 0)
    order by case when ct.processing in ('sending', 'frozen') then 1 else 0 end, ct.txid limit 1)
  where ${isConsumed('txk_plan_output')}`
}

/** Whether bytes that were parsed consume a planned output nobody live holds. */
function isConsumed(plan: string): string {
  return `${plan}.holder_state <> ${HOLDER.live} and ${plan}.transaction_id is not null
    and exists (select 1 from migration_scan_inputs i where i.txid = ${plan}.txid and i.vout = ${plan}.vout)`
}

/** The owner's own action of the consuming transaction. */
export const PLAN_CONSUMER_ACTIONS: string = `update txk_plan_output set
    consumer_action = (select a."actionId" from actions a where a."transactionId" = txk_plan_output.consumer and a."userId" = txk_plan_output.user_id),
    anomalies = anomalies + ${OUTPUT_ANOMALIES['phantom-coin']}
  where consumer is not null`

/** Why a planned output must not be offered, given the conditions under which something consumed it. */
function withheldOf(plan: string, whenConsumed: string): string {
  return `case when ${plan}forced in ('commission', 'duplicate') then ${plan}forced ${whenConsumed}
    when ${plan}holder_state not in (${HOLDER.none}, ${HOLDER.dangling}) then null
    when ${plan}forced is not null then ${plan}forced
    when ${plan}accepted = 1 and ${plan}flagged = 0 then 'legacy' end`
}

/** Why a planned output must not be offered, now that it is known who took it. */
export const PLAN_WITHHELD: string = `update txk_plan_output set withheld = ${withheldOf(
  '',
  "when consumer is not null then case when consumer_action is null then 'spent-elsewhere' end",
)}
  where forced is not null or consumer is not null or (accepted = 1 and flagged = 0 and holder_state in (${HOLDER.none}, ${HOLDER.dangling}))`

/** A draft that planned to spend what a live transaction consumes cannot be signed any more. */
export function abortRobbedDrafts({ dialect }: StatementContext): string {
  return `update actions set user_aborted = ${dialect.stored('user_aborted', '1')}
  where "actionId" in (select holder from txk_plan_output where holder_state = ${HOLDER.draft} and consumer is not null)`
}

/** `txk_plan_output` → `outputs_new`. */
export function writeOutputs(context: StatementContext): string {
  const { dialect } = context
  return `${insertOutputs(context, 'q.withheld', 'when q.consumer_action is not null then q.consumer_action when q.consumer is not null then null')}
  from txk_plan_output q ${dialect.joinInOrder} outputs o on o."outputId" = q.id
  order by q.id`
}

/**
 * Outputs with numbers above one up to another → `outputs_new`, all that have nothing wrong with them and that no parsed transaction
 * consumes, without a plan in between. Of use where the plan may be plain. Binds the two numbers.
 */
export function writePlainOutputs(context: StatementContext): string {
  const { columns, source } = outputPlan(context, { from: 'outputs o', isPlain: true })
  const aliased = columns.map(([column, value]) => `${value} as ${column}`)
  return `${insertOutputs(context, withheldOf('q.', ''), '')}
  from (select ${aliased.join(',\n    ')}
    from ${source}
    where o."outputId" > ? and o."outputId" <= ? ${ONCE}) q
  ${context.dialect.joinInOrder} outputs o on o."outputId" = q.id
  where ${hasNoAnomaly('q.anomalies')} and not (${isConsumed('q')})`
}

/** The beginning of a statement that writes planned outputs `q` of legacy rows `o`. */
function insertOutputs(context: StatementContext, withheld: string, whenConsumed: string): string {
  const { dialect, legacy } = context
  const spentBy = `case ${whenConsumed} when q.holder_state = ${HOLDER.dangling} then null else q.holder end`
  const free = `q.free_rule = 1 and (${withheld}) is null and ${spentBy} is null`
  const derived: Readonly<Record<string, string>> = {
    ...plannedTimestamps(context, 'o', 'q.anomalies'),
    actionId: 'q.action_id',
    basketId: 'q.basket_id',
    spendable: `case when q.accepted = 1 and ${free} then 1 else 0 end`,
    pending: `case when q.pending = 1 and ${free} then 1 else 0 end`,
    matures_at_height: `case when q.coinbase = 1 then q.height + ${COINBASE_MATURITY_BLOCKS} end`,
    withheld,
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
  return insertInto(dialect, 'outputs_new', columns)
}
