import { keptName, type LegacyTable } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'
import { findLegacyRows } from './collect-written.js'
import type { LegacyColumns } from './legacy-columns.js'
import { numberOf, upsert, upsertNumbered, type Projected } from './upsert-projected.js'
import { DRAFT } from './work-tables.js'

/** A BEEF of nothing: legacy code builds on it and looks the ancestors up itself, but refuses to send a request without one. */
const EMPTY_BEEF: Uint8Array = Uint8Array.of(0x01, 0x00, 0xbe, 0xef, 0x00, 0x00)
const NO_BYTES: Uint8Array = new Uint8Array(0)

/**
 * `txk_back_*` → the kept legacy tables, as far as the legacy schema has a word for it: statuses by the way back of `@txkeep/fsm`,
 * requests and proofs under the numbers they had, `spendable` as "unspent and not withheld". What is not projected keeps the value
 * its row has. A pure function of our current rows: done twice, it changes nothing. Inside a transaction.
 *
 * Source: docs/spec/migration.md §6, docs/spec/lifecycle.md §7.
 */
export async function projectRows(session: SqlSession, columns: LegacyColumns): Promise<void> {
  await findLegacyRows(session)
  await removeProofs(session)
  await projectProofs(session, columns)
  await findLegacyRows(session)
  await projectRequests(session, columns)
  await projectActions(session, columns)
  await projectOutputs(session, columns)
  await projectAttachments(session, columns)
  await removeWhatIsGone(session)
}

/** Only a confirmed transaction has a proof in the legacy schema; a row there would count as one. */
async function removeProofs(session: SqlSession): Promise<void> {
  const { changes } = await session.run(
    `insert into txk_back_proof_gone (id) select w.proven_id from txk_back_tx w
     left join transactions t on t."transactionId" = w.transaction_id
     where w.proven_id is not null and coalesce(t.processing, '') <> 'confirmed'`,
  )
  if (changes === 0) return
  for (const table of ['proven_tx_reqs', 'transactions'] as const) {
    await session.run(
      `update ${keptName(table)} set "provenTxId" = null where "provenTxId" in (select id from txk_back_proof_gone)`,
    )
  }
  await session.run(`delete from proven_txs_legacy where "provenTxId" in (select id from txk_back_proof_gone)`)
}

async function projectProofs(session: SqlSession, columns: LegacyColumns): Promise<void> {
  const projected: readonly Projected[] = [
    { column: 'created_at', value: 't.updated_at', onUpdate: null },
    { column: 'updated_at', value: 't.updated_at' },
    { column: 'txid', value: 't.txid', onUpdate: null },
    { column: 'height', value: 't.height' },
    { column: 'index', value: 'coalesce(t.merkle_index, 0)' },
    { column: 'merklePath', value: 't.merkle_path' },
    rawTx(columns, 'proven_txs', 'p'),
    { column: 'blockHash', value: "coalesce(t.block_hash, '')" },
    { column: 'merkleRoot', value: "coalesce(t.merkle_root, '')" },
  ]
  const from = `from txk_back_tx w ${session.dialect.joinInOrder} transactions t on t."transactionId" = w.transaction_id
     left join proven_txs_legacy p on p."provenTxId" = w.proven_id where t.processing = 'confirmed'`
  const number = numberOf('w.proven_id', 't.legacy_proven_id', 'proven_txs_legacy', 'provenTxId')
  await upsertNumbered(session, columns, 'proven_txs', 'provenTxId', projected, number, from)
}

