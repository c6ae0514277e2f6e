import type { SqlSession } from '../sql-session.js'
import type { StatementContext } from '../statements/statement-context.js'
import { settleChainTip } from './chain-tip.js'
import {
  deriveActions,
  deriveCommissions,
  deriveLabels,
  deriveOutputs,
  deriveTags,
  deriveTransactions,
} from './derive.js'
import { DERIVED_KINDS, type DerivedKind } from './passes.js'
import { clearWorkTables } from './work-tables.js'

/** Outbox rows one transaction takes at most. */
export const CATCH_UP_BATCH = 400

/** Whether the legacy application wrote something that is not followed yet. */
export async function hasOutboxRows(session: SqlSession): Promise<boolean> {
  return (await session.get('select 1 from migration_outbox limit 1')) !== undefined
}

/**
 * Takes a batch of captured keys and derives everything they touch again. `begun` says how far the backfill is: kinds whose pass
 * has not begun are left to it. Call inside a transaction; resolves to how many keys were taken.
 */
export async function catchUpBatch(
  session: SqlSession,
  context: StatementContext,
  begun: DerivedKind | 'all' | undefined,
  onTaken: () => Promise<void>,
  batchKeys: number = CATCH_UP_BATCH,
): Promise<number> {
  await session.run('delete from migration_batch')
  const { changes } = await session.run(
    'insert into migration_batch (seq, table_name, key1, key2) select seq, table_name, key1, key2 from migration_outbox order by seq limit ?',
    [batchKeys],
  )
  if (changes === 0) return 0
  // Exactly the rows that were read: a lower number may still be committed later.
  await session.run('delete from migration_outbox where seq in (select seq from migration_batch)')
  await onTaken()
  await clearWorkTables(session)
  await followKeys(session)
  const last = begun === 'all' ? DERIVED_KINDS.length - 1 : begun === undefined ? -1 : DERIVED_KINDS.indexOf(begun)
  const isBegun = (kind: DerivedKind): boolean => DERIVED_KINDS.indexOf(kind) <= last
  if (isBegun('transactions')) await collectTransactions(session)
  if (isBegun('outputs')) {
    await collectOutputs(session)
    await collectRobbedDrafts(session)
  }
  if (isBegun('transactions')) await replaceTransactions(session, context)
  if (isBegun('actions')) await replaceActions(session, context)
  if (isBegun('outputs')) await replaceOutputs(session, context)
  if (isBegun('commissions')) await replaceCommissions(session, context)
  if (isBegun('labels')) await replaceLabels(session, context)
  if (isBegun('tags')) await replaceTags(session, context)
  await session.run('delete from migration_batch')
  return changes
}

const TXID_TABLES = "('transactions', 'proven_tx_reqs', 'proven_txs')"

/** `migration_scan_keys` and `migration_scan_cases` follow the rows of the batch; the captured txids name the old entries. */
async function followKeys(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `delete from migration_scan_keys where (txid, user_id, id) in (
       select k.txid, k.user_id, k.id from migration_batch b
       ${join} migration_scan_keys k on k.txid = lower(b.key2) and k.id = b.key1 where b.table_name = 'transactions')`,
  )
  await session.run(
    `insert into migration_scan_keys (txid, user_id, id)
     select distinct lower(x.txid), x."userId", x."transactionId" from migration_batch b ${join} transactions x on x."transactionId" = b.key1
     where b.table_name = 'transactions' and x.txid <> ''
       and not exists (select 1 from migration_scan_keys k where k.txid = lower(x.txid) and k.user_id = x."userId" and k.id = x."transactionId")`,
  )
  for (const [table, column, source] of [
    ['proven_txs', 'provenTxId', 1],
    ['proven_tx_reqs', 'provenTxReqId', 2],
  ] as const) {
    await session.run(
      `delete from migration_scan_cases where source = ${source} and id in (select b.key1 from migration_batch b where b.table_name = '${table}')`,
    )
    await session.run(
      `insert into migration_scan_cases (txid, source, id)
       select distinct lower(x.txid), ${source}, x."${column}" from migration_batch b ${join} ${table} x on x."${column}" = b.key1
       where b.table_name = '${table}' and x.txid <> lower(x.txid)`,
    )
  }
}

