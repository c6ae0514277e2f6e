import { getBeef } from '../beef/get-beef.js'
import type { ProviderContext } from '../provider-context.js'

/**
 * One BEEF with these transactions whole, and their ancestry back to proofs; ancestors the caller knows go in as a txid only. What is
 * not stored is asked of the network: call it outside any database transaction.
 *
 * @throws {WERR_INVALID_PARAMETER} if something is missing to prove one of them: half a proof is none.
 */
export async function entireTransactions(
  context: Pick<ProviderContext, 'service' | 'network' | 'networkIfAny'>,
  txids: readonly string[],
  knownTxids: readonly string[],
): Promise<number[]> {
  const asked = new Set(txids)
  const beef = await getBeef(context, [...asked], { knownTxids: knownTxids.filter((txid) => !asked.has(txid)) })
  return beef.toBinary()
}