async function projectRequests(session: SqlSession, columns: LegacyColumns): Promise<void> {
  const projected: readonly Projected[] = [
    { column: 'created_at', value: 't.created_at', onUpdate: null },
    { column: 'updated_at', value: 't.updated_at' },
    { column: 'provenTxId', value: "case when t.processing = 'confirmed' then w.proven_id end" },
    { column: 'status', value: 's.req_status' },
    { column: 'attempts', value: 't.attempts' },
    {
      column: 'notified',
      value: "case when t.processing = 'confirmed' then 1 else coalesce(r.notified, 0) end",
    },
    { column: 'txid', value: 't.txid', onUpdate: null },
    { column: 'batch', value: 't.batch' },
    { column: 'history', value: "'{}'", onUpdate: null },
    { column: 'notify', value: "'{}'", onUpdate: null },
    rawTx(columns, 'proven_tx_reqs', 'r'),
    { column: 'inputBEEF', value: 'coalesce(t.input_beef, r."inputBEEF", ?)', bindings: [EMPTY_BEEF] },
    { column: 'wasBroadcast', value: 't.was_broadcast' },
    { column: 'rebroadcastAttempts', value: 't.rebroadcast_cycles' },
  ]
  const join = session.dialect.joinInOrder
  const from = `from txk_back_tx w ${join} transactions t on t."transactionId" = w.transaction_id
     ${join} txk_back_status s on s.processing = t.processing and s.aborted = 0 and s.outgoing = 1
     left join proven_tx_reqs_legacy r on r."provenTxReqId" = w.req_id where (t.raw_tx is not null or w.req_id is not null)`
  const number = numberOf('w.req_id', 't.legacy_req_id', 'proven_tx_reqs_legacy', 'provenTxReqId')
  await upsertNumbered(session, columns, 'proven_tx_reqs', 'provenTxReqId', projected, number, from)
  await findLegacyRows(session)
  await notifyActions(session)
}

/** Whom a request tells: JSON that is read and written here, because engines differ in it. Other keys of it stay. */
async function notifyActions(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  const rows = await session.all<{ id: number; notify: string | null; actionId: number }>(
    `select w.req_id as id, r.notify, a."actionId" as actionId from txk_back_tx w
     ${join} proven_tx_reqs_legacy r on r."provenTxReqId" = w.req_id
     ${join} actions a on a."transactionId" = w.transaction_id order by w.req_id, a."actionId"`,
  )
  const requests = new Map<number, { notify: string | null; actionIds: number[] }>()
  for (const { id, notify, actionId } of rows) {
    const request = requests.get(id) ?? { notify, actionIds: [] }
    request.actionIds.push(actionId)
    requests.set(id, request)
  }
  for (const [id, { notify, actionIds }] of requests) {
    const parsed = parseObject(notify)
    const known: unknown[] = Array.isArray(parsed['transactionIds']) ? parsed['transactionIds'] : []
    const missing = actionIds.filter((actionId) => !known.includes(actionId))
    if (missing.length === 0) continue
    await session.run('update proven_tx_reqs_legacy set notify = ? where "provenTxReqId" = ?', [
      JSON.stringify({ ...parsed, transactionIds: [...known, ...missing].sort((a, b) => Number(a) - Number(b)) }),
      id,
    ])
  }
}

