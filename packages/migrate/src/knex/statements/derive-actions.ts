import { MAX_SATOSHIS } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { NO_ROW, statusIn, UNKNOWN_SCORE } from '../backfill/work-tables.js'
import {
  hasMissingValue,
  hasNoAnomaly,
  insertInto,
  known,
  legacyColumn,
  ONCE,
  plannedTimestamps,
  timestampBits,
  txidOf,
  words,
  write,
  type StatementContext,
} from './statement-context.js'

/** What can be wrong with one legacy `transactions` row, as bits of `txk_plan_action.anomalies`. */
export const ACTION_ANOMALIES = {
  'duplicate-action': 1,
  'empty-txid': 2,
  'unreadable-timestamp': 4,
  'satoshis-out-of-range': 8,
  'unknown-status': 16,
  'missing-value': 32,
  'duplicate-reference': 64,
} as const

/** `txk_work_action` → `txk_plan_action`: whose transaction each action is of, and whether it is aborted. */
export function planActions(context: StatementContext): string {
  const from = `txk_work_action w ${context.dialect.joinInOrder} transactions u on u."transactionId" = w.id`
  const { columns, source } = actionPlan(context, from)
  return `insert into txk_plan_action (${columns.map(([column]) => column).join(', ')})
  select ${columns.map(([, value]) => value).join(',\n    ')}
  from ${source}`
}

/** The columns of `txk_plan_action` and what each is, and where they come from; `from` names the legacy rows `u`. */
function actionPlan(
  context: StatementContext,
  from: string,
): { readonly columns: readonly (readonly [column: string, value: string])[]; readonly source: string } {
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const flags = `(case when ${wasBroadcast} <> 0 then 1 else 0 end) + (case when coalesce(length(t.raw_tx), length(u."rawTx")) > 0 then 2 else 0 end)
      + (case when u.txid <> '' then 4 else 0 end)`
  const satoshis = known(context, 'transactions', 'u', 'satoshis')
  const bit = (name: keyof typeof ACTION_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${ACTION_ANOMALIES[name]} else 0 end`
  const anomalies = [
    bit('duplicate-action', 'tw.action_id is not null'),
    bit('empty-txid', "u.txid = ''"),
    timestampBits(context, 'u', ACTION_ANOMALIES['unreadable-timestamp']),
    bit(
      'satoshis-out-of-range',
      `not ${context.dialect.reading.isWholeNumber(satoshis)} or ${satoshis} not between -${MAX_SATOSHIS} and ${MAX_SATOSHIS}`,
    ),
    bit('unknown-status', `t."transactionId" is null and pr.score is null and pr.tx_status is null`),
    bit('missing-value', hasMissingValue(context, 'transactions', 'u')),
    ...(context.loose.references ? [bit('duplicate-reference', 'dr.id is not null')] : []),
  ]
  const columns: readonly (readonly [string, string])[] = [
    ['id', 'u."transactionId"'],
    ['transaction_id', 'case when tw.action_id is null then t."transactionId" end'],
    ['keeper_id', 'tw.keeper_id'],
    [
      'aborted',
      `case when tw.action_id is not null then 1
      when t.processing in (${words(ACCEPTED_STATUSES)}) then 0
      when pr.aborted = 1 then 1
      when u.status = 'failed' and t."transactionId" is not null and coalesce(ps.processing, 'frozen') <> t.processing
        and t.processing not in ('invalid', 'doubleSpend') then 1
      else 0 end`,
    ],
    ['anomalies', anomalies.join('\n    + ')],
  ]
  const source = `${from}
  left join migration_scan_twins tw on tw.action_id = u."transactionId"
  left join transactions_new t on t.txid = ${txidOf('u')}
  left join proven_tx_reqs r on r."provenTxReqId" = t.legacy_req_id
  left join txk_pair pr on pr.tx_status = ${statusIn('u.status')}
    and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
  left join txk_status ps on ps.score = coalesce(pr.score, ${UNKNOWN_SCORE})
  ${context.loose.references ? `left join (${REPEATED_REFERENCES}) dr on dr.id = u."transactionId"` : ''}`
  return { columns, source }
}

/** Rows whose user gave their reference to a row with a lower number. Read only where no index rules them out. */
const REPEATED_REFERENCES = `select ranked.id from (
    select x."transactionId" as id, row_number() over (partition by x."userId", x.reference order by x."transactionId") as place
    from transactions x where x.reference is not null
  ) ranked where ranked.place > 1`

/** `txk_plan_action` → `actions`. */
export function writeActions(context: StatementContext, mode: 'insert' | 'replace'): readonly string[] {
  const columns = actionColumns(context, 'r.notify')
  const from = `from txk_plan_action q ${context.dialect.joinInOrder} transactions u on u."transactionId" = q.id
  left join transactions_new t on t."transactionId" = q.transaction_id
  left join proven_tx_reqs r on r."provenTxReqId" = t.legacy_req_id
  where true`
  return write(context.dialect, mode, { table: 'actions', key: 'actionId', columns, from, order: 'q.id' })
}

/**
 * Legacy rows with numbers above one up to another → `actions`, all that have nothing wrong with them, without a plan in between.
 * Binds the two numbers.
 */
export function writePlainActions(context: StatementContext): string {
  const { columns, source } = actionPlan(context, 'transactions u')
  const aliased = [...columns, ['notify', 'r.notify']].map(([column, value]) => `${value} as ${column}`)
  return `${insertInto(context.dialect, 'actions', actionColumns(context, 'q.notify'))}
  from (select ${aliased.join(',\n    ')}
    from ${source}
    where u."transactionId" > ? and u."transactionId" <= ? ${ONCE}) q
  ${context.dialect.joinInOrder} transactions u on u."transactionId" = q.id
  where ${hasNoAnomaly('q.anomalies')}`
}

/** The columns an action is made of, and where each comes from. */
function actionColumns(
  context: StatementContext,
  notify: string,
): readonly (readonly [column: string, value: string])[] {
  const column = (name: string, fallback: string): string => legacyColumn(context, 'transactions', 'u', name, fallback)
  const own = known(context, 'transactions', 'u', 'reference')
  const timestamps = plannedTimestamps(context, 'u', 'q.anomalies')
  const reference = context.loose.references
    ? `case when (q.anomalies & ${ACTION_ANOMALIES['duplicate-reference']}) <> 0 then 'duplicate-reference-' || q.id else ${own} end`
    : own
  return [
    ['created_at', timestamps.created_at],
    ['updated_at', timestamps.updated_at],
    ['actionId', 'u."transactionId"'],
    ['userId', 'u."userId"'],
    ['transactionId', 'q.transaction_id'],
    ['reference', reference],
    ['description', column('description', 'null')],
    ['isOutgoing', known(context, 'transactions', 'u', 'isOutgoing')],
    ['satoshis_delta', known(context, 'transactions', 'u', 'satoshis')],
    ['version', column('version', 'null')],
    ['lock_time', column('lockTime', 'null')],
    ['user_nosend', "case when u.status = 'nosend' then 1 else 0 end"],
    ['user_aborted', 'q.aborted'],
    ['notify_json', notify],
    ['draft_input_beef', 'case when q.transaction_id is null then u."inputBEEF" end'],
  ]
}
