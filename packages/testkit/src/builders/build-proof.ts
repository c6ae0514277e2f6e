import { MerklePath } from '@bsv/sdk'
import { hashOf } from './hash-of.js'

export interface ProofPlan {
  readonly txid: string
  readonly height: number
  /** Index of the leaf in its block; 1 unless given, 0 is the coinbase. */
  readonly merkleIndex?: number
}

/** The proof columns of a transaction row. */
export interface BuiltProof {
  readonly height: number
  readonly merkleIndex: number
  readonly merklePath: Uint8Array
  readonly merkleRoot: string
  readonly blockHash: string
}

/**
 * A well-formed merkle path in a made-up block: its root computes, its headers exist nowhere. For a path that a chain
 * tracker accepts, mine the transaction on a `MockChain`.
 */
export function buildProof(plan: ProofPlan): BuiltProof {
  const merkleIndex = plan.merkleIndex ?? 1
  const levels = Math.max(1, Math.floor(Math.log2(Math.max(merkleIndex, 1))) + 1)
  const leaf = { offset: merkleIndex, hash: plan.txid, txid: true }
  const path = Array.from({ length: levels }, (_, level) => {
    const offset = (merkleIndex >> level) ^ 1
    return { offset, hash: hashOf(`sibling ${plan.height} ${level} ${offset}`) }
  })
  const merklePath = new MerklePath(
    plan.height,
    path.map((sibling, level) => (level === 0 ? [leaf, sibling].sort((a, b) => a.offset - b.offset) : [sibling])),
  )
  return {
    height: plan.height,
    merkleIndex,
    merklePath: merklePath.toBinaryUint8Array(),
    merkleRoot: merklePath.computeRoot(plan.txid),
    blockHash: hashOf(`block ${plan.height}`),
  }
}
