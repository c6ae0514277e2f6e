import type { FindingClass } from '../../finding-class.js'
import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { LegacyTable } from '../schema/table-names.js'
import { TX_ANOMALIES } from './plan-transactions.js'
import { ACTION_ANOMALIES } from './derive-actions.js'
import { OUTPUT_ANOMALIES } from './plan-outputs.js'
import { REPEATED_COMMISSIONS } from './derive-attachments.js'
import { hasMissingValue, missingValues, type StatementContext } from './statement-context.js'

/** One class of finding of a plan: how its rows are written, and on which bit. */
export interface FindingStatement {
  readonly bit: number
  readonly sql: string
}

interface FindingRule {
  readonly table: string
  readonly key1: string
  readonly action: string
  readonly original: Original | null | typeof MISSING
}

/** Columns of the row a finding is about, by the names its JSON gives them. */
type Original = Readonly<Record<string, string>>

const INTO = 'insert into migration_findings (class, table_name, key1, key2, action, original_json)'

/** Which legacy row of a txid a finding points at. */
const TX_ROW = {
  table: `case when q.first_row_id is not null then 'transactions' when q.req_id is not null then 'proven_tx_reqs' else 'proven_txs' end`,
  key1: 'coalesce(q.first_row_id, q.req_id, q.proven_id)',
}
const RAW_ROW = {
  table: `case when q.raw_source in (1, 5) then 'proven_txs' when q.raw_source in (2, 4) then 'proven_tx_reqs' else 'transactions' end`,
  key1: `case q.raw_source when 1 then q.proven_id when 2 then q.req_id when 4 then q.raw_req_id when 5 then q.raw_proven_id else q.raw_row_id end`,
}
const REQUEST_ROW = { table: "'proven_tx_reqs'", key1: 'q.req_id' }
const PROOF_ROW = { table: "'proven_txs'", key1: 'q.proven_id' }

/** Stands for JSON text with the names of what is missing: which columns can be depends on the database. */
const MISSING = '(missing)'
const STAND_IN = 'what is missing is empty, 0 or no'

/** What a rule says of the row, as JSON text. `table` and `alias` are those of the row. */
function originalJson(
  context: StatementContext,
  original: Original | null | typeof MISSING,
  table: LegacyTable,
  alias: string,
): string {
  if (original === null) return 'null'
  return original === MISSING ? missingValues(context, table, alias) : context.dialect.jsonObject(original)
}

const STATUSES: Original = { status: 'u.status', request: 'r.status' }

const TX_RULES: Readonly<Record<keyof typeof TX_ANOMALIES, FindingRule>> = {
  'raw-tx-hash-mismatch': {
    ...RAW_ROW,
    action: 'kept the bytes, never parsed; coins without a stored script are withheld',
    original: {
      rawTxBytes: `length(case q.raw_source when 1 then p."rawTx" when 2 then r."rawTx"
        when 3 then (select x."rawTx" from transactions x where x."transactionId" = q.raw_row_id)
        when 4 then (select x."rawTx" from proven_tx_reqs x where x."provenTxReqId" = q.raw_req_id)
        when 5 then (select x."rawTx" from proven_txs x where x."provenTxId" = q.raw_proven_id) end)`,
    },
  },
  'bad-proof': {
    ...PROOF_ROW,
    action: 'the proof is not used; the transaction is seen and will be proven again',
    original: {
      height: 'p.height',
      index: 'p."index"',
      merkleRoot: 'p."merkleRoot"',
      blockHash: 'p."blockHash"',
    },
  },
  'missing-raw-tx': { ...TX_ROW, action: 'kept; coins without a stored script are not spendable', original: STATUSES },
  'unknown-status': { ...TX_ROW, action: 'frozen until an operator decides', original: STATUSES },
  'completed-without-proof': { ...TX_ROW, action: 'seen, so that its proof is asked for again', original: STATUSES },
  'users-disagree': { ...TX_ROW, action: 'the most advanced status won', original: STATUSES },
  'stale-request': {
    ...REQUEST_ROW,
    action: 'the stored proof won over the status of the request',
    original: { status: 'r.status' },
  },
  'orphan-proof': { ...PROOF_ROW, action: 'kept as a transaction without an action', original: null },
  'orphan-request': {
    ...REQUEST_ROW,
    action: 'kept as a transaction without an action',
    original: { status: 'r.status' },
  },
  'txid-case': {
    ...TX_ROW,
    action: 'rows whose txids differ only in case became one transaction',
    original: { proofs: 'q.proofs', requests: 'q.reqs', rows: 'q.users' },
  },
  'unreadable-timestamp': {
    ...TX_ROW,
    action: 'became the start of 1970',
    original: {
      proofCreated: 'p.created_at',
      proofUpdated: 'p.updated_at',
      requestCreated: 'r.created_at',
      requestUpdated: 'r.updated_at',
    },
  },
  'wrong-type': {
    ...REQUEST_ROW,
    action: 'counted as set, as the legacy application read it',
    original: { wasBroadcast: 'r."wasBroadcast"' },
  },
  'missing-value': { ...REQUEST_ROW, action: STAND_IN, original: MISSING },
}

