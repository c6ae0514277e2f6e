import { TX_ANOMALIES } from './derive-transactions.js'
import { ACTION_ANOMALIES } from './derive-actions.js'
import { OUTPUT_ANOMALIES } from './derive-outputs.js'
import type { StatementContext } from './statement-context.js'

/** One class of finding of a plan: how its rows are written, and on which bit. */
export interface FindingStatement {
  readonly bit: number
  readonly sql: string
}

interface FindingRule {
  readonly table: string
  readonly key1: string
  readonly action: string
  readonly original: string
}

/** JSON text of columns that are no bytes in any sound wallet; bytes are shown in hex, for JSON cannot hold them. */
function original(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(
    ([name, column]) => `'${name}', case when typeof(${column}) = 'blob' then hex(${column}) else ${column} end`,
  )
  return `json_object(${entries.join(', ')})`
}

const INTO = 'insert into migration_findings (class, table_name, key1, key2, action, original_json)'

/** Which legacy row of a txid a finding points at. */
const TX_ROW = {
  table: `case when q.first_row_id is not null then 'transactions' when q.req_id is not null then 'proven_tx_reqs' else 'proven_txs' end`,
  key1: 'coalesce(q.first_row_id, q.req_id, q.proven_id)',
}
const RAW_ROW = {
  table: `case q.raw_source when 1 then 'proven_txs' when 2 then 'proven_tx_reqs' else 'transactions' end`,
  key1: `case q.raw_source when 1 then q.proven_id when 2 then q.req_id else q.raw_row_id end`,
}
const REQUEST_ROW = { table: "'proven_tx_reqs'", key1: 'q.req_id' }
const PROOF_ROW = { table: "'proven_txs'", key1: 'q.proven_id' }

const STATUSES = original({ status: 'u.status', request: 'r.status' })

const TX_RULES: Readonly<Record<keyof typeof TX_ANOMALIES, FindingRule>> = {
  'raw-tx-hash-mismatch': {
    ...RAW_ROW,
    action: 'kept the bytes, never parsed; coins without a stored script are withheld',
    original: original({ rawTxBytes: 'length(t.raw_tx)' }),
  },
  'bad-proof': {
    ...PROOF_ROW,
    action: 'the proof is not used; the transaction is seen and will be proven again',
    original: original({
      height: 'p.height',
      index: 'p."index"',
      merkleRoot: 'p."merkleRoot"',
      blockHash: 'p."blockHash"',
    }),
  },
  'missing-raw-tx': { ...TX_ROW, action: 'kept; coins without a stored script are not spendable', original: STATUSES },
  'unknown-status': { ...TX_ROW, action: 'frozen until an operator decides', original: STATUSES },
  'completed-without-proof': { ...TX_ROW, action: 'seen, so that its proof is asked for again', original: STATUSES },
  'users-disagree': { ...TX_ROW, action: 'the most advanced status won', original: STATUSES },
  'stale-request': {
    ...REQUEST_ROW,
    action: 'the stored proof won over the status of the request',
    original: original({ status: 'r.status' }),
  },
  'orphan-proof': { ...PROOF_ROW, action: 'kept as a transaction without an action', original: 'null' },
  'orphan-request': {
    ...REQUEST_ROW,
    action: 'kept as a transaction without an action',
    original: original({ status: 'r.status' }),
  },
  'txid-case': {
    ...TX_ROW,
    action: 'rows whose txids differ only in case became one transaction',
    original: original({ proofs: 'q.proofs', requests: 'q.reqs', rows: 'q.users' }),
  },
  'unreadable-timestamp': {
    ...TX_ROW,
    action: 'became the start of 1970',
    original: original({
      proofCreated: 'p.created_at',
      proofUpdated: 'p.updated_at',
      requestCreated: 'r.created_at',
      requestUpdated: 'r.updated_at',
    }),
  },
}

/** Findings of the planned transactions, one statement per class. */
export function transactionFindings({ dialect }: StatementContext): FindingStatement[] {
  return Object.entries(TX_RULES).map(([name, rule]) => {
    const bit = TX_ANOMALIES[name as keyof typeof TX_ANOMALIES]
    return {
      bit,
      sql: `${INTO} select '${name}', ${rule.table}, ${rule.key1}, q.txid, '${rule.action}', ${rule.original}
        from txk_plan_state s ${dialect.joinInOrder} txk_plan_tx q on q.n = s.n
        left join transactions_new t on t.txid = q.txid
        left join proven_txs p on p."provenTxId" = q.proven_id
        left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
        left join transactions u on u."transactionId" = q.first_row_id
        where (s.anomalies & ${bit}) <> 0 order by q.n`,
    }
  })
}

/**
 * Requests whose history is not a JSON object, told by the `legacy.history` rows above a number: what is not JSON was written as
 * a JSON string, so the first character says it and nothing is parsed twice.
 */
export function historyFindings({ dialect }: StatementContext): string {
  const join = dialect.joinInOrder
  return `${INTO} select 'broken-history', 'proven_tx_reqs', t.legacy_req_id, t.txid, 'kept verbatim, as a JSON string when it is no JSON', null
    from tx_audit x ${join} transactions_new t on t."transactionId" = x."transactionId"
    where x."auditId" > ? and x.event = 'legacy.history' and substr(ltrim(x.details_json), 1, 1) <> '{' order by x."auditId"`
}

