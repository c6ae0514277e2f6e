import {
  ConflictError,
  InvalidParameterError,
  checkTxid,
  type NewTransactionRow,
  type ProcessingStatus,
  type TransactionRow,
} from '@txkeep/core'
import { isCoinbaseRawTx } from '@txkeep/spendability'
import { isSpendableStatus } from '@txkeep/fsm'
import { checkName } from './check-text.js'
import { holdInputs } from './hold-inputs.js'
import { checkRawTransaction } from './raw-transaction.js'
import { checkProof, proofColumns, proofDetails, recordProof, statusOf } from './record-proof.js'
import { firstLook, holdsInputs } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'
import type { VerifiedProof } from './verify-proof.js'

export interface NewTransaction {
  readonly txid: string
  /** Must hash to `txid`. Null only for a transaction whose bytes are lost; then it is created `frozen`. */
  readonly rawTx: Uint8Array | null
  readonly inputBeef?: Uint8Array | null
  /** Default `queued`. Proven, failed and reorging ones are not created: they are moved there. */
  readonly processing?: 'queued' | 'sending' | 'sent' | 'seen' | 'seen_multi' | 'nosend' | 'nonfinal' | 'frozen'
  readonly frozenReason?: string
  readonly nextActionAt?: Date
  readonly batch?: string
  readonly idempotencyKey?: string
  readonly provider?: string
  readonly details?: AuditDetails
}

export interface NewProvenTransaction extends Omit<NewTransaction, 'processing' | 'frozenReason' | 'rawTx'> {
  readonly rawTx: Uint8Array
  /** Made by `verifyProof`. */
  readonly proof: VerifiedProof
}

export interface CreatedTransaction {
  readonly transaction: TransactionRow
  /** False when the txid was here already: then nothing but missing bytes was added. */
  readonly isNew: boolean
}

export interface HoldOptions {
  /** The caller adds the owner's action and then calls `holdInputs` itself. */
  readonly holdLater?: boolean
}

/**
 * The transaction with this txid: the stored one, or a new one. Two callers with the same txid get the same row.
 *
 * @throws {InvalidParameterError} if the bytes are not this transaction, or the status is none a transaction starts with.
 */
export async function createTransaction(
  unit: Unit,
  request: NewTransaction,
  options?: HoldOptions,
): Promise<CreatedTransaction> {
  const { txid, rawTx, processing = 'queued' } = request
  checkTxid('txid', txid)
  if (rawTx !== null) checkRawTransaction(rawTx, txid)
  if (!STARTING_STATUSES.has(processing)) {
    throw new InvalidParameterError('processing', processing, `one of ${[...STARTING_STATUSES].join(', ')}`)
  }
  if (rawTx === null && processing !== 'frozen') {
    throw new InvalidParameterError('rawTx', rawTx, 'the bytes of the transaction, unless it is created frozen')
  }
  const frozenReason = processing === 'frozen' ? (request.frozenReason ?? '') : null
  if (frozenReason === '') {
    throw new InvalidParameterError('frozenReason', request.frozenReason, 'a sentence that says why it is frozen')
  }
  return insert(
    unit,
    request,
    {
      processing,
      frozenReason,
      nextActionAt: firstLook(processing, frozenReason, request.nextActionAt ?? unit.clock.now()),
      wasBroadcast: isSpendableStatus(processing),
      isCoinbase: rawTx !== null && isCoinbaseRawTx(rawTx),
    },
    options,
  )
}

/**
 * The transaction with this txid, proven: a new row with its proof columns, or the stored one after `recordProof`.
 *
 * @throws {InvalidProofError} if the proof is about another transaction.
 */