/** `txk_work_tx` and `txk_work_action`: touched txids, old and new, and every row of a user that is or was of one. */
async function collectTransactions(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `insert into txk_work_tx (txid) select distinct txid from (
       select lower(b.key2) as txid from migration_batch b where b.table_name in ${TXID_TABLES} and b.key2 <> ''
       union select lower(u.txid) from migration_batch b ${join} transactions u on u."transactionId" = b.key1 where b.table_name = 'transactions' and u.txid <> ''
       union select lower(r.txid) from migration_batch b ${join} proven_tx_reqs r on r."provenTxReqId" = b.key1 where b.table_name = 'proven_tx_reqs' and r.txid <> ''
       union select lower(p.txid) from migration_batch b ${join} proven_txs p on p."provenTxId" = b.key1 where b.table_name = 'proven_txs' and p.txid <> '')`,
  )
  await session.run(
    `insert into txk_work_action (id)
     select b.key1 from migration_batch b where b.table_name = 'transactions'
     union select k.id from txk_work_tx w ${join} migration_scan_keys k on k.txid = w.txid
     union select a."actionId" from txk_work_tx w ${join} transactions_new t on t.txid = w.txid ${join} actions a on a."transactionId" = t."transactionId"
     union select tw.action_id from txk_work_tx w ${join} migration_scan_twins tw on tw.txid = w.txid`,
  )
}

/**
 * `txk_work_output`: what changed itself, what touched actions made or hold, also coins that were taken from them, and what touched
 * transactions consume. Rows that shared a place and rows whose spender is missing are always looked at: what made them so may be
 * gone before it was ever derived itself.
 */
async function collectOutputs(session: SqlSession): Promise<void> {
  const { joinInOrder: join, jsonNumber } = session.dialect
  await session.run(
    `insert into txk_work_output (id)
     select b.key1 from migration_batch b where b.table_name = 'outputs'
     union select o."outputId" from txk_work_action w ${join} outputs o on o."transactionId" = w.id
     union select n."outputId" from txk_work_action w ${join} outputs_new n on n."actionId" = w.id
     union select n."outputId" from txk_work_action w ${join} outputs_new n on n."spentByActionId" = w.id
     union select n."outputId" from txk_work_tx w ${join} outputs_new n on n.txid = w.txid
     union select f.key1 + 0 from txk_work_tx w ${join} migration_findings f on f.key2 = w.txid and f.class = 'phantom-coin'
     union select f.key1 + 0 from migration_findings f where f.table_name = 'outputs' and f.class = 'phantom-coin'
       and ${jsonNumber('f.original_json', 'holder')} in (select id from txk_work_action)
     union select n."outputId" from migration_findings f ${join} outputs_new n on n."outputId" = f.key1 + 0 where f.class in ('dangling-spent-by', 'duplicate-output')`,
  )
}

/**
 * Drafts that were aborted because something else took a coin they held: when that coin is derived again, so are they, and
 * everything else they hold.
 */
async function collectRobbedDrafts(session: SqlSession): Promise<void> {
  const { joinInOrder: join, jsonNumber, text } = session.dialect
  const { changes } = await session.run(
    `insert into txk_work_action (id) select distinct d."actionId" from (
       select ${jsonNumber('f.original_json', 'holder')} as id from txk_work_output w
       ${join} migration_findings f on f.table_name = 'outputs' and f.key1 = ${text('w.id')} and f.class = 'phantom-coin'
     ) x ${join} actions d on d."actionId" = x.id and d."transactionId" is null
     where exists (select 1 from transactions u where u."transactionId" = d."actionId")
       and not exists (select 1 from txk_work_action wa where wa.id = d."actionId")`,
  )
  if (changes === 0) return
  await session.run(
    `insert into txk_work_output (id) select id from (
       select n."outputId" as id from txk_work_action w ${join} outputs_new n on n."spentByActionId" = w.id
       union select f.key1 + 0 from migration_findings f where f.table_name = 'outputs' and f.class = 'phantom-coin'
         and ${jsonNumber('f.original_json', 'holder')} in (select id from txk_work_action)
     ) x where not exists (select 1 from txk_work_output w where w.id = x.id)`,
  )
}