const ACTION_RULES: Readonly<Record<keyof typeof ACTION_ANOMALIES, readonly [action: string, original: string]>> = {
  'duplicate-action': [
    'kept as an aborted action without transaction; the keeper has its coins and labels',
    original({ status: 'u.status', txid: 'u.txid', keeper: 'q.keeper_id' }),
  ],
  'empty-txid': ['an empty txid is no txid: kept as a draft', original({ status: 'u.status' })],
  'unreadable-timestamp': [
    'became the start of 1970',
    original({ created_at: 'u.created_at', updated_at: 'u.updated_at' }),
  ],
  'satoshis-out-of-range': ['kept as it is', original({ satoshis: 'u.satoshis' })],
  'unknown-status': ['kept as a draft', original({ status: 'u.status' })],
}

/** Findings of the planned actions, one statement per class. */
export function actionFindings({ dialect }: StatementContext): FindingStatement[] {
  return Object.entries(ACTION_RULES).map(([name, [action, original]]) => {
    const bit = ACTION_ANOMALIES[name as keyof typeof ACTION_ANOMALIES]
    return {
      bit,
      sql: `${INTO} select '${name}', 'transactions', q.id, nullif(lower(u.txid), ''), '${action}', ${original}
        from txk_plan_action q ${dialect.joinInOrder} transactions u on u."transactionId" = q.id where (q.anomalies & ${bit}) <> 0 order by q.id`,
    }
  })
}

const OUTPUT_RULES: Readonly<Record<keyof typeof OUTPUT_ANOMALIES, readonly [action: string, original: string]>> = {
  'orphan-output': ['given a placeholder action and withheld', original({ transactionId: 'o."transactionId"' })],
  'foreign-output-owner': [
    'kept with its user and its action',
    original({ userId: 'o."userId"', transactionId: 'o."transactionId"' }),
  ],
  'dangling-spent-by': [
    'unspent when its flag said so, else withheld',
    original({ spentBy: 'o."spentBy"', spendable: 'o.spendable' }),
  ],
  'output-txid-mismatch': [
    'the txid of its transaction won; withheld when the script is another',
    original({ txid: 'o.txid' }),
  ],
  'missing-script': ['kept, not spendable', 'null'],
  'script-slice-outside': [
    'kept, not spendable: the script would lie outside the raw transaction',
    original({ scriptOffset: 'o."scriptOffset"', scriptLength: 'o."scriptLength"' }),
  ],
  'phantom-coin': [
    'marked spent by the live transaction that consumes it',
    original({ spentBy: 'o."spentBy"', spendable: 'o.spendable', holder: 'q.holder', consumer: 'q.consumer' }),
  ],
  'duplicate-output': [
    'one row kept for the outpoint, the others withheld',
    original({ transactionId: 'o."transactionId"', spentBy: 'o."spentBy"' }),
  ],
  'immature-coinbase': ['not spendable before its block is 100 deep', original({ height: 'q.height' })],
  'satoshis-out-of-range': ['kept as it is and withheld', original({ satoshis: 'o.satoshis' })],
  'unreadable-timestamp': [
    'became the start of 1970',
    original({ created_at: 'o.created_at', updated_at: 'o.updated_at' }),
  ],
  'raw-tx-hash-mismatch': ['withheld: its script would come from the bytes of some other transaction', 'null'],
}

/** Findings of the planned outputs, one statement per class. */
export function outputFindings({ dialect }: StatementContext): FindingStatement[] {
  return Object.entries(OUTPUT_RULES).map(([name, [action, original]]) => {
    const bit = OUTPUT_ANOMALIES[name as keyof typeof OUTPUT_ANOMALIES]
    const key2 =
      name === 'phantom-coin'
        ? '(select ct.txid from transactions_new ct where ct."transactionId" = q.consumer)'
        : 'q.txid'
    return {
      bit,
      sql: `${INTO} select '${name}', 'outputs', q.id, ${key2}, '${action}', ${original}
        from txk_plan_output q ${dialect.joinInOrder} outputs o on o."outputId" = q.id where (q.anomalies & ${bit}) <> 0 order by q.id`,
    }
  })
}

/** Rows that point to nothing and stay in the legacy table. */
export function orphanFindings({
  dialect,
}: StatementContext): Readonly<Record<'commissions' | 'labels' | 'tags', string>> {
  const join = dialect.joinInOrder
  // Catching up may have come by before the pass did.
  const isNew = (table: string, key1: string, key2?: string): string =>
    `not exists (select 1 from migration_findings f where f.table_name = '${table}' and f.key1 = ${dialect.text(key1)}${
      key2 === undefined ? '' : ` and f.key2 = ${dialect.text(key2)}`
    })`
  return {
    commissions: `${INTO} select 'orphan-commission', 'commissions', c."commissionId", null, 'left in the legacy table',
      json_object('transactionId', c."transactionId", 'satoshis', c.satoshis)
    from txk_work_commission w ${join} commissions c on c."commissionId" = w.id
    where not exists (select 1 from transactions u where u."transactionId" = c."transactionId") and ${isNew('commissions', 'c."commissionId"')}`,
    labels: `${INTO} select 'orphan-label-map', 'tx_labels_map', m."txLabelId", m."transactionId", 'left in the legacy table', null
    from txk_work_label w ${join} tx_labels_map m on m."transactionId" = w.id
    where (not exists (select 1 from transactions u where u."transactionId" = m."transactionId")
      or not exists (select 1 from tx_labels l where l."txLabelId" = m."txLabelId"))
      and ${isNew('tx_labels_map', 'm."txLabelId"', 'm."transactionId"')}`,
    tags: `${INTO} select 'orphan-tag-map', 'output_tags_map', m."outputTagId", m."outputId", 'left in the legacy table', null
    from txk_work_tag w ${join} output_tags_map m on m."outputId" = w.id
    where (not exists (select 1 from outputs o where o."outputId" = m."outputId")
      or not exists (select 1 from output_tags g where g."outputTagId" = m."outputTagId"))
      and ${isNew('output_tags_map', 'm."outputTagId"', 'm."outputId"')}`,
  }
}
