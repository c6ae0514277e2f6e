import { NO_ROW, statusIn, UNKNOWN_SCORE } from '../backfill/work-tables.js'
import { transactionPlan, type TransactionPlan } from './plan-transactions.js'
import {
  hasNoAnomaly,
  insertInto,
  known,
  legacyColumn,
  ONCE,
  present,
  write,
  type StatementContext,
} from './statement-context.js'

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

/** What parsing found of a planned transaction. */
interface Parsed {
  readonly isProven: string
  readonly isCoinbase: string
  readonly merkleIndex: string
}

/** A proof proves its transaction and its index is right, unless `txk_scan` says otherwise. */
const SCANNED: Parsed = {
  isProven: '(sc.n is null or sc.path_ok = 1)',
  isCoinbase: 'sc.is_coinbase = 1',
  merkleIndex: 'coalesce(sc.merkle_index, p."index")',
}

const SOUND: Parsed = { isProven: '1 = 1', isCoinbase: '1 = 0', merkleIndex: 'p."index"' }

/** The columns a transaction row is made of, in order, and where each comes from. */
function transactionColumns(
  context: StatementContext,
  { isProven, isCoinbase, merkleIndex }: Parsed,
): readonly (readonly [column: string, value: string])[] {
  const proof = (value: string): string => `case when ${isProven} then ${value} end`
  const request = (column: string, fallback: string): string =>
    legacyColumn(context, 'proven_tx_reqs', 'r', column, fallback)
  return [
    ['created_at', 'q.created_at'],
    ['updated_at', 'q.updated_at'],
    [
      'transactionId',
      `coalesce(old."transactionId", ${context.dialect.newNumber('transactions_new', 'transactionId')})`,
    ],
    ['txid', 'q.txid'],
    ['processing', 'st.processing'],
    ['processing_changed_at', 'q.updated_at'],
    ['next_action_at', 'case when st.terminal = 1 then null else q.created_at end'],
    ['attempts', 'coalesce(r.attempts, 0)'],
    ['rebroadcast_cycles', `coalesce(${request('rebroadcastAttempts', '0')}, 0)`],
    ['was_broadcast', `case when ${request('wasBroadcast', '0')} <> 0 then 1 else 0 end`],
    ['batch', request('batch', 'null')],
    ['height', proof('p.height')],
    ['merkle_index', proof(merkleIndex)],
    ['merkle_root', proof('p."merkleRoot"')],
    ['block_hash', proof('p."blockHash"')],
    ['is_coinbase', `case when ${isCoinbase} or (${isProven} and ${merkleIndex} = 0) then 1 else 0 end`],
    ['frozen_reason', 'st.frozen_reason'],
    ['legacy_proven_id', 'q.proven_id'],
    ['legacy_req_id', 'q.req_id'],
    ['merkle_path', proof('p."merklePath"')],
    ['raw_tx', plannedRawTx('ur')],
    [
      'input_beef',
      `case when q.beef_row_id is not null then ub."inputBEEF"
      when q.beef_req_id is not null then (select x."inputBEEF" from proven_tx_reqs x where x."provenTxReqId" = q.beef_req_id)
      when ${present('r."inputBEEF"')} then r."inputBEEF" end`,
    ],
  ]
}

/** `txk_plan_tx` and `txk_scan` → `transactions_new`. `replace` overwrites what is there by its number. */
export function writeTransactions(context: StatementContext, mode: 'insert' | 'replace'): readonly string[] {
  // A new row gets its number from its table.
  const columns = transactionColumns(context, SCANNED).filter(
    ([column]) => mode === 'replace' || column !== 'transactionId',
  )
  const from = `from txk_plan_tx q
  ${context.dialect.joinInOrder} txk_status st on st.score = q.score
  left join txk_scan sc on sc.n = q.n
  ${mode === 'replace' ? 'left join transactions_new old on old.txid = q.txid' : ''}
  ${LEGACY_ROWS}
  where true`
  return write(context.dialect, mode, { table: 'transactions_new', key: 'transactionId', columns, from, order: 'q.n' })
}

/** The legacy rows a plan names. */
const LEGACY_ROWS = `left join proven_txs p on p."provenTxId" = q.proven_id
  left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
  left join transactions ur on ur."transactionId" = q.raw_row_id
  left join transactions ub on ub."transactionId" = q.beef_row_id`

/**
 * What `work` numbers → `transactions_new`, all txids that one user's row at most is of and that have nothing wrong with them, taken
 * for sound, without a plan in between. Nothing differs in case only.
 */
export function writePlainTransactions(
  context: StatementContext,
  work: string,
  { numbered, areShared }: { readonly numbered?: TransactionPlan['numbered']; readonly areShared: boolean },
): string {
  const { columns, source } = transactionPlan(context, { work, isPlain: true, isOdd: false, numbered })
  const aliased = columns.map(([column, value]) => `${value} as ${column}`)
  const written = transactionColumns(context, SOUND).filter(([column]) => column !== 'transactionId')
  const alone = areShared ? 'and (select count(*) from migration_scan_keys c where c.txid = q.txid) < 2' : ''
  return `${insertInto(context.dialect, 'transactions_new', written)}
  from (select ${aliased.join(',\n    ')}
    from ${source} ${ONCE}) q
  ${context.dialect.joinInOrder} txk_status st on st.score = q.score
  ${LEGACY_ROWS}
  where ${hasNoAnomaly('q.anomalies')} ${alone} ${context.dialect.orderAgain('q.n')}`
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
