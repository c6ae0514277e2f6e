import type { ActionListQuery, ListedAction, ListedOutput, OutputListQuery, StoreReader } from '@txkeep/core'

export interface ActionsForUserQuery extends Omit<ActionListQuery, 'labelIds'> {
  /** Label texts; `labelMode` says whether one is enough. A list with only unknown ones finds nothing. */
  readonly labels?: readonly string[]
}

export interface ActionForUser extends ListedAction {
  /** Live labels. */
  readonly labels: readonly string[]
}

/** One page of the user's actions with their labels, in order of `actionId`, and how many there are in all. */
export async function listActionsForUser(
  tx: StoreReader,
  { labels, ...query }: ActionsForUserQuery,
): Promise<{ readonly rows: readonly ActionForUser[]; readonly total: number }> {
  const labelIds = labels === undefined ? undefined : await findLabelIds(tx, query.userId, labels)
  if (cannotMatch(labels, labelIds, query.labelMode)) return { rows: [], total: 0 }
  const { rows, total } = await tx.actions.list({ ...query, ...(labelIds === undefined ? {} : { labelIds }) })
  const texts = rows.length === 0 ? NO_TEXTS : await tx.actions.labelsOf(rows.map((row) => row.actionId))
  return { rows: rows.map((row) => ({ ...row, labels: texts.get(row.actionId) ?? [] })), total }
}

export interface OutputsForUserQuery extends Omit<OutputListQuery, 'tagIds' | 'basketId'> {
  /** Name of a basket. An unknown one has no outputs. */
  readonly basket?: string
  /** Tag texts; `tagMode` says whether one is enough. A list with only unknown ones finds nothing. */
  readonly tags?: readonly string[]
}

export interface OutputForUser extends ListedOutput {
  /** Live tags. */
  readonly tags: readonly string[]
}

/** One page of the user's outputs with their tags, in order of `outputId`, and how many there are in all. */
export async function listOutputsForUser(
  tx: StoreReader,
  { basket, tags, ...query }: OutputsForUserQuery,
): Promise<{ readonly rows: readonly OutputForUser[]; readonly total: number }> {
  const { userId } = query
  const basketId = basket === undefined ? undefined : await findBasketId(tx, userId, basket)
  if (basket !== undefined && basketId === undefined) return { rows: [], total: 0 }
  const tagIds = tags === undefined ? undefined : await findTagIds(tx, userId, tags)
  if (cannotMatch(tags, tagIds, query.tagMode)) return { rows: [], total: 0 }
  const { rows, total } = await tx.outputs.list({
    ...query,
    ...(basketId === undefined ? {} : { basketId }),
    ...(tagIds === undefined ? {} : { tagIds }),
  })
  const texts = rows.length === 0 ? NO_TEXTS : await tx.outputs.tagsOf(rows.map((row) => row.outputId))
  return { rows: rows.map((row) => ({ ...row, tags: texts.get(row.outputId) ?? [] })), total }
}

const NO_TEXTS: ReadonlyMap<number, readonly string[]> = /* @__PURE__ */ new Map()

/** Nothing carries a label that does not exist: with `all` one unknown text is enough, with `any` every one. */
function cannotMatch(
  texts: readonly string[] | undefined,
  ids: readonly number[] | undefined,
  mode: 'any' | 'all' = 'any',
): boolean {
  if (texts === undefined || ids === undefined || texts.length === 0) return false
  return mode === 'all' ? ids.length < new Set(texts).size : ids.length === 0
}

async function findBasketId(tx: StoreReader, userId: number, name: string): Promise<number | undefined> {
  const [basket] = await tx.baskets.find({ userId, name, isDeleted: false })
  return basket?.basketId
}

async function findLabelIds(tx: StoreReader, userId: number, labels: readonly string[]): Promise<number[]> {
  if (labels.length === 0) return []
  return (await tx.labels.find({ userId, label: labels, isDeleted: false })).map((label) => label.txLabelId)
}

async function findTagIds(tx: StoreReader, userId: number, tags: readonly string[]): Promise<number[]> {
  if (tags.length === 0) return []
  return (await tx.tags.find({ userId, tag: tags, isDeleted: false })).map((tag) => tag.outputTagId)
}
