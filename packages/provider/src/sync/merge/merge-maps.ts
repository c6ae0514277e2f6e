import type { SyncChunk } from '../../published/sync-rows.js'
import { localId } from '../sync-map.js'
import { incoming, isNewer, noteMerged, stamps, type Merge } from './merge.js'

/** Labels on actions and tags on outputs. The newer row says whether it is still there. */
export async function mergeMaps(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, map } = merge
  for (const row of incoming(merge, 'txLabelMap', chunk.txLabelMaps)) {
    const key = {
      txLabelId: localId(map, 'txLabel', row.txLabelId),
      actionId: localId(map, 'transaction', row.transactionId),
    }
    const { isDeleted } = row
    const found = await tx.labelMaps.insertIfAbsent({ ...key, isDeleted, ...stamps(row) })
    const ids = [key.txLabelId, key.actionId]
    if (found.inserted) await noteMerged(merge, 'inserted', 'txLabelMap', ids)
    else if (isNewer(row, found.row)) {
      await tx.labelMaps.update(key, { isDeleted, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'txLabelMap', ids)
    }
  }
  for (const row of incoming(merge, 'outputTagMap', chunk.outputTagMaps)) {
    const key = {
      outputTagId: localId(map, 'outputTag', row.outputTagId),
      outputId: localId(map, 'output', row.outputId),
    }
    const { isDeleted } = row
    const found = await tx.tagMaps.insertIfAbsent({ ...key, isDeleted, ...stamps(row) })
    const ids = [key.outputTagId, key.outputId]
    if (found.inserted) await noteMerged(merge, 'inserted', 'outputTagMap', ids)
    else if (isNewer(row, found.row)) {
      await tx.tagMaps.update(key, { isDeleted, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'outputTagMap', ids)
    }
  }
}