/** Findings of the planned transactions, one statement per class. */
export function transactionFindings(context: StatementContext): FindingStatement[] {
  return Object.entries(TX_RULES).map(([name, { original, ...rule }]) => {
    const bit = TX_ANOMALIES[name as keyof typeof TX_ANOMALIES]
    const values = originalJson(context, original, 'proven_tx_reqs', 'r')
    return {
      bit,
      sql: `${INTO} select '${name}', ${rule.table}, ${rule.key1}, q.txid, '${rule.action}', ${values}
        from txk_plan_tx q
        left join proven_txs p on p."provenTxId" = q.proven_id
        left join proven_tx_reqs r on r."provenTxReqId" = q.req_id
        left join transactions u on u."transactionId" = q.first_row_id
        where (q.anomalies & ${bit}) <> 0 order by q.n`,
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

const NAMELESS_ORIGINALS: Readonly<Record<'proven_tx_reqs' | 'proven_txs', Original>> = {
  proven_tx_reqs: { status: 'x.status', history: 'x.history' },
  proven_txs: { height: 'x.height', merkleRoot: 'x."merkleRoot"', blockHash: 'x."blockHash"' },
}

/** Requests or proofs without a txid: no transaction can be made of them. `from` names the rows `x`, and ends in a condition. */
export function namelessFindings(
  dialect: MigrationDialect,
  table: 'proven_tx_reqs' | 'proven_txs',
  column: string,
  from: string,
): string {
  return `${INTO} select distinct 'empty-txid', '${table}', x."${column}", null, '${LEFT_BEHIND}', ${dialect.jsonObject(NAMELESS_ORIGINALS[table])}
    from ${from} and (x.txid = '' or x.txid is null)`
}

type PlannedRule = readonly [action: string, original: Original | null | typeof MISSING]

const ACTION_RULES: Readonly<Record<keyof typeof ACTION_ANOMALIES, PlannedRule>> = {
  'duplicate-action': [
    'kept as an aborted action without transaction; the keeper has its coins and labels',
    { status: 'u.status', txid: 'u.txid', keeper: 'q.keeper_id' },
  ],
  'empty-txid': ['an empty txid is no txid: kept as a draft', { status: 'u.status' }],
  'unreadable-timestamp': ['became the start of 1970', { created_at: 'u.created_at', updated_at: 'u.updated_at' }],
  'satoshis-out-of-range': ['kept as it is', { satoshis: 'u.satoshis' }],
  'unknown-status': ['kept as a draft', { status: 'u.status' }],
  'missing-value': [STAND_IN, MISSING],
  'duplicate-reference': ['given a reference made of its number', { reference: 'u.reference' }],
}

/** Findings of the planned actions, one statement per class. */
export function actionFindings(context: StatementContext): FindingStatement[] {
  const { dialect } = context
  return Object.entries(ACTION_RULES).map(([name, [action, original]]) => {
    const bit = ACTION_ANOMALIES[name as keyof typeof ACTION_ANOMALIES]
    const values = originalJson(context, original, 'transactions', 'u')
    return {
      bit,
      sql: `${INTO} select '${name}', 'transactions', q.id, nullif(lower(u.txid), ''), '${action}', ${values}
        from txk_plan_action q ${dialect.joinInOrder} transactions u on u."transactionId" = q.id where (q.anomalies & ${bit}) <> 0 order by q.id`,
    }
  })
}

const OUTPUT_RULES: Readonly<Record<keyof typeof OUTPUT_ANOMALIES, PlannedRule>> = {
  'orphan-output': ['given a placeholder action and withheld', { transactionId: 'o."transactionId"' }],
  'foreign-output-owner': [
    'kept with its user and its action',
    { userId: 'o."userId"', transactionId: 'o."transactionId"' },
  ],
  'dangling-spent-by': [
    'unspent when its flag said so, else withheld',
    { spentBy: 'o."spentBy"', spendable: 'o.spendable' },
  ],
  'output-txid-mismatch': ['the txid of its transaction won; withheld when the script is another', { txid: 'o.txid' }],
  'missing-script': ['kept, not spendable', null],
  'script-slice-outside': [
    'kept, not spendable: the script would lie outside the raw transaction',
    { scriptOffset: 'o."scriptOffset"', scriptLength: 'o."scriptLength"' },
  ],
  'phantom-coin': [
    'marked spent by the live transaction that consumes it',
    { spentBy: 'o."spentBy"', spendable: 'o.spendable', holder: 'q.holder', consumer: 'q.consumer' },
  ],
  'duplicate-output': [
    'one row kept for the outpoint, the others withheld',
    { transactionId: 'o."transactionId"', spentBy: 'o."spentBy"' },
  ],
  'immature-coinbase': ['not spendable before its block is 100 deep', { height: 'q.height' }],
  'satoshis-out-of-range': ['kept as it is and withheld', { satoshis: 'o.satoshis' }],
  'unreadable-timestamp': ['became the start of 1970', { created_at: 'o.created_at', updated_at: 'o.updated_at' }],
  'raw-tx-hash-mismatch': ['withheld: its script would come from the bytes of some other transaction', null],
  'missing-value': [`${STAND_IN}; a coin without amount, transaction or place is withheld`, MISSING],
  'orphan-basket': ['kept in no basket', { basketId: 'o."basketId"' }],
}

/** Findings of the planned outputs, one statement per class. */
export function outputFindings(context: StatementContext): FindingStatement[] {
  const { dialect } = context
  return Object.entries(OUTPUT_RULES).map(([name, [action, original]]) => {
    const bit = OUTPUT_ANOMALIES[name as keyof typeof OUTPUT_ANOMALIES]
    const values = originalJson(context, original, 'outputs', 'o')
    const key2 =
      name === 'phantom-coin'
        ? '(select ct.txid from transactions_new ct where ct."transactionId" = q.consumer)'
        : 'q.txid'
    return {
      bit,
      sql: `${INTO} select '${name}', 'outputs', q.id, ${key2}, '${action}', ${values}
        from txk_plan_output q ${dialect.joinInOrder} outputs o on o."outputId" = q.id where (q.anomalies & ${bit}) <> 0 order by q.id`,
    }
  })
}

/** Commissions, labels and tags: rows that point to nothing, come twice or lack a value. In order, and each only once. */
export function attachmentFindings(
  context: StatementContext,
): Readonly<Record<'commissions' | 'labels' | 'tags', readonly string[]>> {
  const { dialect, loose } = context
  const join = dialect.joinInOrder
  // Catching up may have come by before the pass did.
  const isNew = (name: FindingClass, table: string, key1: string, key2?: string): string =>
    `not exists (select 1 from migration_findings f where f.table_name = '${table}' and f.class = '${name}' and f.key1 = ${dialect.text(key1)}${
      key2 === undefined ? '' : ` and f.key2 = ${dialect.text(key2)}`
    })`
  const commission = (name: FindingClass, action: string, values: string, condition: string): string =>
    `${INTO} select '${name}', 'commissions', c."commissionId", null, '${action}', ${values}
    from txk_work_commission w ${join} commissions c on c."commissionId" = w.id
    where ${condition} and ${isNew(name, 'commissions', 'c."commissionId"')}`
  const label = (name: FindingClass, action: string, condition: string): string =>
    `${INTO} select distinct '${name}', 'tx_labels_map', m."txLabelId", m."transactionId", '${action}', null
    from txk_work_label w ${join} tx_labels_map m on m."transactionId" = w.id
    where ${condition} and ${isNew(name, 'tx_labels_map', 'm."txLabelId"', 'm."transactionId"')}`
  const tag = (name: FindingClass, action: string, condition: string): string =>
    `${INTO} select distinct '${name}', 'output_tags_map', m."outputTagId", m."outputId", '${action}', null
    from txk_work_tag w ${join} output_tags_map m on m."outputId" = w.id
    where ${condition} and ${isNew(name, 'output_tags_map', 'm."outputTagId"', 'm."outputId"')}`
  const isOwned = 'exists (select 1 from transactions u where u."transactionId" = c."transactionId")'
  return {
    commissions: [
      commission(
        'orphan-commission',
        LEFT_BEHIND,
        dialect.jsonObject({ transactionId: 'c."transactionId"', satoshis: 'c.satoshis' }),
        `not ${isOwned}`,
      ),
      ...(loose.commissions
        ? [
            commission(
              'duplicate-commission',
              LEFT_BEHIND,
              dialect.jsonObject({
                transactionId: 'c."transactionId"',
                satoshis: 'c.satoshis',
                keyOffset: 'c."keyOffset"',
                isRedeemed: 'c."isRedeemed"',
                lockingScript: 'c."lockingScript"',
              }),
              `c."commissionId" in (${REPEATED_COMMISSIONS}) and ${isOwned}`,
            ),
          ]
        : []),
      ...(loose.nullable.commissions.size > 0
        ? [
            commission(
              'missing-value',
              STAND_IN,
              missingValues(context, 'commissions', 'c'),
              `${hasMissingValue(context, 'commissions', 'c')} and ${isOwned}`,
            ),
          ]
        : []),
    ],
    labels: [
      label(
        'orphan-label-map',
        LEFT_BEHIND,
        `(not exists (select 1 from transactions u where u."transactionId" = m."transactionId")
          or not exists (select 1 from tx_labels l where l."txLabelId" = m."txLabelId"))`,
      ),
      ...(loose.labels
        ? [
            label(
              'duplicate-map',
              MERGED,
              `(select count(*) from tx_labels_map x where x."txLabelId" = m."txLabelId" and x."transactionId" = m."transactionId") > 1`,
            ),
          ]
        : []),
      ...(loose.nullable.tx_labels_map.size > 0
        ? [label('missing-value', STAND_IN, hasMissingValue(context, 'tx_labels_map', 'm'))]
        : []),
    ],
    tags: [
      tag(
        'orphan-tag-map',
        LEFT_BEHIND,
        `(not exists (select 1 from outputs o where o."outputId" = m."outputId")
          or not exists (select 1 from output_tags g where g."outputTagId" = m."outputTagId"))`,
      ),
      ...(loose.tags
        ? [
            tag(
              'duplicate-map',
              MERGED,
              `(select count(*) from output_tags_map x where x."outputTagId" = m."outputTagId" and x."outputId" = m."outputId") > 1`,
            ),
          ]
        : []),
      ...(loose.nullable.output_tags_map.size > 0
        ? [tag('missing-value', STAND_IN, hasMissingValue(context, 'output_tags_map', 'm'))]
        : []),
    ],
  }
}

const LEFT_BEHIND = 'left in the legacy table'
const MERGED = 'became one, deleted when every row of it says so'
