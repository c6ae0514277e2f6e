import type { SqlSession } from '../sql-session.js'

/**
 * `migration_batch` → `txk_back_*`: which rows of ours the legacy tables have to be told of. Beside what was written that is
 * every action of a written transaction, because its status shows there, and rows that written ones point to and the legacy
 * tables do not have yet: their own turn may come later, and a reference must never point nowhere. A duplicate is told of its labels,
 * because from then on those of its keeper follow from the legacy ones no more.
 */
export async function collectWritten(session: SqlSession): Promise<void> {
  const { joinInOrder: join, number } = session.dialect
  const written = (table: string): string => `migration_batch b where b.table_name = '${table}'`
  await session.run(
    `insert into txk_back_output (id)
     select b.key1 from ${written('outputs')}
     union select x.id from (select ${number('b.key2')} as id from ${written('output_tags_map')}) x
       where not exists (select 1 from outputs_legacy l where l."outputId" = x.id)`,
  )
  await session.run(
    `insert into txk_back_action (id)
     select b.key1 from ${written('actions')}
     union select x.id from (
       select ${number('b.key2')} as id from ${written('tx_labels_map')}
       union select c."actionId" from migration_batch b ${join} commissions c on c."commissionId" = b.key1 where b.table_name = 'commissions'
       union select o."actionId" from txk_back_output w ${join} outputs o on o."outputId" = w.id
       union select o."spentByActionId" from txk_back_output w ${join} outputs o on o."outputId" = w.id where o."spentByActionId" is not null
     ) x where not exists (select 1 from transactions_legacy l where l."transactionId" = x.id)
     union select tw.action_id from (select ${number('b.key2')} as id from ${written('tx_labels_map')}) y ${join} migration_scan_twins tw on tw.action_id = y.id`,
  )
  await session.run(
    `insert into txk_back_tx (txid)
     select lower(b.key2) from ${written('transactions')} and b.key2 <> ''
     union select t.txid from migration_batch b ${join} transactions t on t."transactionId" = b.key1 where b.table_name = 'transactions'
     union select t.txid from txk_back_action w ${join} actions a on a."actionId" = w.id ${join} transactions t on t."transactionId" = a."transactionId"
       left join transactions_legacy l on l."transactionId" = w.id where coalesce(lower(l.txid), '') <> t.txid`,
  )
  await session.run(
    `insert into txk_back_action (id)
     select a."actionId" from txk_back_tx w ${join} transactions t on t.txid = w.txid ${join} actions a on a."transactionId" = t."transactionId"
     where not exists (select 1 from txk_back_action x where x.id = a."actionId")`,
  )
  // Actions no legacy row stands behind, and duplicates, whose legacy rows say more than ours.
  await session.run(
    `insert into txk_back_apart (id) select w.id from txk_back_action w where w.id in (
       select action_id from migration_scan_placeholders union select action_id from migration_scan_twins)`,
  )
  await session.run('delete from txk_back_action where id in (select id from txk_back_apart)')
}

/** Which legacy rows the collected txids have: by the numbers they kept, else by their txid. Read again when some were made. */
export async function findLegacyRows(session: SqlSession): Promise<void> {
  const row = (table: string, key: string, kept: string): string =>
    `coalesce(
       (select x."${key}" from transactions t join ${table} x on x."${key}" = t.${kept} and lower(x.txid) = t.txid where t.txid = txk_back_tx.txid),
       (select x."${key}" from ${table} x where x.txid = txk_back_tx.txid))`
  await session.run(
    `update txk_back_tx set
       transaction_id = (select t."transactionId" from transactions t where t.txid = txk_back_tx.txid),
       proven_id = ${row('proven_txs_legacy', 'provenTxId', 'legacy_proven_id')},
       req_id = ${row('proven_tx_reqs_legacy', 'provenTxReqId', 'legacy_req_id')}`,
  )
}
