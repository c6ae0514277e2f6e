import type { SqlSession } from '../sql-session.js'
import type { StatementContext } from '../statements/statement-context.js'
import { settleChainTip } from './chain-tip.js'
import {
  collectOutputs,
  collectRobbedDrafts,
  collectTransactions,
  followKeys,
  takeSharedReferences,
  widenOutputs,
} from './collect-touched.js'
import {
  deriveActions,
  deriveCommissions,
  deriveLabels,
  deriveOutputs,
  deriveTags,
  deriveTransactions,
} from './derive.js'
import { forgetTouched, restoreActions, restoreOutputs, restoreTransactions } from '../reverse/kept-state.js'
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
  await forgetTouched(session)
  if (context.loose.references) await takeSharedReferences(session)
  await followKeys(session)
  const last = begun === 'all' ? DERIVED_KINDS.length - 1 : begun === undefined ? -1 : DERIVED_KINDS.indexOf(begun)
  const isBegun = (kind: DerivedKind): boolean => DERIVED_KINDS.indexOf(kind) <= last
  if (isBegun('transactions')) await collectTransactions(session)
  if (isBegun('outputs')) {
    await collectOutputs(session, begun === 'outputs')
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
  await restoreTransactions(session)
  await session.run(
    `delete from transactions_new where txid in (select w.txid from txk_work_tx w where not exists (select 1 from txk_plan_tx q where q.txid = w.txid))`,
  )
  await settleChainTip(session)
}

async function replaceActions(session: SqlSession, context: StatementContext): Promise<void> {
  // Those with a txid went with it.
  await session.run(
    `delete from migration_findings where table_name = 'transactions' and key2 is null and key1 in (select ${session.dialect.text('id')} from txk_work_action)`,
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
  await restoreActions(session)
}

async function replaceOutputs(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  await widenOutputs(session)
  const reconsidered = await forgetRobberies(session)
  await session.run(
    `delete from migration_findings where table_name = 'outputs' and key1 in (select ${session.dialect.text('id')} from txk_work_output)`,
  )
  // Placeholders of these outputs: the ones still needed are made again. So is what hangs on an action that becomes one.
  await session.run(
    `insert into txk_work_action (id) select distinct x.id from (
       select n."actionId" as id from txk_work_output w ${join} outputs_new n on n."outputId" = w.id
       union select o."transactionId" from txk_work_output w ${join} outputs o on o."outputId" = w.id) x
     where not exists (select 1 from transactions u where u."transactionId" = x.id)
       and not exists (select 1 from txk_work_action wa where wa.id = x.id)`,
  )
  await session.run(
    `delete from actions where "actionId" in (select id from txk_work_action)
     and not exists (select 1 from transactions u where u."transactionId" = actions."actionId")`,
  )
  await session.run(
    `delete from migration_scan_placeholders where not exists (select 1 from actions a where a."actionId" = migration_scan_placeholders.action_id)`,
  )
  await session.run('delete from outputs_new where "outputId" in (select id from txk_work_output)')
  await deriveOutputs(session, context)
  await restoreOutputs(session)
  if (reconsidered) await rememberRobberies(session)
}

/** Drafts that lost one of these outputs are as aborted as their own row says, until it is known who takes it now. */
async function forgetRobberies(session: SqlSession): Promise<boolean> {
  const { joinInOrder: join, jsonNumber, stored, text } = session.dialect
  const { changes } = await session.run(
    `update actions set user_aborted = (select ${stored('user_aborted', "case when u.status = 'failed' then 1 else 0 end")} from transactions u where u."transactionId" = actions."actionId")
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
    `update actions set user_aborted = ${session.dialect.stored('user_aborted', '1')} where "transactionId" is null and "actionId" in (
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
     union select n."commissionId" from txk_work_action w ${join} commissions_new n on n."actionId" = w.id
     union select ${session.dialect.number('f.key1')} from migration_findings f where f.table_name = 'commissions' and f.class = 'duplicate-commission'`,
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
    `delete from migration_findings where table_name = 'commissions' and key1 in (select ${session.dialect.text('id')} from txk_work_commission)`,
  )
  await session.run('delete from commissions_new where "commissionId" in (select id from txk_work_commission)')
  await deriveCommissions(session, context)
  await session.run(
    `delete from commissions_new where "commissionId" in (select id from txk_work_commission) and not exists (
       select 1 from actions p where p."actionId" = commissions_new."actionId")`,
  )
}

async function replaceLabels(session: SqlSession, context: StatementContext): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `insert into txk_work_label (id)
     select ${session.dialect.number('b.key2')} from migration_batch b where b.table_name = 'tx_labels_map'
     union select tw.keeper_id from migration_batch b ${join} migration_scan_twins tw on tw.action_id = ${session.dialect.number('b.key2')} where b.table_name = 'tx_labels_map'
     union select id from txk_work_action`,
  )
  await session.run(
    `delete from migration_findings where table_name = 'tx_labels_map' and key2 in (select ${session.dialect.text('id')} from txk_work_label)`,
  )
  await session.run('delete from tx_labels_map_new where "actionId" in (select id from txk_work_label)')
  await deriveLabels(session, context)
  await session.run(
    `delete from tx_labels_map_new where "actionId" in (select id from txk_work_label) and not exists (
       select 1 from actions p where p."actionId" = tx_labels_map_new."actionId")`,
  )
}

async function replaceTags(session: SqlSession, context: StatementContext): Promise<void> {
  await session.run(
    `insert into txk_work_tag (id)
     select ${session.dialect.number('b.key2')} from migration_batch b where b.table_name = 'output_tags_map'
     union select id from txk_work_output`,
  )
  await session.run(
    `delete from migration_findings where table_name = 'output_tags_map' and key2 in (select ${session.dialect.text('id')} from txk_work_tag)`,
  )
  await session.run('delete from output_tags_map_new where "outputId" in (select id from txk_work_tag)')
  await deriveTags(session, context)
  await session.run(
    `delete from output_tags_map_new where "outputId" in (select id from txk_work_tag) and not exists (
       select 1 from outputs_new p where p."outputId" = output_tags_map_new."outputId")`,
  )
}
