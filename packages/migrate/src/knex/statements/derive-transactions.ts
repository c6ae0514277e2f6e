import { scoreOf, statusIn, UNKNOWN_SCORE, NO_ROW } from '../backfill/work-tables.js'
import {
  hasMissingValue,
  insertInto,
  known,
  legacyColumn,
  UNREADABLE_TIMESTAMP,
  write,
  type StatementContext,
} from './statement-context.js'

/** What can be wrong with the legacy rows of one txid, as bits of `txk_plan_tx.anomalies`. */
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
  'missing-value': 2048,
  'wrong-type': 4096,
} as const

/** Whether blob bytes are there: an empty blob is none. */
function present(column: string): string {
  return `length(${column}) > 0`
}

/** Whether `p` is a proof of the txid of `w`, whatever its case. */
const PROOF_OF_WORK = `(p.txid = w.txid or p."provenTxId" in (select c.id from migration_scan_cases c where c.txid = w.txid and c.source = 1))`

/** Whether `r` is a request of the txid of `w`, whatever its case. */
const REQUEST_OF_WORK = `(r.txid = w.txid or r."provenTxReqId" in (select c.id from migration_scan_cases c where c.txid = w.txid and c.source = 2))`

/**
 * `txk_work_tx` → `txk_odd_tx`: rows whose txids differ only in case, beside those an index finds. In order; of use when there are
 * any. Which proof is used is left to who can parse.
 */
export function planOddCases({ dialect }: StatementContext): readonly string[] {
  const cases = (source: 1 | 2, what: string): string =>
    `(select ${what} from migration_scan_cases c where c.txid = w.txid and c.source = ${source})`
  const otherRequest = (column: string): string =>
    `(select min(r."provenTxReqId") from txk_work_tx w ${dialect.joinInOrder} proven_tx_reqs r on ${REQUEST_OF_WORK}
      where w.n = txk_odd_tx.n and ${present(`r.${column}`)})`
  return [
    `insert into txk_odd_tx (n, proven_id, req_id, proofs, reqs)
     select w.n, ${dialect.least(`coalesce(p."provenTxId", ${cases(1, 'min(c.id)')})`, `coalesce(${cases(1, 'min(c.id)')}, p."provenTxId")`)},
       coalesce(r."provenTxReqId", ${cases(2, 'min(c.id)')}),
       case when p."provenTxId" is null then 0 else 1 end + ${cases(1, 'count(*)')},
       case when r."provenTxReqId" is null then 0 else 1 end + ${cases(2, 'count(*)')}
     from txk_work_tx w left join proven_txs p on p.txid = w.txid left join proven_tx_reqs r on r.txid = w.txid
     where w.txid in (select c.txid from migration_scan_cases c)`,
    // Of several requests the one that came furthest speaks for the transaction; what it lacks, another may have.
    `update txk_odd_tx set req_id = (
       select r."provenTxReqId" from txk_work_tx w ${dialect.joinInOrder} proven_tx_reqs r on ${REQUEST_OF_WORK}
       left join txk_pair q on q.tx_status = '${NO_ROW}' and q.req_status = ${statusIn('r.status')} and q.flags = 6
       where w.n = txk_odd_tx.n order by coalesce(q.score, ${UNKNOWN_SCORE}), r."provenTxReqId" limit 1)
     where reqs > 1`,
    `update txk_odd_tx set raw_req_id = ${otherRequest('"rawTx"')}, beef_req_id = ${otherRequest('"inputBEEF"')} where reqs > 1`,
    `update txk_odd_tx set raw_proven_id = (
       select min(p."provenTxId") from txk_work_tx w ${dialect.joinInOrder} proven_txs p on ${PROOF_OF_WORK}
       where w.n = txk_odd_tx.n and ${present('p."rawTx"')}) where proofs > 1`,
  ]
}

/** Null, and a number where engines ask for the type. */
const NO_NUMBER = 'nullif(0, 0)'

