import {
  ConflictError,
  InvalidParameterError,
  NotFoundError,
  isTxid,
  type ActionRow,
  type TransactionRow,
} from '@txkeep/core'
import { abortDraft } from './abort-draft.js'
import { findFamily } from './fail-descendants.js'
import { moveTransactions } from './move-transactions.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface AbortActionRequest {
  readonly userId: number
  /** The action's reference, or its txid. */
  readonly reference: string
  /** Inputs of a signed action that a successful look-up just called unspent: they are released at once. */
  readonly unspentOutputIds?: readonly number[]
  readonly details?: AuditDetails
}

export interface AbortedAction {
  readonly action: ActionRow
  /** `draft`: never signed. `shared`: other users hold the transaction, so it stays. `invalid`: it is dead now. */
  readonly outcome: 'draft' | 'shared' | 'invalid'
  /** Coins that are free now; the others wait for the network's answer. */
  readonly released: number
}

/**
 * The action, given up by its user. Only what was never broadcast can be: a draft, nosend or nonfinal. What spends its
 * outputs fails with it. Source: docs/spec/wallet-storage.md §7, docs/spec/lifecycle.md §3 step 6.
 *
 * @throws {NotFoundError} if the user has no such action.
 * @throws {InvalidParameterError} if it is not outgoing, aborted already, or may be on the network.
 * @throws {ConflictError} if the network took a transaction that spends its outputs, or one that lives on does.
 */
export async function abortAction(unit: Unit, request: AbortActionRequest): Promise<AbortedAction> {
  const action = await findAction(unit, request)
  if (!action.isOutgoing) throw notAbortable(request.reference, 'incoming')
  if (action.userAborted) throw notAbortable(request.reference, 'aborted')
  const details = { ...request.details, why: 'aborted' }
  if (action.transactionId === null) {
    const released = await abortDraft(unit, action, details)
    return { action: await reread(unit, action), outcome: 'draft', released }
  }
  const transaction = await unit.tx.transactions.findById(action.transactionId)
  if (transaction === undefined) throw new NotFoundError('transaction', action.transactionId)
  const { processing } = transaction
  if (processing !== 'nosend' && processing !== 'nonfinal') throw notAbortable(request.reference, processing)
  return (await isShared(unit, action, transaction))
    ? await abortShared(unit, action, transaction, details)
    : await abortWhole(unit, action, transaction, request.unspentOutputIds ?? [], details)
}

async function findAction(unit: Unit, { userId, reference }: AbortActionRequest): Promise<ActionRow> {
  const byReference = await unit.tx.actions.findByReference(userId, reference)
  if (byReference !== undefined) return byReference
  const transaction = isTxid(reference) ? await unit.tx.transactions.findByTxid(reference) : undefined
  const byTxid =
    transaction === undefined
      ? undefined
      : await unit.tx.actions.findByUserTransaction(userId, transaction.transactionId)
  if (byTxid === undefined) throw new NotFoundError('action', reference)
  return byTxid
}

async function isShared(unit: Unit, action: ActionRow, { transactionId }: TransactionRow): Promise<boolean> {
  const holders = await unit.tx.actions.findByTransactions([transactionId])
  return holders.some((holder) => holder.actionId !== action.actionId && !holder.userAborted)
}

/** The transaction may still be sent by somebody else: only this user's view of it ends, and the inputs stay locked. */
async function abortShared(
  unit: Unit,
  action: ActionRow,
  transaction: TransactionRow,
  details: AuditDetails,
): Promise<AbortedAction> {
  const own = new Set((await unit.tx.outputs.findByAction(action.actionId)).map((output) => output.spentByActionId))
  const family = await findFamily(unit.tx, transaction, 'invalid', new Set())
  const living = [...family.dying, ...family.contradicting]
  const spenders = await unit.tx.actions.findByTransactions(living.map((row) => row.transactionId))
  const dependent = [...spenders, ...family.drafts].find((spender) => own.has(spender.actionId))
  if (dependent !== undefined) {
    throw new ConflictError(
      `The action ${JSON.stringify(dependent.reference)} spends outputs of ${transaction.txid}, which other users hold too. Abort it first.`,
    )
  }
  await markAborted(unit, action, { ...details, shared: true })
  await unit.tx.outputs.refreshSpendable({ actionIds: [action.actionId] })
  return { action: await reread(unit, action), outcome: 'shared', released: 0 }
}

async function abortWhole(
  unit: Unit,
  action: ActionRow,
  transaction: TransactionRow,
  unspentOutputIds: readonly number[],
  details: AuditDetails,
): Promise<AbortedAction> {
  const { stale, refused } = await moveTransactions(unit, { rows: [transaction], to: 'invalid', details })
  if (refused.length > 0) {
    throw new ConflictError(
      `The network took a transaction that spends outputs of ${transaction.txid}, so it cannot be aborted. Broadcast it.`,
    )
  }
  if (stale.length > 0)
    throw new ConflictError(`The transaction ${transaction.txid} moved a moment ago. Read it again.`)
  await markAborted(unit, action, details)
  const held = new Set((await unit.tx.outputs.findSpentBy([action.actionId])).map((output) => output.outputId))
  const free = unspentOutputIds.filter((outputId) => held.has(outputId))
  const released = free.length === 0 ? 0 : await unit.tx.outputs.releaseSpentBy(action.actionId, free)
  if (released > 0) {
    await unit.tx.audit.append(
      free.map((outputId) =>
        auditRow(unit, {
          event: 'input.released',
          transactionId: transaction.transactionId,
          actionId: action.actionId,
          details: { ...details, outputId },
        }),
      ),
    )
    await unit.tx.outputs.refreshSpendable({ outputIds: free })
  }
  return { action: await reread(unit, action), outcome: 'invalid', released }
}

async function markAborted(unit: Unit, action: ActionRow, details: AuditDetails): Promise<void> {
  const changed = await unit.tx.actions.update(action.actionId, { userAborted: true }, action.rowVersion)
  if (changed === undefined) {
    throw new ConflictError(`The action ${JSON.stringify(action.reference)} changed a moment ago. Read it again.`)
  }
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'action.aborted',
      actionId: action.actionId,
      transactionId: action.transactionId,
      details,
    }),
  ])
}

async function reread(unit: Unit, action: ActionRow): Promise<ActionRow> {
  return (await unit.tx.actions.findById(action.actionId)) ?? action
}

function notAbortable(reference: string, found: string): InvalidParameterError {
  return new InvalidParameterError(
    'reference',
    `${reference} (${found})`,
    'an outgoing action that is a draft, nosend or nonfinal, and not aborted yet',
  )
}
