import {
  ConflictError,
  InvalidParameterError,
  NotFoundError,
  checkSatoshis,
  checkSatoshisDelta,
  type ActionRow,
  type DraftPlan,
  type NewOutputRow,
  type OutputRow,
  type TransactionRow,
} from '@txkeep/core'
import { coinbaseMaturesAt } from '@txkeep/spendability'
import { checkName, checkText } from './check-text.js'
import { claimInputs, type ActionInput } from './claim-inputs.js'
import {
  createTransaction,
  createWithProof,
  type NewProvenTransaction,
  type NewTransaction,
} from './create-transaction.js'
import { addLabels, addTags, findOrCreateBasket } from './find-or-create-names.js'
import { holdInputs } from './hold-inputs.js'
import { checkRawTransaction, type RawTransaction } from './raw-transaction.js'
import { holdsInputs, isProven } from './status-groups.js'
import { auditRow, type Unit } from './unit.js'

/** An output of a new action. Its owner is the action's user; flags and place in the raw transaction are worked out. */
export type ActionOutput = Pick<NewOutputRow, 'vout' | 'satoshis' | 'providedBy' | 'purpose' | 'type'> &
  Partial<
    Pick<
      OutputRow,
      | 'change'
      | 'withheld'
      | 'outputDescription'
      | 'senderIdentityKey'
      | 'derivationPrefix'
      | 'derivationSuffix'
      | 'customInstructions'
      | 'lockingScript'
    >
  > & {
    /** Name of the basket, made if need be. */
    readonly basket?: string
    readonly tags?: readonly string[]
  }

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

/**
 * Inserts outputs of an action, with their baskets and tags. Flags start cleared: `settleOutputs` works them out.
 *
 * @param raw the parsed transaction; undefined for a draft.
 */
export async function insertOutputs(
  unit: Unit,
  action: ActionRow,
  outputs: readonly ActionOutput[],
  transaction: TransactionRow | undefined,
  raw: RawTransaction | undefined,
): Promise<OutputRow[]> {
  const { userId, actionId } = action
  const maturesAtHeight =
    transaction?.isCoinbase === true && transaction.height !== null && isProven(transaction.processing)
      ? coinbaseMaturesAt(transaction.height, unit.coinbaseMaturityBlocks)
      : null
  const rows: NewOutputRow[] = []
  const tagsOfRow: (readonly string[])[] = []
  for (const { basket, tags = [], ...columns } of outputs) {
    tagsOfRow.push(tags)
    const place = raw?.outputs[columns.vout]
    rows.push({
      ...columns,
      userId,
      actionId,
      basketId: basket === undefined ? null : await findOrCreateBasket(unit.tx, userId, basket),
      txid: transaction?.txid ?? null,
      scriptLength: place?.scriptLength ?? null,
      scriptOffset: place?.scriptOffset ?? null,
      maturesAtHeight,
      spendable: false,
      pending: false,
    })
  }
  const inserted = rows.length === 0 ? [] : await unit.tx.outputs.insertMany(rows)
  for (const [index, row] of inserted.entries()) {
    await addTags(unit.tx, userId, row.outputId, tagsOfRow[index] ?? [])
  }
  return inserted
}

/** These outputs with the flags the rule gives them; a live transaction of a new owner takes that owner's coins first. */
async function settleOutputs(
  unit: Unit,
  rows: readonly OutputRow[],
  transaction: TransactionRow | undefined,
): Promise<OutputRow[]> {
  if (transaction === undefined) return [...rows]
  if (holdsInputs(transaction.processing)) await holdInputs(unit, [transaction])
  if (rows.length === 0) return []
  await unit.tx.outputs.refreshSpendable({ outputIds: rows.map((row) => row.outputId) })
  const settled = new Map(
    (await unit.tx.outputs.findByIds(rows.map((row) => row.outputId))).map((row) => [row.outputId, row]),
  )
  return rows.map((row) => settled.get(row.outputId) ?? row)
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

function checkOutputs(outputs: readonly ActionOutput[], raw: RawTransaction | undefined): void {
  const vouts = new Set<number>()
  for (const { vout, satoshis, outputDescription, customInstructions } of outputs) {
    if (!Number.isSafeInteger(vout) || vout < 0 || vout > MAX_VOUT || vouts.has(vout)) {
      throw new InvalidParameterError('vout', vout, 'an output index that no other output of the action has')
    }
    vouts.add(vout)
    checkSatoshis('satoshis', satoshis)
    checkText('outputDescription', outputDescription)
    checkText('customInstructions', customInstructions)
    if (raw === undefined) continue
    const stored = raw.outputs[vout]
    if (stored === undefined) {
      throw new InvalidParameterError('vout', vout, `below ${raw.outputs.length}, the outputs of ${raw.txid}`)
    }
    if (stored.satoshis !== satoshis) {
      throw new InvalidParameterError(
        'satoshis',
        satoshis,
        `${stored.satoshis}, the value of output ${vout} of ${raw.txid}`,
      )
    }
  }
}

const MAX_VOUT = 0x7fffffff

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
