import { keptName } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'
import { hasDrained } from './drain.js'

/** Tables both schemas number together, and ours that may have given out more. */
const NUMBERED = [
  { legacy: 'transactions', legacyKey: 'transactionId', table: 'actions', key: 'actionId' },
  { legacy: 'outputs', legacyKey: 'outputId', table: 'outputs', key: 'outputId' },
  { legacy: 'commissions', legacyKey: 'commissionId', table: 'commissions', key: 'commissionId' },
] as const

/**
 * Inside a rollback, before the names change: the legacy tables go on above every number we gave out, and our transactions
 * remember the legacy rows that were made for them, so that these are theirs again after the next cutover. One that still has the
 * row it was projected to keeps it, in whatever case that writes the txid. Reverse capture is off.
 */
export async function settleNumbers(session: SqlSession): Promise<void> {
  const { dialect } = session
  for (const { legacy, legacyKey, table, key } of NUMBERED) {
    const ours = await dialect.readSequence(session, table, key)
    const theirs = await dialect.readSequence(session, keptName(legacy), legacyKey)
    if (ours > theirs) await dialect.raiseSequence(session, keptName(legacy), legacyKey, ours)
  }
  if (!(await hasDrained(session))) return
  const join = dialect.joinInOrder
  for (const [column, legacy, key] of [
    ['legacy_req_id', 'proven_tx_reqs', 'provenTxReqId'],
    ['legacy_proven_id', 'proven_txs', 'provenTxId'],
  ] as const) {
    await session.run(
      `update transactions set ${column} = (select x."${key}" from ${keptName(legacy)} x where x.txid = transactions.txid)
       where txid in (
         select t.txid from migration_keep k ${join} transactions t on t.txid = k.key
         ${join} ${keptName(legacy)} x on x.txid = t.txid
         where k.table_name = 'transactions' and not exists (
           select 1 from ${keptName(legacy)} own where own."${key}" = t.${column} and lower(own.txid) = t.txid))`,
    )
  }
}
