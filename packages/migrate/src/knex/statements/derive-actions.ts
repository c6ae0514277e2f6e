import { MAX_SATOSHIS } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { NO_ROW, statusIn, UNKNOWN_SCORE } from '../backfill/work-tables.js'
import {
  hasMissingValue,
  known,
  legacyColumn,
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
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const flags = `(case when ${wasBroadcast} <> 0 then 1 else 0 end) + (case when length(coalesce(t.raw_tx, u."rawTx")) > 0 then 2 else 0 end)
      + (case when u.txid <> '' then 4 else 0 end)`
  const satoshis = known(context, 'transactions', 'u', 'satoshis')
  const bit = (name: keyof typeof ACTION_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${ACTION_ANOMALIES[name]} else 0 end`
  return `insert into txk_plan_action (id, transaction_id, keeper_id, aborted, anomalies)
  select u."transactionId", case when tw.action_id is null then t."transactionId" end, tw.keeper_id,
    case when tw.action_id is not null then 1
      when t.processing in (${words(ACCEPTED_STATUSES)}) then 0
      when pr.aborted = 1 then 1
      when u.status = 'failed' and t."transactionId" is not null and coalesce(ps.processing, 'frozen') <> t.processing
        and t.processing not in ('invalid', 'doubleSpend') then 1
      else 0 end,
    ${[
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
    ].join('\n    + ')}
  from txk_work_action w
  ${context.dialect.joinInOrder} transactions u on u."transactionId" = w.id
  left join migration_scan_twins tw on tw.action_id = u."transactionId"
  left join transactions_new t on t.txid = ${txidOf('u')}
  left join proven_tx_reqs r on r."provenTxReqId" = t.legacy_req_id
  left join txk_pair pr on pr.tx_status = ${statusIn('u.status')}
    and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
  left join txk_status ps on ps.score = coalesce(pr.score, ${UNKNOWN_SCORE})
  ${context.loose.references ? `left join (${REPEATED_REFERENCES}) dr on dr.id = u."transactionId"` : ''}`
}

/** Rows whose user gave their reference to a row with a lower number. Read only where no index rules them out. */
const REPEATED_REFERENCES = `select ranked.id from (
    select x."transactionId" as id, row_number() over (partition by x."userId", x.reference order by x."transactionId") as place
    from transactions x where x.reference is not null
  ) ranked where ranked.place > 1`

/** `txk_plan_action` → `actions`. */
export function writeActions(context: StatementContext, mode: 'insert' | 'replace'): readonly string[] {
  const column = (name: string, fallback: string): string => legacyColumn(context, 'transactions', 'u', name, fallback)
  const own = known(context, 'transactions', 'u', 'reference')
  const timestamps = plannedTimestamps(context, 'u', 'q.anomalies')
  const reference = context.loose.references
    ? `case when (q.anomalies & ${ACTION_ANOMALIES['duplicate-reference']}) <> 0 then 'duplicate-reference-' || q.id else ${own} end`
    : own
  const columns: readonly (readonly [string, string])[] = [
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
    ['notify_json', 'r.notify'],
    ['draft_input_beef', 'case when q.transaction_id is null then u."inputBEEF" end'],
  ]
  const from = `from txk_plan_action q ${context.dialect.joinInOrder} transactions u on u."transactionId" = q.id
  left join transactions_new t on t."transactionId" = q.transaction_id
  left join proven_tx_reqs r on r."provenTxReqId" = t.legacy_req_id
  where true`
  return write(context.dialect, mode, { table: 'actions', key: 'actionId', columns, from, order: 'q.id' })
}
