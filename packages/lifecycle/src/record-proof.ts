import {
  InvalidParameterError,
  InvalidProofError,
  NotFoundError,
  type ProcessingStatus,
  type TransactionChanges,
  type TransactionRow,
} from '@txkeep/core'
import { assertTransition, provenStatus } from '@txkeep/fsm'
import { coinbaseMaturesAt, isCoinbaseRawTx } from '@txkeep/spendability'
import { setMaturity } from './coinbase-outputs.js'
import { moveTransactions, storedProof } from './move-transactions.js'
import { isFailed, isProven } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'
import { isVerifiedProof, type VerifiedProof } from './verify-proof.js'

export interface RecordProofRequest {
  readonly transactionId: number
  /** Made by `verifyProof`. */
  readonly proof: VerifiedProof
  readonly expectedVersion?: number
  readonly provider?: string
  readonly details?: AuditDetails
}

export type RecordProofResult =
  | { readonly outcome: 'recorded'; readonly transaction: TransactionRow }
  /** This very proof is stored already, and the depth gate says the same. */
  | { readonly outcome: 'unchanged'; readonly transaction: TransactionRow }
  | { readonly outcome: 'stale' }

/**
 * What came of writing proof columns and the status they lead to, in one unit: `confirmed` when enough blocks lie on top,
 * else `unconfirmed`. Source: docs/spec/lifecycle.md §5.
 *
 * @throws {InvalidProofError} if the proof is about another transaction.
 * @throws {InvalidParameterError} if `verifyProof` did not make it.
 * @throws {NotFoundError} if there is no such transaction.
 */
export async function recordProof(unit: Unit, request: RecordProofRequest): Promise<RecordProofResult> {
  const { transactionId, proof, expectedVersion } = request
  checkProof(proof)
  const row = await unit.tx.transactions.findById(transactionId)
  if (row === undefined) throw new NotFoundError('transaction', transactionId)
  if (proof.txid !== row.txid) throw new InvalidProofError(row.txid, `it is about ${proof.txid}`)
  if (expectedVersion !== undefined && row.rowVersion !== expectedVersion) return { outcome: 'stale' }

  const to = await statusOf(unit, proof)
  // A block that is buried stays buried: a tip that is lower for a moment takes nothing back, only a reorg does.
  if (
    isProven(row.processing) &&
    isSameProof(row, proof) &&
    (row.processing === to || row.processing === 'confirmed')
  ) {
    return { outcome: 'unchanged', transaction: row }
  }
  const stopover = stopoverOf(row.processing, to)
  const from = stopover === undefined ? row : await passThrough(unit, row, stopover, request)
  if (from === undefined) return { outcome: 'stale' }
  return (await writeProof(unit, from, to, request)) ? await recorded(unit, row) : { outcome: 'stale' }
}

/**
 * `proof` itself, once it is known to be one.
 *
 * @throws {InvalidParameterError} if `verifyProof` did not make it.
 */
export function checkProof(proof: VerifiedProof): VerifiedProof {
  if (!isVerifiedProof(proof)) throw new InvalidParameterError('proof', 'a plain object', 'what verifyProof returned')
  return proof
}

/** The status that this proof leads to under the stored chain tip. */
export async function statusOf(unit: Unit, proof: VerifiedProof): Promise<'unconfirmed' | 'confirmed'> {
  const tip = await unit.tx.chainTip.get()
  return provenStatus({
    height: proof.height,
    tipHeight: tip?.height,
    minConfirmationDepth: unit.minConfirmationDepth,
  })
}

/** The columns a proof fills. */
export function proofColumns(
  proof: VerifiedProof,
  rawTx: Uint8Array | null,
): Pick<
  Required<TransactionChanges>,
  'height' | 'merkleIndex' | 'merklePath' | 'merkleRoot' | 'blockHash' | 'isCoinbase' | 'proofAttempts'
> {
  const { height, merkleIndex, merklePath, merkleRoot, blockHash } = proof
  const isCoinbase = merkleIndex === 0 || (rawTx !== null && isCoinbaseRawTx(rawTx))
  return { height, merkleIndex, merklePath, merkleRoot, blockHash, isCoinbase, proofAttempts: 0 }
}

/** What the audit says about a proof. */
export function proofDetails({ height, merkleIndex, merkleRoot, blockHash }: VerifiedProof): AuditDetails {
  return { height, merkleIndex, merkleRoot, blockHash }
}

/** The status to pass through where the table has no direct move: dead rows are looked at again first. */
function stopoverOf(from: ProcessingStatus, to: ProcessingStatus): ProcessingStatus | undefined {
  if (isFailed(from)) return 'unfail'
  return from === 'confirmed' && to === 'unconfirmed' ? 'reorging' : undefined
}

async function passThrough(
  unit: Unit,
  row: TransactionRow,
  to: ProcessingStatus,
  { expectedVersion, details }: RecordProofRequest,
): Promise<TransactionRow | undefined> {
  assertTransition(row.processing, to)
  const { moved } = await moveTransactions(unit, {
    rows: [row],
    to,
    checkVersion: expectedVersion !== undefined,
    details: { ...details, why: to === 'unfail' ? 'late-proof' : 'newer-proof' },
  })
  return moved.length === 0 ? undefined : await unit.tx.transactions.findById(row.transactionId)
}

async function writeProof(
  unit: Unit,
  row: TransactionRow,
  to: 'unconfirmed' | 'confirmed',
  { proof, expectedVersion, provider, details }: RecordProofRequest,
): Promise<boolean> {
  assertTransition(row.processing, to, { proof: true })
  const columns = proofColumns(proof, row.rawTx)
  const { moved } = await moveTransactions(unit, {
    rows: [row],
    to,
    checkVersion: expectedVersion !== undefined,
    changes: { ...columns, ...(provider === undefined ? {} : { lastProvider: provider }) },
    details: { ...details, ...proofDetails(proof) },
  })
  if (moved.length === 0) return false
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'proof.acquired',
      transactionId: row.transactionId,
      fromState: row.processing,
      toState: to,
      details: {
        ...details,
        ...(provider === undefined ? {} : { provider }),
        ...proofDetails(proof),
        ...(row.merklePath === null ? {} : { replaced: storedProof(row) }),
      },
    }),
  ])
  if (columns.isCoinbase || row.isCoinbase) {
    const maturesAt = columns.isCoinbase ? coinbaseMaturesAt(proof.height, unit.coinbaseMaturityBlocks) : null
    await setMaturity(unit, [row], maturesAt)
    await unit.tx.outputs.refreshSpendable({ transactionIds: [row.transactionId] })
  }
  return true
}

async function recorded(unit: Unit, before: TransactionRow): Promise<RecordProofResult> {
  const transaction = (await unit.tx.transactions.findById(before.transactionId)) ?? before
  if (before.processing === 'unfail') {
    await unit.tx.audit.append([
      auditRow(unit, {
        event: 'unfail.resolved',
        transactionId: before.transactionId,
        fromState: 'unfail',
        toState: transaction.processing,
        details: { why: 'proof' },
      }),
    ])
  }
  return { outcome: 'recorded', transaction }
}

function isSameProof(row: TransactionRow, proof: VerifiedProof): boolean {
  return (
    row.height === proof.height &&
    row.merkleRoot === proof.merkleRoot &&
    row.merkleIndex === proof.merkleIndex &&
    (proof.blockHash === null || row.blockHash === proof.blockHash)
  )
}
