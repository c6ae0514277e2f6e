import type { SyncChunk } from '../../published/sync-rows.js'
import { rememberId } from '../sync-map.js'
import { incoming, isShared, UNCERTAIN, type Merge } from './merge.js'

/**
 * Proofs. One that headers bear out is recorded, also over another one: that is how a reorg repaired elsewhere gets here. One
 * they do not bear out says nothing about a transaction that is here; one that is not is `seen`, and asked about again.
 */
export async function mergeProven(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, service, map, proofs } = merge
  for (const row of incoming(merge, 'provenTx', chunk.provenTxs)) {
    const txid = row.txid.toLowerCase()
    const proof = proofs.get(txid)
    let stored = await tx.transactions.findByTxid(txid)
    if (stored === undefined || proof !== undefined || stored.rawTx === null) {
      const before = stored?.rowVersion
      const adopted = await service.adoptTransaction({
        txid,
        rawTx: Uint8Array.from(row.rawTx),
        ...(stored !== undefined && (await isShared(merge, stored.transactionId)) ? UNCERTAIN : SEEN),
        forUser: merge.userId,
        ...(proof === undefined ? {} : { proof }),
        details: { why: 'sync', from: merge.from },
      })
      stored = adopted.transaction
      if (adopted.isNew) merge.counts.inserts += 1
      else if (stored.rowVersion !== before) merge.counts.updates += 1
      merge.touched.add(stored.transactionId)
    }
    rememberId(map, 'provenTx', row.provenTxId, stored.transactionId)
  }
}

const SEEN = { processing: 'seen' } as const