/** Rows that share a place or a double holding belong together: whole groups are derived again. */
async function widenOutputs(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  const widen = async (): Promise<number> => {
    const { changes } = await session.run(
      `insert into txk_work_output (id) select id from (
       select n."outputId" as id from txk_consumed c ${join} outputs_new n on n.txid = c.txid and n.vout = c.vout
       union select o2."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id ${join} outputs o2 on o2."transactionId" = o."transactionId" and o2.vout = o.vout
       union select o3."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id
         join migration_scan_twins tw on tw.action_id = o."transactionId" or tw.keeper_id = o."transactionId"
         join migration_scan_twins tw2 on tw2.keeper_id = tw.keeper_id join outputs o3 on o3."transactionId" in (tw2.action_id, tw2.keeper_id)
       union select f.key1 + 0 from txk_work_output w ${join} outputs_new n on n."outputId" = w.id
         ${join} migration_findings f on f.table_name = 'outputs' and f.class = 'duplicate-output' and (f.key2 = n.txid or f.key2 is null)
       union select o4."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id ${join} outputs o4 on o4."transactionId" = o."transactionId"
         where not exists (select 1 from transactions u where u."transactionId" = o."transactionId")
       union select o5."outputId" from txk_work_output w ${join} outputs_new n on n."outputId" = w.id ${join} outputs o5 on o5."transactionId" = n."actionId"
         where not exists (select 1 from transactions u where u."transactionId" = n."actionId")
       union select n6."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id
         left join migration_scan_twins tw on tw.action_id = o."transactionId"
         ${join} outputs_new n6 on n6."actionId" in (o."transactionId", tw.keeper_id) and n6.vout = o.vout
     ) x where not exists (select 1 from txk_work_output w where w.id = x.id)`,
    )
    return changes
  }
  // A row in the way may have to go where another is in its way.
  while ((await widen()) > 0);
}

async function replaceTransactions(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  const rows = "('transactions', 'proven_tx_reqs', 'proven_txs')"
  await session.run(
    `delete from migration_findings where table_name in ${rows} and key2 in (select txid from txk_work_tx)`,
  )
  await session.run('delete from migration_scan_twins where txid in (select txid from txk_work_tx)')
  await session.run(
    // The expression keeps an engine from walking every history: the look-up is by transaction.
    `delete from tx_audit where "auditId" in (
       select x."auditId" from txk_work_tx w ${join} transactions_new t on t.txid = w.txid
       ${join} tx_audit x on x."transactionId" = t."transactionId" and coalesce(x.event, '') = 'legacy.history')`,
  )
  // First nothing, so that no action of the group is in another's way.
  await session.run('update actions set "transactionId" = null where "actionId" in (select id from txk_work_action)')
  await deriveTransactions(session, context, 'replace')
  await session.run(
    `delete from transactions_new where txid in (select w.txid from txk_work_tx w where not exists (select 1 from txk_plan_tx q where q.txid = w.txid))`,
  )
  await settleChainTip(session)
}

async function replaceActions(session: SqlSession, context: StatementContext): Promise<void> {
  // Those with a txid went with it.
  await session.run(
    `delete from migration_findings where table_name = 'transactions' and key2 is null and key1 in (select cast(id as text) from txk_work_action)`,
  )
  await session.run('delete from migration_scan_placeholders where action_id in (select id from txk_work_action)')
  await session.run(
    `delete from actions where "actionId" in (select w.id from txk_work_action w where not exists (select 1 from transactions u where u."transactionId" = w.id))`,
  )
  // References may have changed hands, with a row whose change is still waiting: it gets its own when its turn comes.
  const join = session.dialect.joinInOrder
  await session.run(
    `update actions set reference = 'on the move ' || "actionId" where "actionId" in (
       select id from txk_work_action
       union select a."actionId" from txk_work_action w ${join} transactions u on u."transactionId" = w.id
         ${join} actions a on a."userId" = u."userId" and a.reference = u.reference)`,
  )
  await deriveActions(session, context, 'replace')
}

