import type { ListOutputsResult, Validation } from '@bsv/sdk'
import type { OutputListQuery } from '@txkeep/core'
import { authorize } from '../auth.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import { describeOutputs } from './describe-outputs.js'
import { entireTransactions } from './entire-transactions.js'
import { listInvalidChange } from './invalid-change.js'
import { findOutputFilter } from './output-filter.js'
import { readOutputListRequest, type OutputListRequest } from './output-list-request.js'
import { setChangeParams } from './set-change-params.js'

/**
 * One page of the user's coins in a basket, oldest first, or newest first where the offset is negative, and how many there are in
 * all, whatever the page, or 0 beyond the last. Special baskets answer with the balance, check coins against the network, or set how change is made.
 * Source: docs/spec/wallet-storage.md §8, §14.
 *
 * @throws {WERR_INVALID_PARAMETER} if the arguments make no sense, or a transaction to include cannot be proven.
 */
export async function listOutputs(
  context: ProviderContext,
  auth: AuthId,
  vargs: Partial<Validation.ValidListOutputsArgs>,
): Promise<ListOutputsResult> {
  const request = readOutputListRequest(vargs)
  switch (request.kind) {
    case 'balance':
      return balance(context, auth, request)
    case 'invalid-change':
      return listInvalidChange(context, auth, request)
    case 'change-params':
      return setChangeParams(context, auth, request)
    case 'list':
      return list(context, auth, request)
  }
}

async function list(context: ProviderContext, auth: AuthId, request: OutputListRequest): Promise<ListOutputsResult> {
  const { totalOutputs, txids, outputs } = await context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const filter = await findOutputFilter(tx, userId, request)
    if (filter === undefined) return { totalOutputs: 0, txids: [], outputs: [] }
    const { rows, total } = await tx.outputs.list({ ...filter, ...pageOf(request) })
    return {
      // The published `Wallet.balanceAndUtxos` pages until it is told that there are none: beyond the end the total is 0.
      totalOutputs: rows.length === 0 ? 0 : total,
      txids: rows.flatMap(({ txid }) => txid ?? []),
      outputs: await describeOutputs(tx, rows, request.include),
    }
  })
  if (!request.includeTransactions || txids.length === 0) return { totalOutputs, outputs }
  return { totalOutputs, BEEF: await entireTransactions(context, txids, request.knownTxids), outputs }
}

/** −1 begins with the newest, −2 with the one before it, each going back in time. */
function pageOf({ limit, offset }: OutputListRequest): Pick<OutputListQuery, 'limit' | 'offset' | 'descending'> {
  return offset < 0 ? { limit, offset: -offset - 1, descending: true } : { limit, offset }
}

/** The sum of every coin a list would show, in satoshis, where lists say how many there are. */
async function balance(context: ProviderContext, auth: AuthId, request: OutputListRequest): Promise<ListOutputsResult> {
  return context.store.read(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const filter = await findOutputFilter(tx, userId, request)
    return { totalOutputs: filter === undefined ? 0 : (await tx.outputs.sum(filter)).satoshis, outputs: [] }
  })
}
