import type { StoreWriter } from '@txkeep/core'
import { checkName } from './check-text.js'

/** The id of the user's basket of this name; a new one wants no change outputs, a deleted one is revived. */
export async function findOrCreateBasket(tx: StoreWriter, userId: number, name: string): Promise<number> {
  const { row } = await tx.baskets.insertIfAbsent({
    userId,
    name: checkName('basket', name),
    numberOfDesiredUTXOs: 0,
    minimumDesiredUTXOValue: 0,
    isDeleted: false,
  })
  if (row.isDeleted) await tx.baskets.update({ basketId: row.basketId }, { isDeleted: false })
  return row.basketId
}

/** Puts these labels on an action; those it has already stay, deleted ones are revived. */
export async function addLabels(
  tx: StoreWriter,
  userId: number,
  actionId: number,
  labels: readonly string[],
): Promise<void> {
  for (const text of new Set(labels)) {
    const { row: label } = await tx.labels.insertIfAbsent({ userId, label: checkName('label', text), isDeleted: false })
    const { txLabelId } = label
    if (label.isDeleted) await tx.labels.update({ txLabelId }, { isDeleted: false })
    const { row: map } = await tx.labelMaps.insertIfAbsent({ txLabelId, actionId, isDeleted: false })
    if (map.isDeleted) await tx.labelMaps.update({ txLabelId, actionId }, { isDeleted: false })
  }
}

/** Puts these tags on an output; those it has already stay, deleted ones are revived. */
export async function addTags(
  tx: StoreWriter,
  userId: number,
  outputId: number,
  tags: readonly string[],
): Promise<void> {
  for (const text of new Set(tags)) {
    const { row: tag } = await tx.tags.insertIfAbsent({ userId, tag: checkName('tag', text), isDeleted: false })
    const { outputTagId } = tag
    if (tag.isDeleted) await tx.tags.update({ outputTagId }, { isDeleted: false })
    const { row: map } = await tx.tagMaps.insertIfAbsent({ outputTagId, outputId, isDeleted: false })
    if (map.isDeleted) await tx.tagMaps.update({ outputTagId, outputId }, { isDeleted: false })
  }
}
