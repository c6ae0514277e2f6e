import type { SqlSession } from '../sql-session.js'
import { namelessFindings } from '../statements/write-findings.js'

/** The tables `migration_scan_cases` tells of, and by which number. */
const CASE_TABLES = [
  ['proven_txs', 'provenTxId', 1],
  ['proven_tx_reqs', 'provenTxReqId', 2],
] as const

const TXID_TABLES = "('transactions', 'proven_tx_reqs', 'proven_txs')"

/** `migration_scan_keys` and `migration_scan_cases` follow the rows of the batch; the captured txids name the old entries. */
export async function followKeys(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `delete from migration_scan_keys where (txid, user_id, id) in (select x.txid, x.user_id, x.id from (
       select k.txid, k.user_id, k.id from migration_batch b
       ${join} migration_scan_keys k on k.txid = lower(b.key2) and k.id = b.key1 where b.table_name = 'transactions') x)`,
  )
  await addKeys(session, `select distinct key1 as id from migration_batch where table_name = 'transactions'`)
  for (const [table, column, source] of CASE_TABLES) {
    await session.run(
      `delete from migration_scan_cases where source = ${source} and id in (select b.key1 from migration_batch b where b.table_name = '${table}')`,
    )
    await session.run(
      `insert into migration_scan_cases (txid, source, id)
       select distinct lower(x.txid), ${source}, x."${column}" from migration_batch b ${join} ${table} x on x."${column}" = b.key1
       where b.table_name = '${table}' and x.txid <> lower(x.txid)`,
    )
    await session.run(
      `delete from migration_findings where table_name = '${table}' and class = 'empty-txid' and key1 in (
         select ${session.dialect.text('b.key1')} from migration_batch b where b.table_name = '${table}')`,
    )
    await session.run(
      namelessFindings(
        session.dialect,
        table,
        column,
        `migration_batch b ${join} ${table} x on x."${column}" = b.key1 where b.table_name = '${table}'`,
      ),
    )
  }
}

/** Entries in `migration_scan_keys` for the rows of a relation of numbers, as they are now. */
async function addKeys(session: SqlSession, ids: string): Promise<void> {
  await session.run(
    `insert into migration_scan_keys (txid, user_id, id)
     select lower(x.txid), x."userId", x."transactionId" from (${ids}) w ${session.dialect.joinInOrder} transactions x on x."transactionId" = w.id
     where x.txid <> ''
       and not exists (select 1 from migration_scan_keys k where k.txid = lower(x.txid) and k.user_id = x."userId" and k.id = x."transactionId")`,
  )
}

/**
 * Entries of touched txids whose row is gone or says another txid by now, with a change that waits for a later batch: a row that
 * changed its number has two entries until then, and one of them leads nowhere.
 */
async function forgetStaleKeys(session: SqlSession): Promise<void> {
  await session.run(
    `delete from migration_scan_keys where txid in (select txid from txk_work_tx) and not exists (
       select 1 from transactions x where x."transactionId" = migration_scan_keys.id and x."userId" = migration_scan_keys.user_id
         and lower(x.txid) = migration_scan_keys.txid)`,
  )
  for (const [table, column, source] of CASE_TABLES) {
    await session.run(
      `delete from migration_scan_cases where source = ${source} and txid in (select txid from txk_work_tx) and not exists (
         select 1 from ${table} x where x."${column}" = migration_scan_cases.id and lower(x.txid) = migration_scan_cases.txid)`,
    )
  }
}

/** Rows that share or shared a reference belong together: any change may give it to another of them. */
export async function takeSharedReferences(session: SqlSession): Promise<void> {
  await session.run(
    `insert into migration_batch (seq, table_name, key1, key2)
     select -x.id, 'transactions', x.id, null from (
       select ranked.id from (
         select u."transactionId" as id, count(*) over (partition by u."userId", u.reference) as rivals from transactions u where u.reference is not null
       ) ranked where ranked.rivals > 1
       union select a."actionId" from actions a where a.reference = 'duplicate-reference-' || a."actionId"
     ) x where exists (select 1 from migration_batch b where b.table_name = 'transactions')
       and not exists (select 1 from migration_batch b where b.table_name = 'transactions' and b.key1 = x.id)`,
  )
}

/**
 * `txk_work_tx` and `txk_work_action`: touched txids, old and new, and every row of a user that is or was of one. A row of them
 * may have another txid by now, with a change that waits for a later batch: that one is touched too, or the row would take it
 * from the one that has it.
 */
