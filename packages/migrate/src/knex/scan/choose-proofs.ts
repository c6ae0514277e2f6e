import type { SqlSession } from '../sql-session.js'
import { leafOf, type StoredProof } from './leaf-of.js'

/**
 * Proofs whose txids differ only in case: `txk_odd_tx` gets the first that proves something, before anything is planned with it. When
 * none does, the first stays.
 */
export async function chooseProofs(session: SqlSession): Promise<void> {
  const several = await session.all<{ n: number; txid: string }>(
    'select o.n, w.txid from txk_odd_tx o join txk_work_tx w on w.n = o.n where o.proofs > 1 order by o.n',
  )
  for (const { n, txid } of several) {
    const id = await firstProving(session, txid)
    if (id !== undefined) await session.run('update txk_odd_tx set proven_id = ? where n = ?', [id, n])
  }
}

async function firstProving(session: SqlSession, txid: string): Promise<number | undefined> {
  const proofs = await session.all<Omit<StoredProof, 'txid'> & { readonly id: number }>(
    `select p."provenTxId" as id, p."merklePath" as merklePath, p."merkleRoot" as merkleRoot, p.height
     from proven_txs p where p.txid = ? or p."provenTxId" in (select c.id from migration_scan_cases c where c.txid = ? and c.source = 1)
     order by p."provenTxId"`,
    [txid, txid],
  )
  for (const proof of proofs) if ((await leafOf({ ...proof, txid })) !== undefined) return proof.id
  return undefined
}