async function projectActions(session: SqlSession, columns: LegacyColumns): Promise<void> {
  const { dialect } = session
  const join = dialect.joinInOrder
  const proof = `case when t.processing = 'confirmed' then coalesce(
      (select p."provenTxId" from proven_txs_legacy p where p."provenTxId" = t.legacy_proven_id and lower(p.txid) = t.txid),
      (select p."provenTxId" from proven_txs_legacy p where p.txid = t.txid)) end`
  // Ours are one user's, the legacy ones everybody's.
  const isTaken = `(f.first_id <> a."actionId" or exists (
      select 1 from transactions_legacy x where x.reference = a.reference and x."transactionId" <> a."actionId"))`
  const projected: readonly Projected[] = [
    { column: 'created_at', value: 'a.created_at', onUpdate: null },
    { column: 'updated_at', value: dialect.greatest('a.updated_at', 'coalesce(t.updated_at, a.updated_at)') },
    { column: 'transactionId', value: 'a."actionId"', onUpdate: null },
    { column: 'userId', value: 'a."userId"', onUpdate: null },
    { column: 'provenTxId', value: proof },
    { column: 'status', value: 's.tx_status' },
    {
      column: 'reference',
      value: `case when ${isTaken} then substr(a.reference, 1, 40) || '#' || a."actionId" else a.reference end`,
      onUpdate: null,
    },
    { column: 'isOutgoing', value: 'a."isOutgoing"' },
    { column: 'satoshis', value: 'a.satoshis_delta' },
    { column: 'version', value: 'a.version' },
    { column: 'lockTime', value: 'a.lock_time' },
    { column: 'description', value: 'a.description' },
    { column: 'txid', value: 'case when lower(u.txid) = t.txid then u.txid else t.txid end' },
    {
      column: 'inputBEEF',
      value: `case when t."transactionId" is null then a.draft_input_beef when coalesce(u.txid, '') <> '' then u."inputBEEF" end`,
    },
  ]
  const from = `from txk_back_action w ${join} actions a on a."actionId" = w.id
     left join transactions t on t."transactionId" = a."transactionId"
     ${join} txk_back_status s on s.processing = coalesce(t.processing, '${DRAFT}') and s.aborted = a.user_aborted and s.outgoing = a."isOutgoing"
     left join transactions_legacy u on u."transactionId" = w.id
     left join (select x.reference, min(x."actionId") as first_id from txk_back_action y join actions x on x."actionId" = y.id
       group by x.reference) f on f.reference = a.reference
     where true`
  await forgetOrphans(session, 'txk_back_action', 'transactions', 'transactionId', ['commissions', 'tx_labels_map'])
  await upsert(session, columns, 'transactions', 'transactionId', projected, from)
  // A duplicate follows its keeper, unless it failed by itself.
  await session.run(
    `update transactions_legacy set
       status = (select k.status from migration_scan_twins tw join transactions_legacy k on k."transactionId" = tw.keeper_id where tw.action_id = transactions_legacy."transactionId"),
       "provenTxId" = (select k."provenTxId" from migration_scan_twins tw join transactions_legacy k on k."transactionId" = tw.keeper_id where tw.action_id = transactions_legacy."transactionId")
     where status <> 'failed' and "transactionId" in (
       select tw.action_id from txk_back_action w join migration_scan_twins tw on tw.keeper_id = w.id)`,
  )
}

/** Columns that are in both schemas and mean the same. */
export const SAME_OUTPUT_COLUMNS = [
  'basketId',
  'change',
  'vout',
  'satoshis',
  'providedBy',
  'purpose',
  'type',
  'outputDescription',
  'txid',
  'senderIdentityKey',
  'derivationPrefix',
  'derivationSuffix',
  'customInstructions',
  'sequenceNumber',
  'spendingDescription',
  'scriptLength',
  'scriptOffset',
  'lockingScript',
] as const

async function projectOutputs(session: SqlSession, columns: LegacyColumns): Promise<void> {
  const { dialect } = session
  const projected: readonly Projected[] = [
    { column: 'created_at', value: 'o.created_at', onUpdate: null },
    { column: 'updated_at', value: 'o.updated_at' },
    { column: 'outputId', value: 'o."outputId"', onUpdate: null },
    { column: 'userId', value: 'o."userId"', onUpdate: null },
    // Outputs never change hands under the new schema; where the move gave one another owner, the legacy row keeps its own.
    { column: 'transactionId', value: 'o."actionId"', onUpdate: null },
    {
      column: 'spendable',
      value: 'case when o."spentByActionId" is null and o.withheld is null then 1 else 0 end',
    },
    { column: 'spentBy', value: 'o."spentByActionId"' },
    ...SAME_OUTPUT_COLUMNS.map((column): Projected => ({ column, value: `o.${dialect.schema.quote(column)}` })),
  ]
  const from = `from txk_back_output w ${dialect.joinInOrder} outputs o on o."outputId" = w.id where true`
  // Places may have been exchanged: for a moment nobody has one.
  await session.run(
    `update outputs_legacy set vout = -"outputId" - 1 where "outputId" in (
       select w.id from txk_back_output w ${dialect.joinInOrder} outputs o on o."outputId" = w.id
       ${dialect.joinInOrder} outputs_legacy l on l."outputId" = w.id where l.vout <> o.vout)`,
  )
  await forgetOrphans(session, 'txk_back_output', 'outputs', 'outputId', ['output_tags_map'])
  await upsert(session, columns, 'outputs', 'outputId', projected, from)
}

