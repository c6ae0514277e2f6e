import { ConflictError, type ActionRow, type TransactionRow } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { WERR_INTERNAL } from '../../errors/werr.js'
import { beefOf } from '../../projection/transaction-rows.js'
import type { SyncChunk, TableTransaction } from '../../published/sync-rows.js'
import { rememberId } from '../sync-map.js'
import { adoptWithRequest } from './adopt-with-request.js'
import { incoming, isNewer, noteArrival, noteMerged, stamps, type Merge } from './merge.js'

/** Published transactions become actions: the same txid, else the same reference, is the same one. */
export async function mergeTransactions(merge: Merge, chunk: SyncChunk): Promise<void> {
  for (const row of incoming(merge, 'transaction', chunk.transactions)) {
    const transaction = await transactionOf(merge, row)
    const stored = await findAction(merge, row, transaction)
    const { actionId } =
      stored === undefined
        ? await insertAction(merge, row, transaction)
        : await updateAction(merge, row, stored, transaction)
    rememberId(merge.map, 'transaction', row.transactionId, actionId)
    if (transaction !== undefined) merge.touched.add(transaction.transactionId)
  }
}

/** Its transaction; undefined for a draft. */
async function transactionOf(merge: Merge, row: TableTransaction): Promise<TransactionRow | undefined> {
  if (row.txid === undefined || row.txid === '') return undefined
  const txid = row.txid.toLowerCase()
  return adoptWithRequest(merge, {
    txid,
    request: merge.requests.get(txid),
    status: row.status,
    ...(row.rawTx === undefined ? {} : { rawTx: Uint8Array.from(row.rawTx) }),
  })
}

async function findAction(
  { tx, userId }: Merge,
  { reference }: TableTransaction,
  transaction: TransactionRow | undefined,
): Promise<ActionRow | undefined> {
  const byTxid = transaction && (await tx.actions.findByUserTransaction(userId, transaction.transactionId))
  if (byTxid !== undefined) return byTxid
  const byReference = await tx.actions.findByReference(userId, reference)
  const isOther = transaction !== undefined && byReference !== undefined && byReference.transactionId !== null
  if (!isOther) return byReference
  throw new WERR_INTERNAL(
    `The reference ${reference} is ${transaction.txid} in the other store and another transaction here. Two stores gave one reference to two actions: they cannot be merged.`,
  )
}

async function insertAction(
  merge: Merge,
  row: TableTransaction,
  transaction: TransactionRow | undefined,
): Promise<ActionRow> {
  const { tx, userId } = merge
  const action = await tx.actions.insert({
    userId,
    reference: row.reference,
    transactionId: transaction?.transactionId ?? null,
    ...columnsOf(row),
    userNosend: transaction?.processing === 'nosend',
    userAborted: isAborted(row, transaction),
    draftInputBeef: draftBeefOf(row, transaction),
    ...stamps(row),
  })
  await merge.service.recordHistoryNote({
    actionId: action.actionId,
    event: 'action.created',
    details: { why: 'sync', from: merge.from, reference: row.reference },
  })
  await noteMerged(merge, 'inserted', 'transaction', [action.actionId])
  // Who joins a transaction that was here before brings its proof and its request along.
  await noteArrival(merge, 'provenTx', [action.actionId])
  await noteArrival(merge, 'provenTxReq', [action.actionId])
  return action
}

async function updateAction(
  merge: Merge,
  row: TableTransaction,
  stored: ActionRow,
  transaction: TransactionRow | undefined,
): Promise<ActionRow> {
  const { actionId } = stored
  const isSigned = transaction !== undefined && stored.transactionId === null
  const isDraftStill = transaction === undefined && stored.transactionId === null
  const wins = isNewer(row, stored)
  if (!isSigned && !wins) return stored
  const { tx } = merge
  const aborts = isAborted(row, transaction)
  const isNeverSent = isDraftStill || transaction?.processing === 'nosend' || transaction?.processing === 'nonfinal'
  if (isNeverSent && !isSigned && aborts && !stored.userAborted && stored.isOutgoing) await abort(merge, stored)
  const changed = await tx.actions.update(actionId, {
    ...(wins ? columnsOf(row) : {}),
    ...(isSigned ? { transactionId: transaction.transactionId, draftInputBeef: null, plan: null } : {}),
    ...(isDraftStill ? { draftInputBeef: draftBeefOf(row, undefined) ?? stored.draftInputBeef } : {}),
    // Signed here and still a draft there: that store has not heard of it.
    ...(wins && (transaction !== undefined || isDraftStill) ? { userAborted: aborts } : {}),
    updatedAt: wins ? row.updated_at : stored.updatedAt,
  })
  await noteMerged(merge, 'updated', 'transaction', [actionId])
  if (isSigned) {
    await noteArrival(merge, 'provenTx', [actionId])
    await noteArrival(merge, 'provenTxReq', [actionId])
  }
  return changed ?? stored
}

/**
 * Given up in the other store before it was ever sent: it is given up here as well, and its coins wait for the network's word.
 * What others hold, or the network's transactions build on, stays as it is.
 */
async function abort({ service, userId, from }: Merge, { reference }: ActionRow): Promise<void> {
  try {
    await service.abortAction({ userId, reference, details: { why: 'sync', from } })
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
  }
}

function columnsOf(
  row: TableTransaction,
): Pick<ActionRow, 'description' | 'isOutgoing' | 'satoshisDelta' | 'version' | 'lockTime'> {
  return {
    description: row.description,
    isOutgoing: row.isOutgoing,
    satoshisDelta: row.satoshis,
    version: row.version ?? null,
    lockTime: row.lockTime ?? null,
  }
}

function draftBeefOf(row: TableTransaction, transaction: TransactionRow | undefined): Uint8Array | null {
  return transaction === undefined ? beefOf(row.inputBEEF) : null
}

/** Failed for its user although the transaction, if there is one, has not failed: she aborted it. The network may overrule that. */
function isAborted({ status }: TableTransaction, transaction: TransactionRow | undefined): boolean {
  if (status !== 'failed') return false
  if (transaction === undefined) return true
  const { processing } = transaction
  return processing !== 'invalid' && processing !== 'doubleSpend' && !isSpendableStatus(processing)
}
