import type { ActionListQuery, ListedAction, StoreReader } from '@txkeep/core'
import type { ActionListRequest } from './action-list-request.js'

export interface FoundActions {
  readonly rows: readonly ListedAction[]
  /** How many there are on all pages together. */
  readonly total: number
  /** Live labels by `actionId`, where they are asked for. */
  readonly labels: ReadonlyMap<number, readonly string[]>
}

/** The page of actions a request is about. Labels nobody gave any action match nothing. */
export async function findListedActions(
  tx: StoreReader,
  userId: number,
  request: ActionListRequest,
): Promise<FoundActions> {
  const labels = [...new Set(request.labels)]
  const labelIds = await findLabelIds(tx, userId, labels)
  const isHopeless =
    request.labelMode === 'all' ? labelIds.length < labels.length : labels.length > 0 && labelIds.length === 0
  if (isHopeless) return { rows: [], total: 0, labels: new Map() }
  const { createdFrom, createdTo, labelMode, limit, offset } = request
  const { rows, total } = await tx.actions.list({
    userId,
    ...standingOf(request),
    ...(labels.length === 0 ? {} : { labelIds, labelMode }),
    ...(createdFrom === undefined ? {} : { createdFrom }),
    ...(createdTo === undefined ? {} : { createdTo }),
    limit,
    offset,
  })
  const wantsLabels = request.include.labels && rows.length > 0
  return { rows, total, labels: wantsLabels ? await tx.actions.labelsOf(rows.map((row) => row.actionId)) : new Map() }
}

function standingOf({ operation }: ActionListRequest): Partial<ActionListQuery> {
  if (operation === undefined) return { standing: 'live' }
  if (operation.standing === 'failed') return { standing: 'failed' }
  return { standing: 'live', processing: ['nosend'], includeDrafts: false }
}

async function findLabelIds(tx: StoreReader, userId: number, labels: readonly string[]): Promise<number[]> {
  if (labels.length === 0) return []
  return (await tx.labels.find({ userId, label: labels, isDeleted: false })).map((label) => label.txLabelId)
}
