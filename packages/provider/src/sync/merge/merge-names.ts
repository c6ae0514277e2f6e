import type { SyncChunk } from '../../published/sync-rows.js'
import { rememberId } from '../sync-map.js'
import { incoming, isNewer, noteMerged, stamps, type Merge } from './merge.js'

/** Baskets, tags and labels: the same name of the same user is the same row. The newer one wins. */
export async function mergeNames(merge: Merge, chunk: SyncChunk): Promise<void> {
  const { tx, userId, map } = merge
  for (const row of incoming(merge, 'outputBasket', chunk.outputBaskets)) {
    const { basketId: foreign, name, numberOfDesiredUTXOs, minimumDesiredUTXOValue, isDeleted } = row
    const columns = { numberOfDesiredUTXOs, minimumDesiredUTXOValue, isDeleted }
    const found = await tx.baskets.insertIfAbsent({ userId, name, ...columns, ...stamps(row) })
    const { basketId } = found.row
    rememberId(map, 'outputBasket', foreign, basketId)
    if (found.inserted) await noteMerged(merge, 'inserted', 'outputBasket', [basketId])
    else if (isNewer(row, found.row)) {
      await tx.baskets.update({ basketId }, { ...columns, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'outputBasket', [basketId])
    }
  }
  for (const row of incoming(merge, 'outputTag', chunk.outputTags)) {
    const { outputTagId: foreign, tag, isDeleted } = row
    const found = await tx.tags.insertIfAbsent({ userId, tag, isDeleted, ...stamps(row) })
    const { outputTagId } = found.row
    rememberId(map, 'outputTag', foreign, outputTagId)
    if (found.inserted) await noteMerged(merge, 'inserted', 'outputTag', [outputTagId])
    else if (isNewer(row, found.row)) {
      await tx.tags.update({ outputTagId }, { isDeleted, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'outputTag', [outputTagId])
    }
  }
  for (const row of incoming(merge, 'txLabel', chunk.txLabels)) {
    const { txLabelId: foreign, label, isDeleted } = row
    const found = await tx.labels.insertIfAbsent({ userId, label, isDeleted, ...stamps(row) })
    const { txLabelId } = found.row
    rememberId(map, 'txLabel', foreign, txLabelId)
    if (found.inserted) await noteMerged(merge, 'inserted', 'txLabel', [txLabelId])
    else if (isNewer(row, found.row)) {
      await tx.labels.update({ txLabelId }, { isDeleted, updatedAt: row.updated_at })
      await noteMerged(merge, 'updated', 'txLabel', [txLabelId])
    }
  }
}
