import type { SyncChunk } from '../../published/sync-rows.js'
import { localId, rememberId } from '../sync-map.js'
import { incoming, isNewer, noteMerged, stamps, type Merge } from './merge.js'

/** Commissions: an action pays one. */
export async function mergeCommissions(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, userId, map } = merge
  for (const row of incoming(merge, 'commission', chunk.commissions)) {
    const { satoshis, keyOffset, isRedeemed } = row
    const columns = {
      actionId: localId(map, 'transaction', row.transactionId),
      satoshis,
      keyOffset,
      isRedeemed,
      lockingScript: Uint8Array.from(row.lockingScript),
    }
    const found = await tx.commissions.insertIfAbsent({ userId, ...columns, ...stamps(row) })
    const { commissionId } = found.row
    rememberId(map, 'commission', row.commissionId, commissionId)
    if (found.inserted) await noteMerged(merge, 'inserted', 'commission', [commissionId])
    else if (isNewer(row, found.row)) {
      await tx.commissions.update({ commissionId }, { isRedeemed, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'commission', [commissionId])
    }
  }
}
