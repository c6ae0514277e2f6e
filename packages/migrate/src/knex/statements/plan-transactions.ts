import { NO_ROW, scoreOf, statusIn, UNKNOWN_SCORE } from '../backfill/work-tables.js'
import {
  hasMissingValue,
  legacyColumn,
  ONCE,
  present,
  UNREADABLE_TIMESTAMP,
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

interface PlanSource extends TransactionPlan {
  /** The numbers and txids to plan, a table or a parenthesis. */
  readonly work: string
  /** No txid is of more than one user's row, so that nothing has to be gathered. */
  readonly isPlain: boolean
}

/**
 * `txk_work_tx` → `txk_plan_tx`: which legacy row each part of a transaction comes from, its status, timestamps and anomalies, in
 * one reading of the legacy rows.
 */
export function planTransactions(context: StatementContext, how: TransactionPlan): string {
  const { columns, source } = transactionPlan(context, { ...how, work: 'txk_work_tx', isPlain: false })
  return `insert into txk_plan_tx (${columns.map(([column]) => column).join(', ')})
  select ${columns.map(([, value]) => value).join(',\n    ')}
  from ${source}`
}

/** The columns of `txk_plan_tx` and what each is, and where they come from. */
export function transactionPlan(
  context: StatementContext,
  { isOdd, numbered, only, work, isPlain }: PlanSource,
): { readonly columns: readonly (readonly [column: string, value: string])[]; readonly source: string } {
  const { dialect } = context
  const t = (column: string): string => dialect.timestamp(column)
  const [lowest, highest] = isPlain
    ? [(value: string): string => value, (value: string): string => value]
    : [(value: string): string => `min(${value})`, (value: string): string => `max(${value})`]
  // The only value of its group, but for the users' rows.
  const one = lowest
  const odd = (column: string, otherwise: string): string => (isOdd ? `coalesce(o.${column}, ${otherwise})` : otherwise)
  const row = (table: 'proven_tx_reqs' | 'proven_txs', alias: string, key: string, chosen: string): string => {
    if (isOdd)
      return `${alias}."${key}" = case when o.n is null then (select x."${key}" from ${table} x where x.txid = w.txid) else o.${chosen} end`
    return numbered === table ? `${alias}."${key}" = w.n` : `${alias}.txid = w.txid`
  }
  const wasBroadcast = legacyColumn(context, 'proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const hasRawTx = `(${present('p."rawTx"')} or ${present('r."rawTx"')}${isOdd ? ' or o.raw_proven_id is not null or o.raw_req_id is not null' : ''}
      or ${
        isPlain
          ? present('u."rawTx"')
          : `exists (select 1 from migration_scan_keys rk ${dialect.joinInOrder} transactions ru on ru."transactionId" = rk.id
        where rk.txid = w.txid and ${present('ru."rawTx"')})`
      })`
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
  const columns: readonly (readonly [string, string])[] = [
    ['n', 'g.n'],
    ['txid', 'g.txid'],
    ['proven_id', 'g.proven_id'],
    ['req_id', 'g.req_id'],
    ['first_row_id', 'g.first_row_id'],
    ['raw_source', 'coalesce(g.raw_source, case when g.user_raw_id is not null then 3 end)'],
    [
      'raw_bytes',
      `g.raw_bytes + case when g.raw_source = 4 then ${rawOf('proven_tx_reqs', 'provenTxReqId', 'g.raw_req_id')}
      when g.raw_source = 5 then ${rawOf('proven_txs', 'provenTxId', 'g.raw_proven_id')}
      when g.raw_source is null and g.user_raw_id is not null then ${rawOf('transactions', 'transactionId', 'g.user_raw_id')} else 0 end`,
    ],
    ['raw_row_id', 'case when g.raw_source is null then g.user_raw_id end'],
    ['raw_proven_id', 'case when g.raw_source = 5 then g.raw_proven_id end'],
    ['raw_req_id', 'case when g.raw_source = 4 then g.raw_req_id end'],
    ['beef_row_id', 'case when g.has_beef = 0 and g.beef_req_id is null then g.user_beef_id end'],
    ['beef_req_id', 'case when g.has_beef = 0 then g.beef_req_id end'],
    ['proofs', 'g.proofs'],
    ['reqs', 'g.reqs'],
    ['users', 'g.users'],
    ['score', score],
    [
      'created_at',
      `coalesce(nullif(${first('g.proof_created', 'g.req_created', 'g.first_at')}, ${never}), ${UNREADABLE_TIMESTAMP})`,
    ],
    [
      'updated_at',
      `coalesce(nullif(${last('g.proof_updated', 'g.req_updated', 'g.last_at')}, ''), ${UNREADABLE_TIMESTAMP})`,
    ],
    ['anomalies', anomalies.join('\n    + ')],
  ]
  const source = `(
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
      ${highest('case when p.txid <> w.txid or r.txid <> w.txid or u.txid <> w.txid then 1 else 0 end')} as odd_case,
      ${isPlain ? 'case when k.id is null then 0 else 1 end' : 'count(k.id)'} as users, ${lowest('k.id')} as first_row_id,
      ${lowest(`case when ${present('u."rawTx"')} then k.id end`)} as user_raw_id, ${lowest(`case when ${present('u."inputBEEF"')} then k.id end`)} as user_beef_id,
      ${lowest(`coalesce(pr.score, ${UNKNOWN_SCORE})`)} as score, ${highest('case when pr.score is null then 1 else 0 end')} as unknown,
      ${lowest(t('u.created_at'))} as first_at, ${highest(t('u.updated_at'))} as last_at,
      ${highest("case when u.status = 'completed' then 1 else 0 end")} as completed,
      ${lowest('k.user_id')} as first_user, ${highest('k.user_id')} as last_user, ${lowest('u.status')} as first_status, ${highest('u.status')} as last_status${only === 'unsound' ? ',\n      min(sc.raw_ok) as raw_ok, min(sc.path_ok) as path_ok' : ''}
    from ${only === 'unsound' ? `txk_scan sc ${dialect.joinInOrder} ${work} w on w.n = sc.n` : `${work} w`}
    ${isOdd ? 'left join txk_odd_tx o on o.n = w.n' : ''}
    left join proven_txs p on ${row('proven_txs', 'p', 'provenTxId', 'proven_id')}
    left join proven_tx_reqs r on ${row('proven_tx_reqs', 'r', 'provenTxReqId', 'req_id')}
    left join migration_scan_keys k on k.txid = w.txid
    left join transactions u on u."transactionId" = k.id
    left join txk_pair pr on pr.tx_status = case when u."transactionId" is null then '${NO_ROW}' else ${statusIn('u.status')} end
      and pr.req_status = case when r."provenTxReqId" is null then '${NO_ROW}' else ${statusIn('r.status')} end and pr.flags = ${flags}
    ${only === 'unsound' ? 'where sc.raw_ok = 0 or sc.path_ok = 0' : ''}
    ${isPlain ? `order by w.n ${ONCE}` : 'group by w.n'}
  ) g
  where (g.users > 0 or g.proven_id is not null or g.req_id is not null)`
  return { columns, source }
}