async function replaceOutputs(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  await widenOutputs(session)
  const reconsidered = await forgetRobberies(session)
  await session.run(
    `delete from migration_findings where table_name = 'outputs' and key1 in (select cast(id as text) from txk_work_output)`,
  )
  // Placeholders of these outputs: the ones still needed are made again.
  await session.run(
    `delete from actions where "actionId" in (
       select n."actionId" from txk_work_output w ${join} outputs_new n on n."outputId" = w.id
       union select o."transactionId" from txk_work_output w ${join} outputs o on o."outputId" = w.id)
     and not exists (select 1 from transactions u where u."transactionId" = actions."actionId")`,
  )
  await session.run(
    `delete from migration_scan_placeholders where not exists (select 1 from actions a where a."actionId" = migration_scan_placeholders.action_id)`,
  )
  await session.run('delete from outputs_new where "outputId" in (select id from txk_work_output)')
  await deriveOutputs(session, context)
  if (reconsidered) await rememberRobberies(session)
}

/** Drafts that lost one of these outputs are as aborted as their own row says, until it is known who takes it now. */
async function forgetRobberies(session: SqlSession): Promise<boolean> {
  const { joinInOrder: join, jsonNumber, text } = session.dialect
  const { changes } = await session.run(
    `update actions set user_aborted = (select case when u.status = 'failed' then 1 else 0 end from transactions u where u."transactionId" = actions."actionId")
     where "transactionId" is null and "actionId" in (
         select ${jsonNumber('f.original_json', 'holder')} from txk_work_output w
         ${join} migration_findings f on f.table_name = 'outputs' and f.key1 = ${text('w.id')} and f.class = 'phantom-coin')
       and exists (select 1 from transactions u where u."transactionId" = actions."actionId")
       and not exists (select 1 from migration_scan_twins tw where tw.action_id = actions."actionId")`,
  )
  return changes > 0
}

/** They may have lost another output than those derived again. */
async function rememberRobberies(session: SqlSession): Promise<void> {
  await session.run(
    `update actions set user_aborted = 1 where "transactionId" is null and "actionId" in (
       select ${session.dialect.jsonNumber('f.original_json', 'holder')} from migration_findings f
       where f.table_name = 'outputs' and f.class = 'phantom-coin')`,
  )
}

async function replaceCommissions(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `insert into txk_work_commission (id)
     select b.key1 from migration_batch b where b.table_name = 'commissions'
     union select c."commissionId" from txk_work_action w ${join} commissions c on c."transactionId" = w.id
     union select n."commissionId" from txk_work_action w ${join} commissions_new n on n."actionId" = w.id`,
  )
  const widen = async (): Promise<number> => {
    const { changes } = await session.run(
      `insert into txk_work_commission (id) select n."commissionId" from txk_work_commission w ${join} commissions c on c."commissionId" = w.id
         ${join} commissions_new n on n."actionId" = c."transactionId" where not exists (select 1 from txk_work_commission w2 where w2.id = n."commissionId")`,
    )
    return changes
  }
  while ((await widen()) > 0);
  await session.run(
    `delete from migration_findings where table_name = 'commissions' and key1 in (select cast(id as text) from txk_work_commission)`,
  )
  await session.run('delete from commissions_new where "commissionId" in (select id from txk_work_commission)')
  await deriveCommissions(session, context)
}

async function replaceLabels(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `insert into txk_work_label (id)
     select b.key2 + 0 from migration_batch b where b.table_name = 'tx_labels_map'
     union select tw.keeper_id from migration_batch b ${join} migration_scan_twins tw on tw.action_id = b.key2 + 0 where b.table_name = 'tx_labels_map'
     union select id from txk_work_action`,
  )
  await session.run(
    `delete from migration_findings where table_name = 'tx_labels_map' and key2 in (select cast(id as text) from txk_work_label)`,
  )
  await session.run('delete from tx_labels_map_new where "actionId" in (select id from txk_work_label)')
  await deriveLabels(session, context)
}

async function replaceTags(session: SqlSession, context: StatementContext): Promise<void> {
  await session.run(
    `insert into txk_work_tag (id)
     select b.key2 + 0 from migration_batch b where b.table_name = 'output_tags_map'
     union select id from txk_work_output`,
  )
  await session.run(
    `delete from migration_findings where table_name = 'output_tags_map' and key2 in (select cast(id as text) from txk_work_tag)`,
  )
  await session.run('delete from output_tags_map_new where "outputId" in (select id from txk_work_tag)')
  await deriveTags(session, context)
}
