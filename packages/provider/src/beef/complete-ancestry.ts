import { Beef } from '@bsv/sdk'
import { wholeBeef } from '@txkeep/core'
import type { ProviderContext } from '../provider-context.js'
import { MAX_FETCHED_GENERATIONS, fetchAncestors } from './fetch-ancestors.js'

/**
 * Stores what the network knows of the ancestors these transactions lack, so that they can be posted: proofs as transactions of their
 * own, what is unproven with their input BEEF. What nobody knows stays missing. Call it outside any database transaction.
 */
export async function completeAncestry(context: ProviderContext, txids: readonly string[]): Promise<void> {
  const elsewhere = new Beef()
  for (let generation = 0; generation < MAX_FETCHED_GENERATIONS; generation++) {
    const { missing } = await context.service.mergeBeefForTxids(txids, { elsewhere })
    if (missing.length === 0) break
    const absent = await fetchAncestors(context, missing, elsewhere)
    if (absent.length > 0) break
  }
  if (elsewhere.txs.every(({ hasProof }) => hasProof)) return
  await context.store.write(async (tx) => {
    for (const { transactionId, inputBeef } of await tx.transactions.findByTxids(txids)) {
      await tx.transactions.update(transactionId, { inputBeef: mergedWith(inputBeef, elsewhere) })
    }
  })
}

function mergedWith(inputBeef: Uint8Array | null, elsewhere: Beef): Uint8Array {
  const merged = new Beef()
  merged.mergeBeef(elsewhere)
  try {
    if (inputBeef !== null && inputBeef.length > 0) merged.mergeBeef(wholeBeef(inputBeef))
  } catch {
    // Broken bytes prove nothing, and nothing is lost with them.
  }
  return merged.toUint8Array()
}
