import type { WalletAction } from '@bsv/sdk'
import { ConflictError, InvalidParameterError, type ListedAction } from '@txkeep/core'
import { abortAction } from '../abort-action/abort-action.js'
import { authorize } from '../auth.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import { actionStatus } from '../projection/action-status.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * Gives each of these kept-back actions up, one by one, and writes into `actions` what became of it: `failed`, or what it is when
 * it cannot be given up, e.g. because what spends it lives on.
 */
export async function abortListed(
  context: ProviderContext,
  auth: AuthId,
  rows: readonly ListedAction[],
  actions: readonly WalletAction[],
): Promise<void> {
  for (const { txid } of rows) {
    if (txid === null) continue
    try {
      await abortAction(context, auth, { reference: txid })
    } catch (error) {
      if (!isRefusal(error)) throw error
    }
  }
  const statuses = await statusesOf(context, auth, rows)
  rows.forEach(({ actionId }, index) => {
    const [action, status] = [actions[index], statuses.get(actionId)]
    if (action !== undefined && status !== undefined) action.status = status
  })
}

/** Somebody sent it meanwhile, it went down with another one, or a transaction that lives on spends it. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof ConflictError || error instanceof InvalidParameterError || error instanceof WERR_INVALID_PARAMETER
  )
}

async function statusesOf(
  context: ProviderContext,
  auth: AuthId,
  rows: readonly ListedAction[],
): Promise<ReadonlyMap<number, WalletAction['status']>> {
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const actions = await tx.actions.findByIds(
      rows.map((row) => row.actionId),
      userId,
    )
    const transactions = await tx.transactions.findByIds(actions.flatMap(({ transactionId }) => transactionId ?? []))
    const processing = new Map(transactions.map((row) => [row.transactionId, row.processing]))
    return new Map(
      actions.map((action) => [
        action.actionId,
        actionStatus({ ...action, processing: processing.get(action.transactionId ?? 0) ?? null }),
      ]),
    )
  })
}
