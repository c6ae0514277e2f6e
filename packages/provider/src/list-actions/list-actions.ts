import type { ListActionsResult, Validation, WalletAction } from '@bsv/sdk'
import type { ListedAction, StoreReader } from '@txkeep/core'
import { authorize } from '../auth.js'
import { actionStatus } from '../projection/action-status.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import { abortListed } from './abort-listed.js'
import { readActionListRequest, type ActionListRequest } from './action-list-request.js'
import { actionTimeLabel } from './action-time.js'
import { findListedActions, type FoundActions } from './find-listed-actions.js'
import { inputsOf } from './inputs-of-actions.js'
import { outputsOf } from './outputs-of-actions.js'
import { unfailListed } from './unfail-listed.js'

/**
 * One page of the user's actions in the order they were made, and how many there are in all, whatever the page. Hidden ones are
 * left out, failed ones too unless their special label asks for them. However long the page, the database is asked once for each
 * kind of row. Source: docs/spec/wallet-storage.md §8, lifecycle.md §7.
 *
 * @throws {WERR_INVALID_PARAMETER} if the labels, the limit or the offset make no sense.
 */
export async function listActions(
  context: ProviderContext,
  auth: AuthId,
  vargs: Partial<Validation.ValidListActionsArgs>,
): Promise<ListActionsResult> {
  const request = readActionListRequest(vargs)
  const { rows, actions, total } = await context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const found = await findListedActions(tx, userId, request)
    return { ...found, actions: await describe(tx, userId, request, found) }
  })
  const act = request.operation?.act
  if (act === 'abort') await abortListed(context, auth, rows, actions)
  if (act === 'unfail') await unfailListed(context, auth, rows)
  return { totalActions: total, actions }
}

async function describe(
  tx: StoreReader,
  userId: number,
  request: ActionListRequest,
  { rows, labels }: FoundActions,
): Promise<WalletAction[]> {
  if (rows.length === 0) return []
  const { include, createdFrom, createdTo } = request
  const isAboutTime = createdFrom !== undefined || createdTo !== undefined
  const inputs = include.inputs ? await inputsOf(tx, userId, rows, include) : undefined
  const outputs = include.outputs ? await outputsOf(tx, userId, rows, include) : undefined
  return rows.map((row): WalletAction => {
    const own = labels.get(row.actionId) ?? []
    return {
      ...toWalletAction(row),
      ...(include.labels ? { labels: isAboutTime ? [...own, actionTimeLabel(row.createdAt)] : [...own] } : {}),
      ...(outputs === undefined ? {} : { outputs: outputs.get(row.actionId) ?? [] }),
      ...(inputs === undefined ? {} : { inputs: inputs.get(row.actionId) ?? [] }),
    }
  })
}

function toWalletAction(row: ListedAction): WalletAction {
  return {
    txid: row.txid ?? '',
    satoshis: row.satoshisDelta,
    status: actionStatus(row),
    isOutgoing: row.isOutgoing,
    description: row.description ?? '',
    version: row.version ?? 0,
    lockTime: row.lockTime ?? 0,
  }
}
