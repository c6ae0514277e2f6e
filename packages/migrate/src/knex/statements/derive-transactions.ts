import { scoreOf, statusIn, UNKNOWN_SCORE, NO_ROW } from '../backfill/work-tables.js'
import {
  hasUnreadableTimestamp,
  legacyColumn,
  UNREADABLE_TIMESTAMP,
  type StatementContext,
} from './statement-context.js'

/** What can be wrong with the legacy rows of one txid, as bits of `txk_plan_state.anomalies`. */
export const TX_ANOMALIES = {
  'raw-tx-hash-mismatch': 1,
  'bad-proof': 2,
  'missing-raw-tx': 4,
  'unknown-status': 8,
  'completed-without-proof': 16,
  'users-disagree': 32,
  'stale-request': 64,
  'orphan-proof': 128,
  'orphan-request': 256,
  'txid-case': 512,
  'unreadable-timestamp': 1024,
} as const

/** Whether blob bytes are there: an empty blob is none. */
function present(column: string): string {
  return `length(${column}) > 0`
}

/** `txk_work_tx` → `txk_plan_tx`: which legacy row each part of a transaction comes from. In order. */
export function planTransactionSources({ dialect }: StatementContext): readonly string[] {
  const join = dialect.joinInOrder
  const firstRow = (column: string): string =>
    `(select min(k.id) from migration_scan_keys k ${join} transactions u on u."transactionId" = k.id
      where k.txid = txk_plan_tx.txid and ${present(`u.${column}`)})`
  const cases = (source: 1 | 2, what: string): string =>
    `(select ${what} from migration_scan_cases c where c.txid = txk_plan_tx.txid and c.source = ${source})`
  const proofHas = (column: string): string =>
    `exists (select 1 from proven_txs p where p."provenTxId" = txk_plan_tx.proven_id and ${present(`p.${column}`)})`
  const requestHas = (column: string): string =>
    `exists (select 1 from proven_tx_reqs r where r."provenTxReqId" = txk_plan_tx.req_id and ${present(`r.${column}`)})`
  return [
    `insert into txk_plan_tx (n, txid, proven_id, req_id, first_row_id, proofs, reqs, users)
     select w.n, w.txid, p."provenTxId", r."provenTxReqId", min(k.id), case when p."provenTxId" is null then 0 else 1 end,
       case when r."provenTxReqId" is null then 0 else 1 end, count(k.id)
     from txk_work_tx w
     left join proven_txs p on p.txid = w.txid
     left join proven_tx_reqs r on r.txid = w.txid
     left join migration_scan_keys k on k.txid = w.txid
     group by w.n, w.txid, p."provenTxId", r."provenTxReqId"`,
    // Rows whose txids differ only in case: proofs and requests beside those the index found.
    `update txk_plan_tx set proofs = proofs + ${cases(1, 'count(*)')}, reqs = reqs + ${cases(2, 'count(*)')},
       proven_id = case when proven_id is null or proven_id > ${cases(1, 'min(c.id)')} then ${cases(1, 'min(c.id)')} else proven_id end,
       req_id = coalesce(req_id, ${cases(2, 'min(c.id)')})
     where txid in (select c.txid from migration_scan_cases c)`,
    `delete from txk_plan_tx where proofs = 0 and reqs = 0 and users = 0`,
    // Of several requests the one that came furthest speaks for the transaction.
    `update txk_plan_tx set req_id = (
       select r."provenTxReqId" from proven_tx_reqs r
       left join txk_pair q on q.tx_status = '${NO_ROW}' and q.req_status = ${statusIn('r.status')} and q.flags = 6
       where r.txid = txk_plan_tx.txid or r."provenTxReqId" in ${cases(2, 'c.id')}
       order by coalesce(q.score, ${UNKNOWN_SCORE}), r."provenTxReqId" limit 1)
     where reqs > 1`,
    `update txk_plan_tx set raw_source = case when ${proofHas('"rawTx"')} then 1 when ${requestHas('"rawTx"')} then 2 end`,
    `update txk_plan_tx set raw_row_id = ${firstRow('"rawTx"')} where raw_source is null and users > 0`,
    `update txk_plan_tx set raw_source = 3 where raw_row_id is not null`,
    `update txk_plan_tx set raw_bytes = coalesce(case raw_source
       when 1 then (select length(p."rawTx") from proven_txs p where p."provenTxId" = txk_plan_tx.proven_id)
       when 2 then (select length(r."rawTx") from proven_tx_reqs r where r."provenTxReqId" = txk_plan_tx.req_id)
       when 3 then (select length(u."rawTx") from transactions u where u."transactionId" = txk_plan_tx.raw_row_id) end, 0)
       + coalesce((select length(p."merklePath") from proven_txs p where p."provenTxId" = txk_plan_tx.proven_id), 0)`,
    `update txk_plan_tx set beef_row_id = ${firstRow('"inputBEEF"')} where users > 0 and not ${requestHas('"inputBEEF"')}`,
  ]
}

