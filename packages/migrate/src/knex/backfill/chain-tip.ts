import type { SqlSession } from '../sql-session.js'

/** Inside a rollback: a monitor saw a higher block than any proof is in. Following the legacy application must not forget it. */
export async function keepChainTip(session: SqlSession): Promise<void> {
  await session.run(`delete from migration_keep where table_name = 'chain_tip'`)
  await session.run(
    `insert into migration_keep (table_name, key, state_json)
     select 'chain_tip', '1', '{"height":' || c.height || '}' from chain_tip c
     where c.id = 1 and c.height > coalesce((select max(height) from transactions_new), -1)`,
  )
}

/**
 * Makes the tip the highest proven block and the statuses at it right: a proof in the tip block is `unconfirmed`. Outputs of
 * coinbases whose maturity lies between the old tip and the new are added to `txk_work_output`. Call inside a transaction.
 */
export async function settleChainTip(session: SqlSession): Promise<void> {
  const now = session.dialect.now
  const old = await session.get<{ height: number }>('select height from chain_tip where id = 1')
  const best = await session.get<{ height: number; blockHash: string | null; merkleRoot: string | null }>(
    `select height, block_hash as blockHash, merkle_root as merkleRoot from transactions_new
     where height = (select max(height) from transactions_new) order by "transactionId" limit 1`,
  )
  if (old?.height === best?.height) return
  if (old !== undefined && old.height > (best?.height ?? -1) && (await isTipKept(session))) return
  if (best === undefined) {
    await session.run('delete from chain_tip')
  } else {
    await session.run('delete from chain_tip')
    await session.run(
      `insert into chain_tip (id, height, block_hash, merkle_root, observed_at) values (1, ?, ?, ?, ${now})`,
      [best.height, best.blockHash, best.merkleRoot],
    )
    await session.run(
      `update transactions_new set processing = 'unconfirmed', next_action_at = created_at where height >= ? and processing = 'confirmed'`,
      [best.height],
    )
    await session.run(
      `update transactions_new set processing = 'confirmed', next_action_at = null where processing = 'unconfirmed' and height < ?`,
      [best.height],
    )
  }
  if (old === undefined) return
  const heights = [old.height, best?.height ?? 0]
  await session.run(
    `insert into txk_work_output (id) select n."outputId" from outputs_new n
     where n.matures_at_height > ? and n.matures_at_height <= ? and not exists (select 1 from txk_work_output w where w.id = n."outputId")`,
    [Math.min(...heights), Math.max(...heights)],
  )
}

async function isTipKept(session: SqlSession): Promise<boolean> {
  return (await session.get(`select 1 from migration_keep where table_name = 'chain_tip'`)) !== undefined
}