export async function createWithProof(
  unit: Unit,
  request: NewProvenTransaction,
  options?: HoldOptions,
): Promise<CreatedTransaction> {
  const proof = checkProof(request.proof)
  checkTxid('txid', request.txid)
  checkRawTransaction(request.rawTx, request.txid)
  if (proof.txid !== request.txid) throw new InvalidParameterError('proof', proof.txid, `about ${request.txid}`)
  const stored = await unit.tx.transactions.findByTxid(request.txid)
  if (stored === undefined) {
    const processing = await statusOf(unit, proof)
    const created = await insert(
      unit,
      request,
      {
        processing,
        ...proofColumns(proof, request.rawTx),
        nextActionAt: firstLook(processing, null, unit.clock.now()),
        wasBroadcast: true,
      },
      options,
    )
    if (created.isNew) {
      await unit.tx.audit.append([
        auditRow(unit, {
          event: 'proof.acquired',
          transactionId: created.transaction.transactionId,
          toState: processing,
          details: { ...request.details, ...proofDetails(proof) },
        }),
      ])
      return created
    }
  }
  const { transaction } = await insert(unit, request, { processing: 'queued' })
  const { provider, details } = request
  const result = await recordProof(unit, {
    transactionId: transaction.transactionId,
    proof,
    ...(provider === undefined ? {} : { provider }),
    ...(details === undefined ? {} : { details }),
  })
  if (result.outcome === 'stale') {
    throw new ConflictError(`The transaction ${request.txid} moved while its proof was recorded. Record it again.`)
  }
  return { transaction: result.transaction, isNew: false }
}

/**
 * The transaction to broadcast, found by the caller's own key or by its txid, or created. Repeating the call with the same
 * key gives the same row.
 *
 * @throws {ConflictError} if the key belongs to another transaction.
 */
export async function findOrCreateForBroadcast(unit: Unit, request: NewTransaction): Promise<CreatedTransaction> {
  const { idempotencyKey, txid } = request
  if (idempotencyKey === undefined) return createTransaction(unit, request)
  checkName('idempotencyKey', idempotencyKey)
  const known = await unit.tx.transactions.findByIdempotencyKey(idempotencyKey)
  if (known === undefined) return createTransaction(unit, request)
  if (known.txid === txid) return { transaction: known, isNew: false }
  throw new ConflictError(
    `The idempotency key ${JSON.stringify(idempotencyKey)} belongs to ${known.txid}, not to ${txid}. Use a new key for another transaction.`,
  )
}

const STARTING_STATUSES: ReadonlySet<ProcessingStatus> = /* @__PURE__ */ new Set([
  'queued',
  'sending',
  'sent',
  'seen',
  'seen_multi',
  'nosend',
  'nonfinal',
  'frozen',
])

/** Inserts, or completes the stored row with bytes it lacks. */
async function insert(
  unit: Unit,
  request: NewTransaction,
  columns: Omit<NewTransactionRow, 'txid'>,
  options: HoldOptions = {},
): Promise<CreatedTransaction> {
  const { txid, rawTx, inputBeef = null, batch = null, idempotencyKey = null, provider = null } = request
  const now = unit.clock.now()
  const { row, inserted } = await unit.tx.transactions.insertIfAbsent({
    txid,
    rawTx,
    inputBeef,
    batch,
    idempotencyKey,
    lastProvider: provider,
    processingChangedAt: now,
    ...columns,
  })
  if (!inserted) return { transaction: await complete(unit, row, request), isNew: false }
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'transaction.created',
      transactionId: row.transactionId,
      toState: row.processing,
      details: request.details,
    }),
  ])
  if (holdsInputs(row.processing) && options.holdLater !== true) await holdInputs(unit, [row])
  return { transaction: row, isNew: true }
}

async function complete(unit: Unit, row: TransactionRow, request: NewTransaction): Promise<TransactionRow> {
  const { rawTx, inputBeef = null, idempotencyKey } = request
  const missing = {
    ...(row.rawTx === null && rawTx !== null ? { rawTx, isCoinbase: isCoinbaseRawTx(rawTx) } : {}),
    ...(row.inputBeef === null && inputBeef !== null ? { inputBeef } : {}),
    ...(row.idempotencyKey === null && idempotencyKey !== undefined ? { idempotencyKey } : {}),
  }
  if (Object.keys(missing).length === 0) return row
  const completed = (await unit.tx.transactions.update(row.transactionId, missing)) ?? row
  if (row.rawTx === null && completed.rawTx !== null) {
    if (holdsInputs(completed.processing)) await holdInputs(unit, [completed])
    await unit.tx.outputs.refreshSpendable({ transactionIds: [row.transactionId] })
  }
  return completed
}
