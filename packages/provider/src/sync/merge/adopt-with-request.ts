import type { TransactionRow } from '@txkeep/core'
import { legacyToProcessing } from '@txkeep/fsm'
import type { AdoptedTransaction } from '@txkeep/lifecycle'
import { beefOf } from '../../projection/transaction-rows.js'
import type { TableProvenTxReq } from '../../published/sync-rows.js'
import { followAdvice } from './follow-advice.js'
import { isShared, UNCERTAIN, type Merge } from './merge.js'

export interface ToldTransaction {
  readonly txid: string
  /** What came of its request; undefined where it comes in a later chunk, or there is none. */
  readonly request: TableProvenTxReq | undefined
  /** Its user's row, as published; null where only the request is known. */
  readonly status: string | null
  /** Bytes its user's row holds itself. */
  readonly rawTx?: Uint8Array
}

/**
 * The transaction another store tells of, new or stored: the pair of its rows there decides as in a migration. One that is stored
 * takes missing bytes and follows advice. Source: docs/spec/lifecycle.md §7.
 */
export async function adoptWithRequest(merge: Merge, told: ToldTransaction): Promise<TransactionRow> {
  const { txid, request, status } = told
  const { tx, service } = merge
  const stored = await tx.transactions.findByTxid(txid)
  const rawTx = request === undefined ? (told.rawTx ?? null) : Uint8Array.from(request.rawTx)
  if (stored !== undefined && rawTx === null) return stored
  const pair = legacyToProcessing({
    transaction: status,
    request: request?.status,
    hasProof: false,
    wasBroadcast: request?.wasBroadcast === true,
    hasRawTx: rawTx !== null,
    hasTxid: true,
  })
  // Bytes another user waits for come with one user's word about them: the network is asked.
  const isUncertain = stored?.rawTx === null && (await isShared(merge, stored.transactionId))
  const { processing = 'frozen', frozenReason }: typeof pair = isUncertain ? { ...pair, ...UNCERTAIN } : pair
  const adopted = await service.adoptTransaction({
    txid,
    rawTx,
    // The pair rule gives a proven status only with a proof.
    processing: processing as AdoptedTransaction['processing'],
    forUser: merge.userId,
    inputBeef: beefOf(request?.inputBEEF),
    ...(request?.batch === undefined ? {} : { batch: request.batch }),
    ...(frozenReason === undefined ? {} : { frozenReason }),
    details: { why: 'sync', from: merge.from },
  })
  const { transaction } = adopted
  if (adopted.isNew) merge.counts.inserts += 1
  else if (transaction.rowVersion !== stored?.rowVersion) merge.counts.updates += 1
  if (stored !== undefined && stored.rawTx !== null && request !== undefined) {
    await followAdvice(merge, transaction, { processing, updatedAt: request.updated_at })
  }
  return (await tx.transactions.findByTxid(txid)) ?? transaction
}
