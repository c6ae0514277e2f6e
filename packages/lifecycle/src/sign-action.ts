import {
  ConflictError,
  InvalidParameterError,
  NotFoundError,
  checkTxid,
  formatOutpoint,
  type ActionRow,
  type OutputRow,
  type TransactionRow,
} from '@txkeep/core'
import { createTransaction, type NewTransaction } from './create-transaction.js'
import { holdInputs } from './hold-inputs.js'
import { checkRawTransaction, type RawTransaction } from './raw-transaction.js'
import { holdsInputs } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface SignActionRequest {
  readonly userId: number
  readonly reference: string
  readonly txid: string
  readonly rawTx: Uint8Array
  /** Default `queued`. */
  readonly processing?: 'queued' | 'sending' | 'nosend' | 'nonfinal'
  /** Default: the draft's own. */
  readonly inputBeef?: Uint8Array
  readonly batch?: string
  readonly userNosend?: boolean
  readonly satoshisDelta?: number
  /** Locking scripts longer than this are not stored twice but read from the raw transaction. In bytes. Default 1024. */
  readonly maxOutputScriptBytes?: number
  readonly details?: AuditDetails
}

export interface SignedAction {
  readonly action: ActionRow
  readonly transaction: TransactionRow
  readonly outputs: readonly OutputRow[]
  /** False when the draft had been signed with this very transaction before: then nothing was changed. */
  readonly isNew: boolean
}

/**
 * The draft, signed: it has its transaction now, its outputs know their txid and where their scripts lie; labels, baskets,
 * tags and locked inputs stay where they are. Repeating it changes nothing. Source: docs/spec/lifecycle.md §9.
 *
 * @throws {NotFoundError} if the user has no such action.
 * @throws {ConflictError} if it is aborted, or signed with another transaction, or the user has this txid already.
 * @throws {InvalidParameterError} if the transaction is not what the draft planned.
 */
export async function signAction(unit: Unit, request: SignActionRequest): Promise<SignedAction> {
  const { userId, reference, rawTx, userNosend, satoshisDelta } = request
  const txid = checkTxid('txid', request.txid)
  const raw = checkRawTransaction(rawTx, txid)
  const draft = await unit.tx.actions.findByReference(userId, reference)
  if (draft === undefined) throw new NotFoundError('action', reference)
  if (draft.transactionId !== null) return signedBefore(unit, draft, txid)
  if (draft.userAborted)
    throw new ConflictError(`The action ${JSON.stringify(reference)} is aborted. Create a new one.`)
  const outputs = await unit.tx.outputs.findByAction(draft.actionId)
  checkPlan(draft, outputs, raw, rawTx)

  const { transaction } = await createTransaction(unit, newTransaction(request, draft), { holdLater: true })
  const other = await unit.tx.actions.findByUserTransaction(userId, transaction.transactionId)
  if (other !== undefined) {
    throw new ConflictError(`User ${userId} has ${txid} already, as the action ${JSON.stringify(other.reference)}.`)
  }
  const action = await unit.tx.actions.update(
    draft.actionId,
    {
      transactionId: transaction.transactionId,
      draftInputBeef: null,
      plan: null,
      version: raw.version,
      lockTime: raw.lockTime,
      ...(userNosend === undefined ? {} : { userNosend }),
      ...(satoshisDelta === undefined ? {} : { satoshisDelta }),
    },
    draft.rowVersion,
  )
  if (action === undefined) {
    throw new ConflictError(`The action ${JSON.stringify(reference)} changed while it was signed. Read it again.`)
  }
  await attachOutputs(unit, outputs, raw, request.maxOutputScriptBytes ?? MAX_OUTPUT_SCRIPT_BYTES)
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'action.signed',
      actionId: action.actionId,
      transactionId: transaction.transactionId,
      fromState: 'draft',
      toState: transaction.processing,
      details: request.details,
    }),
  ])
  if (holdsInputs(transaction.processing)) await holdInputs(unit, [transaction])
  await unit.tx.outputs.refreshSpendable({ actionIds: [action.actionId] })
  return { action, transaction, outputs: await unit.tx.outputs.findByAction(action.actionId), isNew: true }
}

const MAX_OUTPUT_SCRIPT_BYTES = 1024

async function signedBefore(unit: Unit, action: ActionRow, txid: string): Promise<SignedAction> {
  const transaction =
    action.transactionId === null ? undefined : await unit.tx.transactions.findById(action.transactionId)
  if (transaction?.txid !== txid) {
    throw new ConflictError(
      `The action ${JSON.stringify(action.reference)} is signed as ${transaction?.txid ?? 'another transaction'} already, not as ${txid}.`,
    )
  }
  return { action, transaction, outputs: await unit.tx.outputs.findByAction(action.actionId), isNew: false }
}

function newTransaction(request: SignActionRequest, draft: ActionRow): NewTransaction {
  const { txid, rawTx, processing, batch, details } = request
  return {
    txid,
    rawTx,
    inputBeef: request.inputBeef ?? draft.draftInputBeef,
    ...(processing === undefined ? {} : { processing }),
    ...(batch === undefined ? {} : { batch }),
    ...(details === undefined ? {} : { details }),
  }
}

/** The signed bytes must be what the draft planned: a foreign transaction would take the coins of this one. */
function checkPlan(draft: ActionRow, outputs: readonly OutputRow[], raw: RawTransaction, rawTx: Uint8Array): void {
  if (draft.plan !== null) {
    const planned = draft.plan.inputs.map(formatOutpoint).sort()
    const signed = raw.inputs.map(formatOutpoint).sort()
    if (planned.join() !== signed.join()) {
      throw new InvalidParameterError('rawTx', signed.join(', '), `a transaction that spends ${planned.join(', ')}`)
    }
    // A transaction needs an output: a wallet adds an empty one where none was planned.
    const count = draft.plan.outputCount
    if (raw.outputs.length !== count && !(count === 0 && raw.outputs.length === 1)) {
      throw new InvalidParameterError('rawTx', `${raw.outputs.length} outputs`, `a transaction with ${count}`)
    }
  }
  for (const { vout, satoshis, lockingScript } of outputs) {
    const place = raw.outputs[vout]
    const isKnown =
      place?.satoshis === satoshis &&
      (lockingScript === null ||
        equalBytes(rawTx.subarray(place.scriptOffset, place.scriptOffset + place.scriptLength), lockingScript))
    if (!isKnown) {
      throw new InvalidParameterError('rawTx', `output ${vout}`, `${satoshis} satoshis to the script of the draft`)
    }
  }
}

async function attachOutputs(
  unit: Unit,
  outputs: readonly OutputRow[],
  raw: RawTransaction,
  maxOutputScriptBytes: number,
): Promise<void> {
  for (const { outputId, vout, lockingScript } of outputs) {
    const place = raw.outputs[vout]
    await unit.tx.outputs.update(outputId, {
      txid: raw.txid,
      scriptLength: place?.scriptLength ?? null,
      scriptOffset: place?.scriptOffset ?? null,
      ...(lockingScript !== null && lockingScript.length > maxOutputScriptBytes ? { lockingScript: null } : {}),
    })
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}
