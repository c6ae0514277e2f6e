import type { OutputListQuery, StoreReader } from '@txkeep/core'

/** The outputs a basket and tags name, as the store filters them. */
export type OutputFilter = Omit<OutputListQuery, 'limit' | 'offset' | 'descending' | 'show'>

/**
 * The filter for the user's outputs in this basket (undefined: in any, or none) with these tags, or undefined when nothing can
 * match: there is no such basket, or no output ever got such a tag.
 */
export async function findOutputFilter(
  tx: Pick<StoreReader, 'baskets' | 'tags'>,
  userId: number,
  named: { readonly basket: string | undefined; readonly tags: readonly string[]; readonly tagMode: 'any' | 'all' },
): Promise<OutputFilter | undefined> {
  const { basket, tagMode } = named
  const tags = [...new Set(named.tags)]
  const [row] = basket === undefined ? [] : await tx.baskets.find({ userId, name: basket, isDeleted: false })
  if (basket !== undefined && row === undefined) return undefined
  const tagIds = tags.length === 0 ? [] : await findTagIds(tx, userId, tags)
  const isHopeless = tagMode === 'all' ? tagIds.length < tags.length : tags.length > 0 && tagIds.length === 0
  if (isHopeless) return undefined
  return {
    userId,
    ...(row === undefined ? {} : { basketId: row.basketId }),
    ...(tags.length === 0 ? {} : { tagIds, tagMode }),
  }
}

async function findTagIds(tx: Pick<StoreReader, 'tags'>, userId: number, tags: readonly string[]): Promise<number[]> {
  return (await tx.tags.find({ userId, tag: tags, isDeleted: false })).map((row) => row.outputTagId)
}
