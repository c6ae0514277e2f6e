import type { InternalizeActionArgs } from '@bsv/sdk'
import { ConflictError, UniqueViolationError, type StoreWriter, type TransactionRow } from '@txkeep/core'
import { broadcastVerdict, type BroadcastAnswers } from '@txkeep/fsm'
import { postRound, type TransactionService, type VerifiedProof } from '@txkeep/lifecycle'
import { authorize } from '../auth.js'
import { verifyAncestry } from '../beef/verify-ancestry.js'
import { assertFinal } from '../process-action/commit-action.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, StorageInternalizeActionResult } from '../published/arguments.js'
import { randomBase64 } from '../random.js'
import { mergeOutputs } from './merge-outputs.js'
import { needsPosting, readStanding } from './standing.js'
import { validateInternalizeAction, type ReceivedTransaction } from './validate-internalize-action.js'

/**
 * Takes outputs of a transaction that somebody handed over: payments become change, others go to a basket. With a proof it is stored
 * proven. Without one the network is asked first: what it refuses is not stored, and what nobody answers for is stored as
 * `sending`, unspendable, and said to be so. Into an action of the user it merges; repeating it changes nothing.
 * Source: docs/spec/wallet-storage.md §6, docs/spec/lifecycle.md §6.
 *
 * @throws {WERR_INVALID_PARAMETER} if `tx` does not prove its transaction, or an output may not be received so.
 */
export async function internalizeAction(
  context: ProviderContext,
  auth: AuthId,
  args: InternalizeActionArgs,
): Promise<StorageInternalizeActionResult> {
  const received = validateInternalizeAction(args)
  const { txid } = received
  const { beef, proofs } = await verifyAncestry('tx', received.beef, [txid], context.network())
  const given = { ...received, proof: proofs.get(txid), inputBeef: beef.toUint8Array() }
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive(context, auth, given)
    } catch (error) {
      // Somebody else stored or moved the transaction in between. The next look finds what is there now.
      const isRace = error instanceof ConflictError || error instanceof UniqueViolationError
      if (!isRace || attempt === ATTEMPTS) throw error
    }
  }
}

const ATTEMPTS = 3
const REFERENCE_BYTES = 7

interface ProvenTransaction extends ReceivedTransaction {
  /** Of the transaction itself. Without it, its inputs are proven. */
  readonly proof: VerifiedProof | undefined
  /** The transaction and what proves it, no more. */
  readonly inputBeef: Uint8Array
}

async function receive(
  context: ProviderContext,
  auth: AuthId,
  given: ProvenTransaction,
): Promise<StorageInternalizeActionResult> {
  const round = given.proof === undefined ? await postIfNeeded(context, auth, given) : undefined
  const verdict = round && broadcastVerdict(round)
  if (round !== undefined && (verdict?.outcome === 'rejected' || verdict?.outcome === 'doubleSpend')) {
    return refuse(context, auth, given, round)
  }
  return context.service.unit((service, tx) => store(context, service, tx, auth, given, round))
}

/** What the network says, where its word is needed. Nothing is stored before it came. */
async function postIfNeeded(
  context: ProviderContext,
  auth: AuthId,
  given: ProvenTransaction,
): Promise<BroadcastAnswers | undefined> {
  const { txid, rawTx, inputBeef } = given
  const isNeeded = await context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    return needsPosting(await readStanding(tx, userId, txid))
  })
  if (!isNeeded) return undefined
  await assertFinal(context, given)
  const network = context.network()
  const posted = { txid, rawTx }
  return (await postRound(network.providers ?? [network], inputBeef, [posted])).get(posted)
}

async function store(
  context: ProviderContext,
  inUnit: TransactionService,
  tx: StoreWriter,
  auth: AuthId,
  given: ProvenTransaction,
  round: BroadcastAnswers | undefined,
): Promise<StorageInternalizeActionResult> {
  const { txid, raw, description, labels, outputs } = given
  const { userId } = await authorize(tx, auth)
  const service = inUnit.as(`user:${userId}`)
  const standing = await readStanding(tx, userId, txid)
  if (given.proof === undefined && round === undefined && needsPosting(standing)) {
    throw new ConflictError(`The transaction ${txid} moved while it was received. Internalize it again.`)
  }
  const { transactionId } = await storeTransaction(service, given, round)
  const { action, isNew } = await service.findOrCreateActionForTxid({
    userId,
    reference: randomBase64(context.random, REFERENCE_BYTES),
    txid,
    description,
    labels,
    isOutgoing: false,
    version: raw.version,
    lockTime: raw.lockTime,
  })
  if (action.hidden) await tx.actions.update(action.actionId, { hidden: false })
  const satoshis = await mergeOutputs(service, tx, action, outputs, context.settings().maxOutputScript)
  if (round !== undefined) await service.recordBroadcastResult({ transactionId, round })
  const stored = await tx.transactions.findById(transactionId)
  return { accepted: true, isMerge: !isNew, txid, satoshis, ...(action.isOutgoing ? {} : waiting(stored)) }
}

/** The one row of this txid, with its proof, or as the one who posted it leaves it. */
async function storeTransaction(
  service: TransactionService,
  { txid, rawTx, inputBeef, proof }: ProvenTransaction,
  round: BroadcastAnswers | undefined,
): Promise<TransactionRow> {
  if (proof !== undefined) return (await service.createWithProof({ txid, rawTx, proof })).transaction
  const { transaction } = await service.create({ txid, rawTx, inputBeef, processing: 'sending' })
  // Whoever kept it back: it was handed on and posted, so it is sent until the network has it.
  if (round !== undefined && transaction.processing === 'nosend') {
    const { transactionId, processing, rowVersion } = transaction
    const moved = await service.transition({
      transactionId,
      expectedFrom: processing,
      expectedVersion: rowVersion,
      to: 'sending',
      details: { why: 'received' },
    })
    if (moved.outcome === 'stale') throw new ConflictError(`The transaction ${txid} moved a moment ago.`)
  }
  return transaction
}

/** What a caller must know before it delivers anything: nobody accepted the transaction yet. */
function waiting(
  transaction: TransactionRow | undefined,
): Pick<StorageInternalizeActionResult, 'sendWithResults' | 'notDelayedResults'> {
  if (transaction?.processing !== 'queued' && transaction?.processing !== 'sending') return {}
  const { txid } = transaction
  return {
    sendWithResults: [{ txid, status: 'sending' }],
    notDelayedResults: [{ txid, status: 'serviceError' }],
  }
}

/** Nothing is stored; only a payment that is waiting here already learns of it. */
async function refuse(
  context: ProviderContext,
  auth: AuthId,
  { txid }: ProvenTransaction,
  round: BroadcastAnswers,
): Promise<StorageInternalizeActionResult> {
  const isMerge = await context.service.unit(async (service, tx) => {
    const { userId } = await authorize(tx, auth)
    const { transaction, action } = await readStanding(tx, userId, txid)
    if (transaction === undefined || action === undefined) return false
    const { transactionId } = transaction
    await service.as(`user:${userId}`).recordBroadcastResult({ transactionId, round })
    return true
  })
  const { outcome, competitor } = broadcastVerdict(round)
  const status = outcome === 'doubleSpend' ? 'doubleSpend' : 'invalidTx'
  return {
    accepted: true,
    isMerge,
    txid,
    satoshis: 0,
    sendWithResults: [{ txid, status: 'failed' }],
    notDelayedResults: [{ txid, status, ...(competitor === undefined ? {} : { competingTxs: [competitor] }) }],
  }
}
