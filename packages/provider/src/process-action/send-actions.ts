import type { StoreReader, StoreWriter, TransactionRow } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { broadcastTransactions } from '@txkeep/lifecycle'
import { authorize } from '../auth.js'
import { completeAncestry } from '../beef/complete-ancestry.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId, ReviewActionResult, SendWithResult, StorageProcessActionResults } from '../published/arguments.js'
import { randomBase64 } from '../random.js'

/**
 * What became of each transaction on the send list: queued when delayed, else posted in one go. Others' transactions, and unknown
 * ones, are `failed`; every one is reported. Source: docs/spec/wallet-storage.md §4.2, D30.
 *
 * @param txids signed transactions of the user, in the order of the answer.
 */
export async function sendActions(
  context: ProviderContext,
  auth: AuthId,
  txids: readonly string[],
  isDelayed: boolean,
): Promise<StorageProcessActionResults> {
  if (txids.length === 0) return { sendWithResults: [] }
  const ready = await prepareComplete(context, auth, txids, isDelayed)
  const competitors = new Map<string, string>()
  if (!isDelayed && ready.length > 0) {
    const network = context.network()
    for (const { txid, result } of await broadcastTransactions(context.service, network.providers ?? network, ready)) {
      const competitor = result?.verdict.competitor
      if (competitor !== undefined) competitors.set(txid, competitor)
    }
  }
  return report(context, auth, txids, isDelayed, competitors)
}

const BATCH_BYTES = 16

/** The same as `prepare`; where only ancestors are missing, the network is asked for them, and it is tried once more. */
async function prepareComplete(
  context: ProviderContext,
  auth: AuthId,
  txids: readonly string[],
  isDelayed: boolean,
): Promise<readonly string[]> {
  const first = await prepare(context, auth, txids, isDelayed)
  if (first.incomplete.length === 0) return first.ready
  // Committed is committed: an outage here leaves it to be sent later, and the answer says so.
  await completeAncestry(context, first.incomplete).catch(() => undefined)
  return (await prepare(context, auth, txids, isDelayed)).ready
}

/** The txids to post, once they have a batch in common, and are queued when delayed; and those whose ancestry is not stored. */
async function prepare(
  context: ProviderContext,
  auth: AuthId,
  txids: readonly string[],
  isDelayed: boolean,
): Promise<{ readonly ready: readonly string[]; readonly incomplete: readonly string[] }> {
  return context.service.unit(async (service, tx) => {
    const { userId } = await authorize(tx, auth)
    const own = await findOwn(tx, userId, txids)
    const { readyToSend, error } = await service.collectReqsAndBeef(txids.filter((txid) => own.has(txid)))
    const ids = readyToSend.map(({ transactionId }) => transactionId)
    if (txids.length > 1) await service.setBatch(ids, randomBase64(context.random, BATCH_BYTES))
    if (isDelayed) await queue(service.as(`user:${userId}`), tx, ids)
    return {
      ready: readyToSend.map(({ txid }) => txid),
      incomplete: error.flatMap(({ transaction, missing }) => (missing === undefined ? [] : [transaction.txid])),
    }
  })
}

/** What was kept back waits for the task that sends from now on. */
async function queue(
  service: ProviderContext['service'],
  tx: StoreWriter,
  transactionIds: readonly number[],
): Promise<void> {
  const kept = (await tx.transactions.findByIds(transactionIds)).filter(({ processing }) => processing === 'nosend')
  if (kept.length === 0) return
  await service.transitionMany({
    transactions: kept.map(({ transactionId, processing, rowVersion }) => ({
      transactionId,
      expectedFrom: processing,
      expectedVersion: rowVersion,
    })),
    to: 'queued',
    details: { why: 'sendWith' },
  })
}

async function findOwn(
  tx: Pick<StoreReader, 'transactions' | 'actions'>,
  userId: number,
  txids: readonly string[],
): Promise<ReadonlyMap<string, TransactionRow>> {
  const rows = await tx.transactions.findByTxids(txids)
  const actions = await tx.actions.findByTransactions(
    rows.map(({ transactionId }) => transactionId),
    userId,
  )
  const own = new Set(actions.filter((action) => !action.userAborted).map((action) => action.transactionId))
  return new Map(rows.filter(({ transactionId }) => own.has(transactionId)).map((row) => [row.txid, row]))
}

/** Told by what is stored now, so that the answer is the truth whoever else posted, too. */
async function report(
  context: ProviderContext,
  auth: AuthId,
  txids: readonly string[],
  isDelayed: boolean,
  competitors: ReadonlyMap<string, string>,
): Promise<StorageProcessActionResults> {
  const own = await context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    return findOwn(tx, userId, txids)
  })
  const verdicts = txids.map((txid) => ({ txid, ...verdictOf(own.get(txid)) }))
  const sendWithResults = verdicts.map(({ txid, sent }): SendWithResult => ({ txid, status: sent }))
  if (isDelayed) return { sendWithResults }
  const notDelayedResults = verdicts.map(({ txid, review }): ReviewActionResult => {
    const competitor = competitors.get(txid)
    return { txid, status: review, ...(competitor === undefined ? {} : { competingTxs: [competitor] }) }
  })
  return { sendWithResults, notDelayedResults }
}

function verdictOf(row: TransactionRow | undefined): {
  sent: SendWithResult['status']
  review: ReviewActionResult['status']
} {
  const processing = row?.processing
  if (processing === 'doubleSpend') return { sent: 'failed', review: 'doubleSpend' }
  if (processing === 'queued' || processing === 'sending') return { sent: 'sending', review: 'serviceError' }
  const isAccepted = processing !== undefined && (ACCEPTED_STATUSES.includes(processing) || processing === 'reorging')
  return isAccepted ? { sent: 'unproven', review: 'success' } : { sent: 'failed', review: 'invalidTx' }
}
