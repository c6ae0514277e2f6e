import { InvalidProofError } from '@txkeep/core'
import { verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import type { ProviderNetwork } from '../network/published-network.js'
import type { ProviderContext } from '../provider-context.js'
import type { SyncChunk } from '../published/sync-rows.js'

/**
 * The proofs of a chunk that headers bear out, by txid, without those that are stored already. Asks the network, so call it
 * outside any unit of work. Without a network, or while it does not answer, no proof counts: the transactions are asked about later.
 */
export async function verifyChunkProofs(
  context: ProviderContext,
  { provenTxs = [] }: SyncChunk,
): Promise<ReadonlyMap<string, VerifiedProof>> {
  const proofs = new Map<string, VerifiedProof>()
  const network = context.networkIfAny()
  if (network === undefined || provenTxs.length === 0) return proofs
  const stored = await context.store.read((tx) =>
    tx.transactions.findByTxids(provenTxs.map(({ txid }) => txid.toLowerCase())),
  )
  const known = new Set(stored.map(({ txid, merkleRoot, height }) => `${txid} ${merkleRoot} ${height}`))
  const headers = remembering(network)
  for (const { txid: given, merklePath, merkleRoot, height } of provenTxs) {
    const txid = given.toLowerCase()
    if (known.has(`${txid} ${merkleRoot} ${height}`)) continue
    try {
      proofs.set(txid, await verifyProof(Uint8Array.from(merklePath), txid, headers))
    } catch (error) {
      // Headers that do not answer for one proof do not answer for the next either.
      if (!(error instanceof InvalidProofError)) break
    }
  }
  await noteTip(context, network, proofs)
  return proofs
}

/** Many transactions of a chunk are in one block: its header is asked for once. */
function remembering(network: ProviderNetwork): ProviderNetwork {
  const answers = new Map<string, Promise<boolean>>()
  const { findHeaderForHeight } = network
  const headers = new Map<number, ReturnType<NonNullable<typeof findHeaderForHeight>>>()
  return {
    ...network,
    isValidRootForHeight: (root, height) => {
      const key = `${root} ${height}`
      const answer = answers.get(key) ?? network.isValidRootForHeight(root, height)
      answers.set(key, answer)
      return answer
    },
    ...(findHeaderForHeight === undefined
      ? {}
      : {
          findHeaderForHeight: (height) => {
            const header = headers.get(height) ?? findHeaderForHeight.call(network, height)
            headers.set(height, header)
            return header
          },
        }),
  }
}

/** A backup has no monitor: without a tip no proof would ever count as deep enough. */
async function noteTip(
  { service }: ProviderContext,
  network: ProviderNetwork,
  proofs: ReadonlyMap<string, VerifiedProof>,
): Promise<void> {
  const highest = Math.max(-1, ...[...proofs.values()].map(({ height }) => height))
  const tip = await service.getChainTip()
  if (highest < 0 || (tip !== undefined && tip.height > highest)) return
  const height = await network.currentHeight().catch(() => undefined)
  if (height !== undefined && height > (tip?.height ?? -1)) await service.setChainTip({ height })
}
