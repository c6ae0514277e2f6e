import type { Beef } from '@bsv/sdk'
import { MerklePath, Transaction } from '@bsv/sdk'
import { InvalidParameterError, InvalidProofError } from '@txkeep/core'
import { checkRawTransaction, verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import type { ProviderNetwork } from '../network/published-network.js'
import type { ProviderContext } from '../provider-context.js'

/**
 * Adds these transactions to `beef` as the network knows them, and returns the txids it does not. What is mined is stored with its
 * proof, so that it is asked for once; what is not mined yet stays in `beef` alone. Call it outside any database transaction.
 * Source: docs/spec/wallet-storage.md §10.
 *
 * @param store false leaves the database as it is. Default true.
 */
export async function fetchAncestors(
  context: Pick<ProviderContext, 'service' | 'networkIfAny'>,
  txids: readonly string[],
  beef: Beef,
  { store = true }: { readonly store?: boolean } = {},
): Promise<readonly string[]> {
  const network = context.networkIfAny()
  if (network === undefined) return txids
  const absent: string[] = []
  for (const txid of txids) {
    const rawTx = await fetchRawTx(network, txid)
    if (rawTx === undefined) {
      absent.push(txid)
      continue
    }
    const transaction = Transaction.fromBinary(rawTx)
    const proof = await fetchProof(network, txid)
    if (proof !== undefined) {
      transaction.merklePath = MerklePath.fromBinary(proof.merklePath)
      if (store) await context.service.createWithProof({ txid, rawTx, proof, details: { why: 'ancestor' } })
    }
    beef.mergeTransaction(transaction)
  }
  return absent
}

/** Bytes that hash to something else are no answer. */
async function fetchRawTx(network: ProviderNetwork, txid: string): Promise<Uint8Array | undefined> {
  const { rawTx } = await network.getRawTx(txid)
  if (rawTx === undefined) return undefined
  try {
    checkRawTransaction(rawTx, txid)
    return rawTx
  } catch (error) {
    if (error instanceof InvalidParameterError) return undefined
    throw error
  }
}

async function fetchProof(network: ProviderNetwork, txid: string): Promise<VerifiedProof | undefined> {
  const { merklePath } = await network.getMerklePath(txid)
  if (merklePath === undefined) return undefined
  try {
    return await verifyProof(merklePath, txid, network)
  } catch (error) {
    if (error instanceof InvalidProofError) return undefined
    throw error
  }
}

/** How many generations of ancestors are asked for before the search is given up. */
export const MAX_FETCHED_GENERATIONS = 12