/** What the legacy wallet had hanging on a number that named nothing must not hang on the new row that has it now. */
async function forgetOrphans(
  session: SqlSession,
  work: string,
  parent: LegacyTable,
  key: string,
  tables: readonly LegacyTable[],
): Promise<void> {
  for (const table of tables) {
    await session.run(
      `delete from ${keptName(table)} where "${key}" in (
         select w.id from ${work} w where not exists (select 1 from ${keptName(parent)} l where l."${key}" = w.id))`,
    )
  }
}

/** Commissions and maps are small and have nothing of their own in the legacy schema: written anew, where their parent is. */
async function projectAttachments(session: SqlSession, columns: LegacyColumns): Promise<void> {
  const { joinInOrder: join, stored } = session.dialect
  const written = (table: string): string => `from migration_batch b where b.table_name = '${table}'`
  await session.run(`delete from commissions_legacy where "commissionId" in (select b.key1 ${written('commissions')})`)
  await upsert(
    session,
    columns,
    'commissions',
    'commissionId',
    [
      ...[
        'created_at',
        'updated_at',
        'commissionId',
        'userId',
        'satoshis',
        'keyOffset',
        'isRedeemed',
        'lockingScript',
      ].map((column): Projected => ({ column, value: `c.${session.dialect.schema.quote(column)}` })),
      { column: 'transactionId', value: 'c."actionId"' },
    ],
    `from (select distinct b.key1 as id ${written('commissions')}) w ${join} commissions c on c."commissionId" = w.id
     ${join} transactions_legacy l on l."transactionId" = c."actionId" where true`,
  )
  for (const { table, key, ours, legacy, parent } of MAPS) {
    await session.run(
      `delete from ${keptName(table)} where ("${key}", "${legacy}") in (select b.key1, ${session.dialect.number('b.key2')} ${written(table)})`,
    )
    await session.run(
      `insert into ${keptName(table)} (created_at, updated_at, "${key}", "${legacy}", "isDeleted")
       select ${stored('created_at', 'm.created_at')}, ${stored('updated_at', 'm.updated_at')}, m."${key}", m."${ours}", ${stored('isDeleted', 'm."isDeleted"')}
       from (select distinct b.key1 as one, ${session.dialect.number('b.key2')} as other ${written(table)}) w
       ${join} ${table} m on m."${key}" = w.one and m."${ours}" = w.other
       ${join} ${keptName(parent)} l on l."${legacy}" = w.other`,
    )
  }
}

const MAPS = [
  { table: 'tx_labels_map', key: 'txLabelId', ours: 'actionId', legacy: 'transactionId', parent: 'transactions' },
  { table: 'output_tags_map', key: 'outputTagId', ours: 'outputId', legacy: 'outputId', parent: 'outputs' },
] as const

/** Children before parents. A key that was written and has no row any more was deleted. */
async function removeWhatIsGone(session: SqlSession): Promise<void> {
  await session.run(
    `delete from outputs_legacy where "outputId" in (
       select w.id from txk_back_output w where not exists (select 1 from outputs o where o."outputId" = w.id))`,
  )
  await session.run(
    `delete from transactions_legacy where "transactionId" in (
       select w.id from txk_back_action w where not exists (select 1 from actions a where a."actionId" = w.id))`,
  )
  await session.run(
    `delete from proven_tx_reqs_legacy where "provenTxReqId" in (select w.req_id from txk_back_tx w where w.transaction_id is null)`,
  )
}

function rawTx(columns: LegacyColumns, table: 'proven_txs' | 'proven_tx_reqs', alias: string): Projected {
  return columns.isNullable(table, 'rawTx')
    ? { column: 'rawTx', value: `coalesce(t.raw_tx, ${alias}."rawTx")` }
    : { column: 'rawTx', value: `coalesce(t.raw_tx, ${alias}."rawTx", ?)`, bindings: [NO_BYTES] }
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
