import { type ProcessingStatus, type TransactionRow } from '@txkeep/core'
import { isCoinbaseRawTx } from '@txkeep/spendability'
import { createTransaction, createWithProof, type CreatedTransaction } from './create-transaction.js'
import { holdInputs } from './hold-inputs.js'
import { moveTransactions } from './move-transactions.js'
import { checkRawTransaction } from './raw-transaction.js'
import { holdsInputs, isFailed } from './status-groups.js'
import type { AuditDetails, Unit } from './unit.js'
import type { VerifiedProof } from './verify-proof.js'

/** A transaction another store of the same wallet tells of. */
export interface AdoptedTransaction {
  readonly txid: string
  /** Null while the other store has not sent them: then the row is a placeholder, frozen as `no-raw-tx`. */
  readonly rawTx: Uint8Array | null
  readonly inputBeef?: Uint8Array | null
  readonly batch?: string
  /** What the pair rule makes of its rows there. Only a proof leads to `unconfirmed` and `confirmed`. */
  readonly processing: Exclude<ProcessingStatus, 'unconfirmed' | 'confirmed' | 'reorging'>
  readonly frozenReason?: string
  /** Made by `verifyProof`; it wins over the status. */
  readonly proof?: VerifiedProof
  readonly details?: AuditDetails
  /** Whose copy tells of it: unless a proof does, coins of others are left alone. */
  readonly forUser?: number
}

/**
 * The transaction with this txid: a new one in the status it has in another store, or the stored one. A stored placeholder whose
 * bytes come at last takes the status; any other keeps its own. Inputs are not held yet: the actions and coins of the same
 * transaction come after it; call `settleTransactions` when they are here.
 *
 * @throws {InvalidParameterError} if the bytes are not this transaction.
 * @throws {InvalidProofError} if the proof is about another one.
 */
export async function adoptTransaction(unit: Unit, request: AdoptedTransaction): Promise<CreatedTransaction> {
  const { txid, rawTx, proof, inputBeef = null } = request
  const stored = await unit.tx.transactions.findByTxid(txid)
  if (proof !== undefined && rawTx !== null) {
    const { processing: _, frozenReason: __, ...proven } = request
    const created = await createWithProof(unit, { ...proven, rawTx, proof }, LATER)
    return { ...created, isNew: stored === undefined }
  }
  if (stored === undefined) return insertAs(unit, request)
  if (rawTx === null) return { transaction: stored, isNew: false }
  if (!isPlaceholder(stored)) return createTransaction(unit, { txid, rawTx, inputBeef }, LATER)
  checkRawTransaction(rawTx, txid)
  await moveTransactions(unit, {
    rows: [stored],
    to: request.processing,
    changes: {
      rawTx,
      inputBeef,
      isCoinbase: isCoinbaseRawTx(rawTx),
      frozenReason: request.processing === 'frozen' ? (request.frozenReason ?? stored.frozenReason) : null,
      ...(request.batch === undefined ? {} : { batch: request.batch }),
    },
    details: { ...request.details, why: 'raw-tx-arrived' },
    forUser: request.forUser,
  })
  return { transaction: (await unit.tx.transactions.findByTxid(txid)) ?? stored, isNew: false }
}

/**
 * Marks what these transactions consume here as spent, where their status holds it, and works out the flags of their outputs.
 * Repeating it changes nothing.
 *
 * @param forUser whose copy tells of them: unless a proof does, coins of others are left alone.
 */
export async function settleTransactions(
  unit: Unit,
  transactionIds: readonly number[],
  forUser?: number,
): Promise<void> {
  if (transactionIds.length === 0) return
  const rows = await unit.tx.transactions.findByIds(transactionIds)
  const holding = rows.filter(({ processing }) => holdsInputs(processing))
  if (holding.length > 0) await holdInputs(unit, holding, forUser === undefined ? {} : { forUser })
  await unit.tx.outputs.refreshSpendable({ transactionIds })
}

const LATER = { holdLater: true }

/** Failed ones and those looked at again are moved there: nothing is created so. */
async function insertAs(unit: Unit, request: AdoptedTransaction): Promise<CreatedTransaction> {
  const { processing, proof: _, frozenReason, ...row } = request
  if (row.rawTx === null) {
    return createTransaction(unit, { ...row, processing: 'frozen', frozenReason: NO_RAW_TX }, LATER)
  }
  if (processing === 'frozen') {
    return createTransaction(unit, { ...row, processing, frozenReason: frozenReason ?? NO_RAW_TX }, LATER)
  }
  if (!isFailed(processing) && processing !== 'unfail') {
    return createTransaction(unit, { ...row, processing: processing as StartingStatus }, LATER)
  }
  const created = await createTransaction(unit, row, LATER)
  const { details } = request
  const failed = processing === 'unfail' ? 'invalid' : processing
  await moveTransactions(unit, { rows: [created.transaction], to: failed, details })
  let transaction = (await unit.tx.transactions.findByTxid(row.txid)) ?? created.transaction
  if (processing === 'unfail') {
    await moveTransactions(unit, { rows: [transaction], to: 'unfail', details })
    transaction = (await unit.tx.transactions.findByTxid(row.txid)) ?? transaction
  }
  return { transaction, isNew: created.isNew }
}

type StartingStatus = 'queued' | 'sending' | 'sent' | 'seen' | 'seen_multi' | 'nosend' | 'nonfinal'

const NO_RAW_TX = 'no-raw-tx'

function isPlaceholder({ processing, frozenReason, rawTx }: TransactionRow): boolean {
  return processing === 'frozen' && frozenReason === NO_RAW_TX && rawTx === null
}
