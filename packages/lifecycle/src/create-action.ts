import {
  ConflictError,
  InvalidParameterError,
  NotFoundError,
  checkSatoshisDelta,
  type ActionRow,
  type DraftPlan,
  type OutputRow,
  type TransactionRow,
} from '@txkeep/core'
import { checkName, checkText } from './check-text.js'
import { claimInputs, type ActionInput } from './claim-inputs.js'
import {
  createTransaction,
  createWithProof,
  type NewProvenTransaction,
  type NewTransaction,
} from './create-transaction.js'
import { addLabels } from './find-or-create-names.js'
import { checkOutputs, insertOutputs, settleOutputs, type ActionOutput } from './insert-outputs.js'
import { checkRawTransaction, type RawTransaction } from './raw-transaction.js'
import { auditRow, type Unit } from './unit.js'

export interface NewAction {
  readonly userId: number
  /** The wallet's handle, unique per user. */
  readonly reference: string
  readonly description?: string
  readonly isOutgoing?: boolean
  readonly satoshisDelta?: number
  readonly version?: number
  readonly lockTime?: number
  readonly userNosend?: boolean
  readonly hidden?: boolean
  readonly notifyJson?: string
  readonly labels?: readonly string[]
  /** Coins of the user that this action spends; they are locked at once. */
  readonly inputs?: readonly ActionInput[]
  readonly outputs?: readonly ActionOutput[]
  /** Left out: the action is a draft. With a proof the transaction is stored proven. */
  readonly transaction?: NewTransaction | NewProvenTransaction
  /** BEEF of a draft's inputs. */
  readonly draftInputBeef?: Uint8Array
  /** What a draft plans, checked when it is signed. */
  readonly plan?: DraftPlan
}

export interface CreatedAction {
  readonly action: ActionRow
  /** Undefined for a draft. */
  readonly transaction: TransactionRow | undefined
  /** In order of the request. */
  readonly outputs: readonly OutputRow[]
}

/**
 * A new action with its outputs, labels, baskets, tags and locked inputs: all of it or nothing. Without a transaction it is a
 * draft.
 *
 * @throws {ConflictError} if the user has this reference or this transaction already, or a coin is not usable.
 * @throws {NotFoundError} if the user or a coin is not there.
 * @throws {InvalidParameterError} if a value is none the tables can hold.
 */
export async function createAction(unit: Unit, request: NewAction): Promise<CreatedAction> {
  const { userId, reference, inputs = [], outputs = [], labels = [] } = request
  const raw = checkRequest(request)
  if ((await unit.tx.users.get({ userId })) === undefined) throw new NotFoundError('user', userId)
  if ((await unit.tx.actions.findByReference(userId, reference)) !== undefined) {
    throw new ConflictError(`User ${userId} has an action ${JSON.stringify(reference)} already. Use a new reference.`)
  }
  const transaction = await storeTransaction(unit, request)
  const action = await insertAction(unit, request, transaction)
  await claimInputs(unit, userId, action.actionId, inputs)
  const rows = await insertOutputs(unit, action, outputs, transaction, raw)
  await addLabels(unit.tx, userId, action.actionId, labels)
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'action.created',
      actionId: action.actionId,
      transactionId: transaction?.transactionId ?? null,
      toState: transaction?.processing ?? 'draft',
      details: { reference, inputs: inputs.map(({ outputId }) => outputId) },
    }),
  ])
  return { action, transaction, outputs: await settleOutputs(unit, rows, transaction) }
}

/** The parsed transaction, once every value is known to fit its column and every output its transaction. */
function checkRequest(request: NewAction): RawTransaction | undefined {
  checkName('reference', request.reference)
  checkText('description', request.description)
  if (request.satoshisDelta !== undefined) checkSatoshisDelta('satoshisDelta', request.satoshisDelta)
  const { transaction, outputs = [] } = request
  if (transaction !== undefined && (request.plan !== undefined || request.draftInputBeef !== undefined)) {
    throw new InvalidParameterError('plan', 'given with a transaction', 'left out: only a draft has a plan')
  }
  const raw =
    transaction === undefined || transaction.rawTx === null
      ? undefined
      : checkRawTransaction(transaction.rawTx, transaction.txid)
  checkOutputs(outputs, raw)
  return raw
}

/** Its inputs are held by the action, which is not there yet. */
const LATER = { holdLater: true }

async function storeTransaction(unit: Unit, { userId, transaction }: NewAction): Promise<TransactionRow | undefined> {
  if (transaction === undefined) return undefined
  const { transaction: row } =
    'proof' in transaction
      ? await createWithProof(unit, transaction, LATER)
      : await createTransaction(unit, transaction, LATER)
  if ((await unit.tx.actions.findByUserTransaction(userId, row.transactionId)) !== undefined) {
    throw new ConflictError(
      `User ${userId} has an action of ${row.txid} already. Find it with findActionByUserTxid and add to it.`,
    )
  }
  return row
}

async function insertAction(
  unit: Unit,
  request: NewAction,
  transaction: TransactionRow | undefined,
): Promise<ActionRow> {
  return unit.tx.actions.insert({
    userId: request.userId,
    reference: request.reference,
    transactionId: transaction?.transactionId ?? null,
    description: request.description ?? null,
    isOutgoing: request.isOutgoing ?? false,
    satoshisDelta: request.satoshisDelta ?? 0,
    version: request.version ?? null,
    lockTime: request.lockTime ?? null,
    userNosend: request.userNosend ?? false,
    hidden: request.hidden ?? false,
    notifyJson: request.notifyJson ?? null,
    draftInputBeef: request.draftInputBeef ?? null,
    plan: request.plan ?? null,
  })
}