/** Planned rows of a range with the bytes that have to be parsed. */
export const SELECT_SCAN_SOURCES: string = `select q.n, q.txid, q.raw_source as rawSource, q.proofs,
    case q.raw_source when 1 then p."rawTx" when 2 then r."rawTx" when 3 then u."rawTx" end as rawTx,
    p."merklePath" as merklePath, p."merkleRoot" as merkleRoot, p."index" as merkleIndex, p.height as height
  from txk_plan_tx q
  left join proven_txs p on p."provenTxId" = q.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
  left join transactions u on u."transactionId" = q.raw_row_id
  where q.n between ? and ? order by q.n`

/** `txk_plan_tx`, scanned → `txk_plan_state`: status, timestamps and anomalies of each transaction. */
export function planTransactionState(context: StatementContext): string {
  const { dialect } = context
  const t = (column: string): string => dialect.timestamp(column)
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const flags = `(case when ${wasBroadcast} = 1 then 1 else 0 end) + (case when q.raw_source is not null then 2 else 0 end) + 4`
  const pair = `coalesce(pr.score, ${UNKNOWN_SCORE})`
  const proven = 'g.proven_id is not null and g.path_ok = 1'
  const score = `case when g.proven_id is null then g.score when g.path_ok = 0 then ${scoreOf('seen')}
      when (select ct.height from chain_tip ct where ct.id = 1) <= p.height then ${scoreOf('unconfirmed')} else ${scoreOf('confirmed')} end`
  const earliest = dialect.least(
    `coalesce(${t('p.created_at')}, '~')`,
    `coalesce(${t('r.created_at')}, '~')`,
    `coalesce(g.first_at, '~')`,
  )
  const latest = dialect.greatest(
    `coalesce(${t('p.updated_at')}, '')`,
    `coalesce(${t('r.updated_at')}, '')`,
    `coalesce(g.last_at, '')`,
  )
  const bit = (name: keyof typeof TX_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${TX_ANOMALIES[name]} else 0 end`
  const unreadable = (alias: string, key: string): string =>
    `(${alias}.${dialect.schema.quote(key)} is not null and ${hasUnreadableTimestamp(context, alias)})`
  const anomalies = [
    bit('raw-tx-hash-mismatch', 'g.raw_ok = 0'),
    bit('bad-proof', 'g.path_ok = 0'),
    bit('missing-raw-tx', 'g.raw_source is null'),
    bit('unknown-status', 'g.unknown = 1'),
    bit('completed-without-proof', `not (${proven}) and (g.completed = 1 or r.status = 'completed')`),
    bit('users-disagree', 'g.first_user <> g.last_user and g.first_status <> g.last_status'),
    bit('stale-request', `${proven} and r.status <> 'completed'`),
    bit('orphan-proof', 'g.users = 0 and g.proven_id is not null'),
    bit('orphan-request', 'g.users = 0 and g.req_id is not null'),
    bit('txid-case', 'p.txid <> g.txid or r.txid <> g.txid or g.odd_case = 1 or g.proofs > 1 or g.reqs > 1'),
    bit('unreadable-timestamp', `${unreadable('p', 'provenTxId')} or ${unreadable('r', 'provenTxReqId')}`),
  ]
  return `insert into txk_plan_state (n, score, created_at, updated_at, anomalies)
  select g.n, ${score},
    coalesce(nullif(${earliest}, '~'), ${UNREADABLE_TIMESTAMP}),
    coalesce(nullif(${latest}, ''), ${UNREADABLE_TIMESTAMP}),
    ${anomalies.join('\n    + ')}
  from (
    select q.n, q.txid, q.proven_id, q.req_id, q.path_ok, q.raw_ok, q.raw_source, q.users, q.proofs, q.reqs, min(${pair}) as score,
      min(${t('u.created_at')}) as first_at, max(${t('u.updated_at')}) as last_at,
      max(case when pr.score is null then 1 else 0 end) as unknown, max(case when u.status = 'completed' then 1 else 0 end) as completed,
      max(case when u.txid <> q.txid then 1 else 0 end) as odd_case,
      min(k.user_id) as first_user, max(k.user_id) as last_user, min(u.status) as first_status, max(u.status) as last_status
    from txk_plan_tx q
    left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
    left join migration_scan_keys k on k.txid = q.txid
    left join transactions u on u."transactionId" = k.id
    left join txk_pair pr on pr.tx_status = case when u."transactionId" is null then '${NO_ROW}' else ${statusIn('u.status')} end
      and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
    group by q.n
  ) g
  left join proven_txs p on p."provenTxId" = g.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = g.req_id`
}

/** The columns a transaction row is made of, in order, and where each comes from. */
const TRANSACTION_COLUMNS: readonly (readonly [column: string, value: string])[] = [
  ['created_at', 's.created_at'],
  ['updated_at', 's.updated_at'],
  ['transactionId', 'old."transactionId"'],
  ['txid', 'q.txid'],
  ['processing', 'st.processing'],
  ['processing_changed_at', 's.updated_at'],
  ['next_action_at', 'case when st.terminal = 1 then null else s.created_at end'],
  ['attempts', 'coalesce(r.attempts, 0)'],
  ['rebroadcast_cycles', '@rebroadcastAttempts'],
  ['was_broadcast', '@wasBroadcast'],
  ['batch', '@batch'],
  ['height', '@proof p.height'],
  ['merkle_index', '@proof coalesce(q.merkle_index, p."index")'],
  ['merkle_root', '@proof p."merkleRoot"'],
  ['block_hash', '@proof p."blockHash"'],
  [
    'is_coinbase',
    'case when q.is_coinbase = 1 or (q.path_ok = 1 and coalesce(q.merkle_index, p."index") = 0) then 1 else 0 end',
  ],
  ['frozen_reason', 'st.frozen_reason'],
  ['legacy_proven_id', 'q.proven_id'],
  ['legacy_req_id', 'q.req_id'],
  ['merkle_path', '@proof p."merklePath"'],
  ['raw_tx', `case q.raw_source when 1 then p."rawTx" when 2 then r."rawTx" when 3 then ur."rawTx" end`],
  [
    'input_beef',
    `case when q.beef_row_id is not null then ub."inputBEEF" when ${present('r."inputBEEF"')} then r."inputBEEF" end`,
  ],
]

/** `txk_plan_tx` and `txk_plan_state` → `transactions_new`. `replace` overwrites what is there by its number. */
export function writeTransactions(context: StatementContext, mode: 'insert' | 'replace'): string {
  const value = (expression: string): string => {
    if (expression.startsWith('@proof ')) return `case when q.path_ok = 1 then ${expression.slice(7)} end`
    if (expression === '@wasBroadcast')
      return `coalesce(${legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')}, 0)`
    if (expression === '@rebroadcastAttempts')
      return `coalesce(${legacyColumn(context, 'proven_tx_reqs', 'r', 'rebroadcastAttempts', '0')}, 0)`
    if (expression === '@batch') return legacyColumn(context, 'proven_tx_reqs', 'r', 'batch', 'null')
    return expression
  }
  const quote = context.dialect.schema.quote
  const columns = TRANSACTION_COLUMNS.map(([column]) => quote(column))
  const overwritten = columns.filter((column) => column !== quote('transactionId'))
  const conflict =
    mode === 'replace'
      ? ` on conflict ("transactionId") do update set ${overwritten.map((column) => `${column} = excluded.${column}`).join(', ')}`
      : ''
  return `insert into transactions_new (${columns.join(', ')})
  select ${TRANSACTION_COLUMNS.map(([, expression]) => value(expression)).join(',\n    ')}
  from txk_plan_tx q
  ${context.dialect.joinInOrder} txk_plan_state s on s.n = q.n
  ${context.dialect.joinInOrder} txk_status st on st.score = s.score
  left join transactions_new old on old.txid = q.txid
  left join proven_txs p on p."provenTxId" = q.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
  left join transactions ur on ur."transactionId" = q.raw_row_id
  left join transactions ub on ub."transactionId" = q.beef_row_id
  where true order by q.n${conflict}`
}

/** One `legacy.history` row per request of the planned txids, its notes verbatim. */
export function writeHistories({ dialect }: StatementContext): readonly string[] {
  const join = dialect.joinInOrder
  const write = (requests: string): string =>
    `insert into tx_audit (created_at, updated_at, ${dialect.schema.quote('transactionId')}, event, details_json)
     select coalesce(${dialect.timestamp('r.created_at')}, s.created_at), coalesce(${dialect.timestamp('r.updated_at')}, s.updated_at),
       t."transactionId", 'legacy.history', ${dialect.jsonText('r.history')}
     from txk_plan_tx q ${join} txk_plan_state s on s.n = q.n ${join} transactions_new t on t.txid = q.txid ${join} ${requests}`
  return [
    write('proven_tx_reqs r on r."provenTxReqId" = q.req_id where q.reqs > 0 order by q.n'),
    write(
      `proven_tx_reqs r on (r.txid = q.txid or r."provenTxReqId" in (select c.id from migration_scan_cases c where c.txid = q.txid and c.source = 2))
       where q.reqs > 1 and r."provenTxReqId" <> q.req_id order by q.n, r."provenTxReqId"`,
    ),
  ]
}

/** Rows of a user who holds a planned txid more than once, except the one kept: highest rank, then lowest number. */
export function planTwins(context: StatementContext): string {
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const flags = `(case when ${wasBroadcast} = 1 then 1 else 0 end) + (case when q.raw_source is not null then 2 else 0 end) + 4`
  const join = context.dialect.joinInOrder
  const score = `coalesce(pr.score, ${UNKNOWN_SCORE})`
  // The status alone: why a row is frozen makes it no better a keeper.
  const rank = `${score} - ${score} % 10`
  return `insert into migration_scan_twins (action_id, keeper_id, txid)
  select ranked.id, ranked.keeper_id, ranked.txid from (
    select k.id, k.txid,
      first_value(k.id) over (partition by k.txid, k.user_id order by ${rank}, k.id) as keeper_id
    from txk_plan_tx q
    ${join} migration_scan_keys k on k.txid = q.txid
    ${join} transactions u on u."transactionId" = k.id
    left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
    left join txk_pair pr on pr.tx_status = ${statusIn('u.status')}
      and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
    where q.users > 1
  ) ranked where ranked.id <> ranked.keeper_id`
}