/** How `txk_work_tx` is planned. */
export interface TransactionPlan {
  /** Whether there are rows whose txids differ only in case: `txk_odd_tx` says what becomes of them. */
  readonly isOdd: boolean
  /** The table whose keys the numbers in `txk_work_tx` are, which saves looking its rows up by their txids. */
  readonly numbered?: 'proven_tx_reqs' | 'proven_txs' | undefined
  /** Whatever has no row in `txk_scan` is taken for sound; what parsing found not to be is planned once more. */
  readonly only?: 'unsound'
}

/**
 * `txk_work_tx` → `txk_plan_tx`: which legacy row each part of a transaction comes from, its status, timestamps and anomalies, in
 * one reading of the legacy rows.
 */
export function planTransactions(context: StatementContext, { isOdd, numbered, only }: TransactionPlan): string {
  const { dialect } = context
  const t = (column: string): string => dialect.timestamp(column)
  // The only value of its group, but for the users' rows.
  const one = (expression: string): string => `min(${expression})`
  const odd = (column: string, otherwise: string): string => (isOdd ? `coalesce(o.${column}, ${otherwise})` : otherwise)
  const row = (table: 'proven_tx_reqs' | 'proven_txs', alias: string, key: string, chosen: string): string => {
    if (isOdd)
      return `${alias}."${key}" = case when o.n is null then (select x."${key}" from ${table} x where x.txid = w.txid) else o.${chosen} end`
    return numbered === table ? `${alias}."${key}" = w.n` : `${alias}.txid = w.txid`
  }
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const hasRawTx = `(${present('p."rawTx"')} or ${present('r."rawTx"')}${isOdd ? ' or o.raw_proven_id is not null or o.raw_req_id is not null' : ''}
      or exists (select 1 from migration_scan_keys rk ${dialect.joinInOrder} transactions ru on ru."transactionId" = rk.id
        where rk.txid = w.txid and ${present('ru."rawTx"')}))`
  const flags = `(case when ${wasBroadcast} <> 0 then 1 else 0 end) + (case when ${hasRawTx} then 2 else 0 end) + 4`
  const rawOf = (table: string, column: string, key: string): string =>
    `(select length(x."rawTx") from ${table} x where x."${column}" = ${key})`
  const [rawOk, pathOk] = only === 'unsound' ? ['g.raw_ok = 1', 'g.path_ok = 1'] : ['1 = 1', '1 = 1']
  const proven = `(g.proven_id is not null and ${pathOk})`
  const score = `case when g.proven_id is null then g.score when not (${pathOk}) then ${scoreOf('seen')}
      when g.is_deep = 0 then ${scoreOf('unconfirmed')} else ${scoreOf('confirmed')} end`
  // Behind every moment, in whatever order the database sorts text.
  const never = "'99999'"
  const first = (...columns: string[]): string =>
    dialect.least(...columns.map((column) => `coalesce(${column}, ${never})`))
  const last = (...columns: string[]): string => dialect.greatest(...columns.map((column) => `coalesce(${column}, '')`))
  const bit = (name: keyof typeof TX_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${TX_ANOMALIES[name]} else 0 end`
  const anomalies = [
    bit('raw-tx-hash-mismatch', `not (${rawOk})`),
    bit('bad-proof', `not (${pathOk})`),
    bit('missing-raw-tx', 'g.raw_source is null and g.user_raw_id is null'),
    bit('unknown-status', 'g.unknown = 1'),
    bit('completed-without-proof', `not ${proven} and (g.completed = 1 or g.req_status = 'completed')`),
    bit('users-disagree', 'g.first_user <> g.last_user and g.first_status <> g.last_status'),
    bit('stale-request', `${proven} and g.req_status <> 'completed'`),
    bit('orphan-proof', 'g.users = 0 and g.proven_id is not null'),
    bit('orphan-request', 'g.users = 0 and g.req_id is not null'),
    bit('txid-case', 'g.odd_case = 1 or g.proofs > 1 or g.reqs > 1'),
    bit(
      'unreadable-timestamp',
      `g.proven_id is not null and (g.proof_created is null or g.proof_updated is null)
       or g.req_id is not null and (g.req_created is null or g.req_updated is null)`,
    ),
    bit('wrong-type', 'g.odd_type = 1'),
    bit('missing-value', 'g.missing = 1'),
  ]
  return `insert into txk_plan_tx (n, txid, proven_id, req_id, first_row_id, raw_source, raw_bytes, raw_row_id, raw_proven_id, raw_req_id,
    beef_row_id, beef_req_id, proofs, reqs, users, score, created_at, updated_at, anomalies)
  select g.n, g.txid, g.proven_id, g.req_id, g.first_row_id, coalesce(g.raw_source, case when g.user_raw_id is not null then 3 end),
    g.raw_bytes + case when g.raw_source = 4 then ${rawOf('proven_tx_reqs', 'provenTxReqId', 'g.raw_req_id')}
      when g.raw_source = 5 then ${rawOf('proven_txs', 'provenTxId', 'g.raw_proven_id')}
      when g.raw_source is null and g.user_raw_id is not null then ${rawOf('transactions', 'transactionId', 'g.user_raw_id')} else 0 end,
    case when g.raw_source is null then g.user_raw_id end, case when g.raw_source = 5 then g.raw_proven_id end,
    case when g.raw_source = 4 then g.raw_req_id end,
    case when g.has_beef = 0 and g.beef_req_id is null then g.user_beef_id end, case when g.has_beef = 0 then g.beef_req_id end,
    g.proofs, g.reqs, g.users, ${score},
    coalesce(nullif(${first('g.proof_created', 'g.req_created', 'g.first_at')}, ${never}), ${UNREADABLE_TIMESTAMP}),
    coalesce(nullif(${last('g.proof_updated', 'g.req_updated', 'g.last_at')}, ''), ${UNREADABLE_TIMESTAMP}),
    ${anomalies.join('\n    + ')}
  from (
    select w.n, ${one('w.txid')} as txid, ${one('p."provenTxId"')} as proven_id, ${one('r."provenTxReqId"')} as req_id,
      ${one(odd('proofs', 'case when p."provenTxId" is null then 0 else 1 end'))} as proofs,
      ${one(odd('reqs', 'case when r."provenTxReqId" is null then 0 else 1 end'))} as reqs,
      ${one(isOdd ? 'o.raw_proven_id' : NO_NUMBER)} as raw_proven_id, ${one(isOdd ? 'o.raw_req_id' : NO_NUMBER)} as raw_req_id, ${one(isOdd ? 'o.beef_req_id' : NO_NUMBER)} as beef_req_id,
      ${one(`case when ${present('p."rawTx"')} then 1${isOdd ? ' when o.raw_proven_id is not null then 5' : ''} when ${present('r."rawTx"')} then 2${isOdd ? ' when o.raw_req_id is not null then 4' : ''} end`)} as raw_source,
      ${one(`coalesce(case when ${present('p."rawTx"')} then length(p."rawTx") else length(r."rawTx") end, 0) + coalesce(length(p."merklePath"), 0)`)} as raw_bytes,
      ${one(`case when ${present('r."inputBEEF"')} then 1 else 0 end`)} as has_beef,
      ${one('case when (select ct.height from chain_tip ct where ct.id = 1) <= p.height then 0 else 1 end')} as is_deep,
      ${one(t('p.created_at'))} as proof_created, ${one(t('p.updated_at'))} as proof_updated,
      ${one(t('r.created_at'))} as req_created, ${one(t('r.updated_at'))} as req_updated, ${one('r.status')} as req_status,
      ${one(`case when ${wasBroadcast} not in (0, 1) then 1 else 0 end`)} as odd_type,
      ${one(`case when r."provenTxReqId" is not null and ${hasMissingValue(context, 'proven_tx_reqs', 'r')} then 1 else 0 end`)} as missing,
      max(case when p.txid <> w.txid or r.txid <> w.txid or u.txid <> w.txid then 1 else 0 end) as odd_case,
      count(k.id) as users, min(k.id) as first_row_id,
      min(case when ${present('u."rawTx"')} then k.id end) as user_raw_id, min(case when ${present('u."inputBEEF"')} then k.id end) as user_beef_id,
      min(coalesce(pr.score, ${UNKNOWN_SCORE})) as score, max(case when pr.score is null then 1 else 0 end) as unknown,
      min(${t('u.created_at')}) as first_at, max(${t('u.updated_at')}) as last_at,
      max(case when u.status = 'completed' then 1 else 0 end) as completed,
      min(k.user_id) as first_user, max(k.user_id) as last_user, min(u.status) as first_status, max(u.status) as last_status${only === 'unsound' ? ',\n      min(sc.raw_ok) as raw_ok, min(sc.path_ok) as path_ok' : ''}
    from ${only === 'unsound' ? `txk_scan sc ${dialect.joinInOrder} txk_work_tx w on w.n = sc.n` : 'txk_work_tx w'}
    ${isOdd ? 'left join txk_odd_tx o on o.n = w.n' : ''}
    left join proven_txs p on ${row('proven_txs', 'p', 'provenTxId', 'proven_id')}
    left join proven_tx_reqs r on ${row('proven_tx_reqs', 'r', 'provenTxReqId', 'req_id')}
    left join migration_scan_keys k on k.txid = w.txid
    left join transactions u on u."transactionId" = k.id
    left join txk_pair pr on pr.tx_status = case when u."transactionId" is null then '${NO_ROW}' else ${statusIn('u.status')} end
      and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
    ${only === 'unsound' ? 'where sc.raw_ok = 0 or sc.path_ok = 0' : ''}
    group by w.n
  ) g
  where g.users > 0 or g.proven_id is not null or g.req_id is not null`
}

/** Where the bytes of a planned transaction come from; `user` is the alias of the users' rows. */
function plannedRawTx(user: string): string {
  return `case q.raw_source when 1 then p."rawTx" when 2 then r."rawTx" when 3 then ${user}."rawTx"
      when 4 then (select x."rawTx" from proven_tx_reqs x where x."provenTxReqId" = q.raw_req_id)
      when 5 then (select x."rawTx" from proven_txs x where x."provenTxId" = q.raw_proven_id) end`
}

/** Planned rows of a range with the bytes that have to be parsed. */
export const SELECT_SCAN_SOURCES: string = `select q.n, q.txid, ${plannedRawTx('u')} as rawTx,
    p."merklePath" as merklePath, p."merkleRoot" as merkleRoot, p."index" as merkleIndex, p.height as height
  from txk_plan_tx q
  left join proven_txs p on p."provenTxId" = q.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
  left join transactions u on u."transactionId" = q.raw_row_id
  where q.n between ? and ? order by q.n`

/** What is taken back before `unsound` transactions are planned once more. */
export const FORGET_UNSOUND: string =
  'delete from txk_plan_tx where n in (select sc.n from txk_scan sc where sc.raw_ok = 0 or sc.path_ok = 0)'

/** Whether a proof proves its transaction: it does, unless parsing found otherwise. */
const IS_PROVEN = '(sc.n is null or sc.path_ok = 1)'

/** The columns a transaction row is made of, in order, and where each comes from. */
const TRANSACTION_COLUMNS: readonly (readonly [column: string, value: string])[] = [
  ['created_at', 'q.created_at'],
  ['updated_at', 'q.updated_at'],
  ['transactionId', '@number'],
  ['txid', 'q.txid'],
  ['processing', 'st.processing'],
  ['processing_changed_at', 'q.updated_at'],
  ['next_action_at', 'case when st.terminal = 1 then null else q.created_at end'],
  ['attempts', 'coalesce(r.attempts, 0)'],
  ['rebroadcast_cycles', '@rebroadcastAttempts'],
  ['was_broadcast', '@wasBroadcast'],
  ['batch', '@batch'],
  ['height', '@proof p.height'],
  ['merkle_index', '@proof coalesce(sc.merkle_index, p."index")'],
  ['merkle_root', '@proof p."merkleRoot"'],
  ['block_hash', '@proof p."blockHash"'],
  [
    'is_coinbase',
    `case when sc.is_coinbase = 1 or (${IS_PROVEN} and coalesce(sc.merkle_index, p."index") = 0) then 1 else 0 end`,
  ],
  ['frozen_reason', 'st.frozen_reason'],
  ['legacy_proven_id', 'q.proven_id'],
  ['legacy_req_id', 'q.req_id'],
  ['merkle_path', '@proof p."merklePath"'],
  ['raw_tx', plannedRawTx('ur')],
  [
    'input_beef',
    `case when q.beef_row_id is not null then ub."inputBEEF"
      when q.beef_req_id is not null then (select x."inputBEEF" from proven_tx_reqs x where x."provenTxReqId" = q.beef_req_id)
      when ${present('r."inputBEEF"')} then r."inputBEEF" end`,
  ],
]

/** `txk_plan_tx` and `txk_scan` → `transactions_new`. `replace` overwrites what is there by its number. */
export function writeTransactions(context: StatementContext, mode: 'insert' | 'replace'): readonly string[] {
  const value = (expression: string): string => {
    if (expression.startsWith('@proof ')) return `case when ${IS_PROVEN} then ${expression.slice(7)} end`
    if (expression === '@wasBroadcast')
      return `case when ${legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')} <> 0 then 1 else 0 end`
    if (expression === '@rebroadcastAttempts')
      return `coalesce(${legacyColumn(context, 'proven_tx_reqs', 'r', 'rebroadcastAttempts', '0')}, 0)`
    if (expression === '@batch') return legacyColumn(context, 'proven_tx_reqs', 'r', 'batch', 'null')
    if (expression === '@number')
      return `coalesce(old."transactionId", ${context.dialect.newNumber('transactions_new', 'transactionId')})`
    return expression
  }
  // A new row gets its number from its table.
  const written = TRANSACTION_COLUMNS.filter(([column]) => mode === 'replace' || column !== 'transactionId')
  const columns = written.map(([column, expression]) => [column, value(expression)] as const)
  const from = `from txk_plan_tx q
  ${context.dialect.joinInOrder} txk_status st on st.score = q.score
  left join txk_scan sc on sc.n = q.n
  ${mode === 'replace' ? 'left join transactions_new old on old.txid = q.txid' : ''}
  left join proven_txs p on p."provenTxId" = q.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
  left join transactions ur on ur."transactionId" = q.raw_row_id
  left join transactions ub on ub."transactionId" = q.beef_row_id
  where true`
  return write(context.dialect, mode, { table: 'transactions_new', key: 'transactionId', columns, from, order: 'q.n' })
}

/**
 * One `legacy.history` row per request of the planned txids, its notes verbatim: the request each transaction has, and `others`,
 * of use when txids differ in case. Binds the number the transactions written last lie above; `insert` walks those, because the
 * index of their txids may not be made yet.
 */
export function writeHistories(
  context: StatementContext,
  mode: 'insert' | 'replace',
): { readonly own: string; readonly others: string } {
  const { dialect } = context
  const join = dialect.joinInOrder
  const write = (transactions: string, request: string, order: string): string =>
    `${insertInto(dialect, 'tx_audit', [
      ['created_at', `coalesce(${dialect.timestamp('r.created_at')}, t.created_at)`],
      ['updated_at', `coalesce(${dialect.timestamp('r.updated_at')}, t.updated_at)`],
      ['transactionId', 't."transactionId"'],
      ['event', "'legacy.history'"],
      ['details_json', dialect.jsonText(known(context, 'proven_tx_reqs', 'r', 'history'))],
    ])}
     from ${transactions} ${join} proven_tx_reqs r on ${request} where t."transactionId" > ? order by ${order}`
  const planned = `txk_plan_tx q ${join} transactions_new t on t.txid = q.txid`
  const written = `transactions_new t ${join} txk_plan_tx q on q.txid = t.txid`
  return {
    own:
      mode === 'insert'
        ? write('transactions_new t', 'r."provenTxReqId" = t.legacy_req_id', 't."transactionId"')
        : write(planned, 'r."provenTxReqId" = q.req_id', 'q.n'),
    others: write(
      mode === 'insert' ? written : planned,
      `q.reqs > 1 and r."provenTxReqId" <> q.req_id
       and (r.txid = q.txid or r."provenTxReqId" in (select c.id from migration_scan_cases c where c.txid = q.txid and c.source = 2))`,
      'q.n, r."provenTxReqId"',
    ),
  }
}

/** Rows of a user who holds a planned txid more than once, except the one kept: highest rank, then lowest number. */
export function planTwins(context: StatementContext): string {
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const flags = `(case when ${wasBroadcast} <> 0 then 1 else 0 end) + (case when q.raw_source is not null then 2 else 0 end) + 4`
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
