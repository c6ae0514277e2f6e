import type { TransactionRow } from '@txkeep/core'
import type { SyncChunk, TableProvenTxReq } from '../../published/sync-rows.js'
import { rememberId } from '../sync-map.js'
import { adoptWithRequest } from './adopt-with-request.js'
import { incoming, isNewer, isShared, type Merge } from './merge.js'

/** Requests: the bytes of transactions that came before, what state they are in, their batch. They come last. */
export async function mergeRequests(merge: Merge, chunk: SyncChunk): Promise<void> {
  for (const row of incoming(merge, 'provenTxReq', chunk.provenTxReqs)) {
    const txid = row.txid.toLowerCase()
    const before = await merge.tx.transactions.findByTxid(txid)
    // What its user's row said is written on her action: an abort is all that a request does not tell.
    const action = before && (await merge.tx.actions.findByUserTransaction(merge.userId, before.transactionId))
    const stored = await adoptWithRequest(merge, { txid, request: row, status: action?.userAborted ? 'failed' : null })
    rememberId(merge.map, 'provenTxReq', row.provenTxReqId, stored.transactionId)
    await mergeColumns(merge, row, before, stored)
    merge.touched.add(stored.transactionId)
  }
}

/** Broadcast once is broadcast for good; of two batches the newer one wins. Where another user has it, too, hers stay. */
async function mergeColumns(
  merge: Merge,
  row: TableProvenTxReq,
  before: TransactionRow | undefined,
  { transactionId, wasBroadcast, batch }: TransactionRow,
): Promise<void> {
  const { tx, service } = merge
  if (await isShared(merge, transactionId)) return
  if (row.wasBroadcast === true && !wasBroadcast) await tx.transactions.update(transactionId, { wasBroadcast: true })
  const theirs = row.batch ?? null
  if (theirs === null || theirs === batch) return
  if (before === undefined || isNewer(row, before)) await service.setBatch([transactionId], theirs)
}