export async function collectTransactions(session: SqlSession): Promise<void> {
  const join = session.dialect.joinInOrder
  await session.run(
    `insert into txk_work_tx (txid) select distinct txid from (
       select lower(b.key2) as txid from migration_batch b where b.table_name in ${TXID_TABLES} and b.key2 <> ''
       union select lower(u.txid) from migration_batch b ${join} transactions u on u."transactionId" = b.key1 where b.table_name = 'transactions' and u.txid <> ''
       union select lower(r.txid) from migration_batch b ${join} proven_tx_reqs r on r."provenTxReqId" = b.key1 where b.table_name = 'proven_tx_reqs' and r.txid <> ''
       union select lower(p.txid) from migration_batch b ${join} proven_txs p on p."provenTxId" = b.key1 where b.table_name = 'proven_txs' and p.txid <> '') x`,
  )
  await session.run(
    `insert into txk_work_action (id) select distinct b.key1 from migration_batch b where b.table_name = 'transactions'`,
  )
  let isWider = true
  while (isWider) {
    await forgetStaleKeys(session)
    await session.run(
      `insert into txk_work_action (id) select x.id from (
         select k.id from txk_work_tx w ${join} migration_scan_keys k on k.txid = w.txid
         union select a."actionId" from txk_work_tx w ${join} transactions_new t on t.txid = w.txid ${join} actions a on a."transactionId" = t."transactionId"
         union select tw.action_id from txk_work_tx w ${join} migration_scan_twins tw on tw.txid = w.txid) x
       where not exists (select 1 from txk_work_action w where w.id = x.id)`,
    )
    await addKeys(session, 'select id from txk_work_action')
    const { changes } = await session.run(
      `insert into txk_work_tx (txid) select distinct lower(u.txid) from txk_work_action w ${join} transactions u on u."transactionId" = w.id
       where u.txid <> '' and not exists (select 1 from txk_work_tx x where x.txid = lower(u.txid))`,
    )
    isWider = changes > 0
  }
}

/**
 * `txk_work_output`: what changed itself, what touched actions made or hold, also coins that were taken from them, and what touched
 * transactions consume. Rows that shared a place and rows whose spender is missing are always looked at: what made them so may be
 * gone before it was ever derived itself. While their pass is filling, so are rows of a transaction that is gone: their placeholder
 * was made for all of them, also for those the pass had not come to.
 */
export async function collectOutputs(session: SqlSession, isFilling: boolean): Promise<void> {
  const { joinInOrder: join, jsonNumber, number } = session.dialect
  await session.run(
    `insert into txk_work_output (id)
     select b.key1 from migration_batch b where b.table_name = 'outputs'
     union select o."outputId" from txk_work_action w ${join} outputs o on o."transactionId" = w.id
     union select n."outputId" from txk_work_action w ${join} outputs_new n on n."actionId" = w.id
     union select n."outputId" from txk_work_action w ${join} outputs_new n on n."spentByActionId" = w.id
     union select n."outputId" from txk_work_tx w ${join} outputs_new n on n.txid = w.txid
     union select ${number('f.key1')} from txk_work_tx w ${join} migration_findings f on f.key2 = w.txid and f.class = 'phantom-coin'
     union select ${number('f.key1')} from migration_findings f where f.table_name = 'outputs' and f.class = 'phantom-coin'
       and ${jsonNumber('f.original_json', 'holder')} in (select id from txk_work_action)
     union select n."outputId" from migration_findings f ${join} outputs_new n on n."outputId" = ${number('f.key1')} where f.class in ('dangling-spent-by', 'duplicate-output'${isFilling ? ", 'orphan-output'" : ''})`,
  )
}

/**
 * Drafts that were aborted because something else took a coin they held: when that coin is derived again, so are they, and
 * everything else they hold.
 */
export async function collectRobbedDrafts(session: SqlSession): Promise<void> {
  const { joinInOrder: join, jsonNumber, number, text } = session.dialect
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
       union select ${number('f.key1')} from migration_findings f where f.table_name = 'outputs' and f.class = 'phantom-coin'
         and ${jsonNumber('f.original_json', 'holder')} in (select id from txk_work_action)
     ) x where not exists (select 1 from txk_work_output w where w.id = x.id)`,
  )
}

/**
 * Rows that share a place or a double holding belong together: whole groups are derived again. An action without a legacy row
 * goes with its outputs, and nothing may be spent by it any more.
 */
export async function widenOutputs(session: SqlSession): Promise<void> {
  const { joinInOrder: join, number } = session.dialect
  const widen = async (): Promise<number> => {
    const { changes } = await session.run(
      `insert into txk_work_output (id) select id from (
       select n."outputId" as id from txk_consumed c ${join} outputs_new n on n.txid = c.txid and n.vout = c.vout
       union select o2."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id ${join} outputs o2 on o2."transactionId" = o."transactionId" and o2.vout = o.vout
       union select o3."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id
         join migration_scan_twins tw on tw.action_id = o."transactionId" or tw.keeper_id = o."transactionId"
         join migration_scan_twins tw2 on tw2.keeper_id = tw.keeper_id join outputs o3 on o3."transactionId" in (tw2.action_id, tw2.keeper_id)
       union select ${number('f.key1')} from txk_work_output w ${join} outputs_new n on n."outputId" = w.id
         ${join} migration_findings f on f.table_name = 'outputs' and f.class = 'duplicate-output' and (f.key2 = n.txid or f.key2 is null)
       union select o4."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id ${join} outputs o4 on o4."transactionId" = o."transactionId"
         where not exists (select 1 from transactions u where u."transactionId" = o."transactionId")
       union select o5."outputId" from txk_work_output w ${join} outputs_new n on n."outputId" = w.id ${join} outputs o5 on o5."transactionId" = n."actionId"
         where not exists (select 1 from transactions u where u."transactionId" = n."actionId")
       union select s."outputId" from txk_work_output w ${join} outputs o on o."outputId" = w.id ${join} outputs_new s on s."spentByActionId" = o."transactionId"
         where not exists (select 1 from transactions u where u."transactionId" = o."transactionId")
       union select s."outputId" from txk_work_output w ${join} outputs_new n on n."outputId" = w.id ${join} outputs_new s on s."spentByActionId" = n."actionId"
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
