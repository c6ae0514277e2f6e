import { NotFoundError, type OutputRow } from '@txkeep/core'
import { checkOutputs, insertOutputs, settleOutputs, type ActionOutput } from './insert-outputs.js'
import { parseStoredTransaction } from './raw-transaction.js'
import type { Unit } from './unit.js'

export interface AddOutputsRequest {
  readonly actionId: number
  readonly outputs: readonly ActionOutput[]
}

/**
 * Outputs added to an action that is there already, e.g. when a payment turns up in a transaction the user knows. In order of
 * the request, with the flags the rule gives them.
 *
 * @throws {NotFoundError} if there is no such action.
 * @throws {InvalidParameterError} if an output is not what the raw transaction says.
 * @throws {UniqueViolationError} if the action has an output at this index.
 */
export async function addOutputs(unit: Unit, { actionId, outputs }: AddOutputsRequest): Promise<readonly OutputRow[]> {
  const action = await unit.tx.actions.findById(actionId)
  if (action === undefined) throw new NotFoundError('action', actionId)
  const transaction =
    action.transactionId === null ? undefined : await unit.tx.transactions.findById(action.transactionId)
  const raw = parseStoredTransaction(transaction?.rawTx ?? null)
  checkOutputs(outputs, raw)
  const rows = await insertOutputs(unit, action, outputs, transaction, raw)
  return settleOutputs(unit, rows, transaction)
}
