import { InvalidProofError, checkTxid, wholeMerklePath, type HeaderServices } from '@txkeep/core'
import { MerklePath } from '@bsv/sdk'

declare const verified: unique symbol

/** A merkle path that was checked against block headers. Only `verifyProof` makes one, and `recordProof` takes no other. */
export interface VerifiedProof {
  readonly [verified]: true
  readonly txid: string
  /** Height of the block. */
  readonly height: number
  /** Index of the leaf in its block, as the path says; 0 is the coinbase. */
  readonly merkleIndex: number
  /** BUMP bytes (BRC-74). */
  readonly merklePath: Uint8Array
  readonly merkleRoot: string
  /** Null when the header service knows roots but no block hashes. */
  readonly blockHash: string | null
}

/** What a proof is checked against; a chain tracker fits. */
export type ProofHeaders = Pick<HeaderServices, 'isValidRootForHeight'> &
  Partial<Pick<HeaderServices, 'findHeaderForHeight'>>

/**
 * The proof that `txid` is mined. Asks the network: call it outside any database transaction. The SDK's own
 * `MerklePath.verify` is not used: it rejects a coinbase whose block is more than a hundred blocks deep.
 *
 * @param path BUMP bytes.
 * @throws {InvalidProofError} if the path is broken, does not contain `txid`, or leads to a root no header has.
 * @throws whatever `headers` throws: then nothing is known about the proof.
 */
export async function verifyProof(
  path: Uint8Array | MerklePath,
  txid: string,
  headers: ProofHeaders,
): Promise<VerifiedProof> {
  checkTxid('txid', txid)
  const merklePath = readPath(path, txid)
  const leaf = merklePath.path[0]?.find(({ hash }) => hash === txid)
  if (leaf === undefined) throw new InvalidProofError(txid, 'it does not contain this txid')
  const height = merklePath.blockHeight
  const merkleRoot = rootOf(merklePath, txid)
  if (!(await headers.isValidRootForHeight(merkleRoot, height))) {
    throw new InvalidProofError(txid, `no block at height ${height} has the root ${merkleRoot} it leads to`)
  }
  const header = await headers.findHeaderForHeight?.(height)
  if (header !== undefined && header.merkleRoot !== merkleRoot) {
    throw new InvalidProofError(txid, `the block at height ${height} was replaced while the path was checked`)
  }
  const proof = Object.freeze({
    txid,
    height,
    merkleIndex: leaf.offset,
    merklePath: pathOf(merklePath, txid).toBinaryUint8Array(),
    merkleRoot,
    blockHash: header?.hash ?? null,
  }) as VerifiedProof
  made.add(proof)
  return proof
}

/** Whether `verifyProof` made this very value. */
export function isVerifiedProof(proof: VerifiedProof): boolean {
  return made.has(proof)
}

/** The type says it, this set proves it, also to callers without types. */
const made = /* @__PURE__ */ new WeakSet<VerifiedProof>()

function readPath(path: Uint8Array | MerklePath, txid: string): MerklePath {
  if (path instanceof MerklePath) return path
  try {
    return MerklePath.fromBinary(wholeMerklePath(path))
  } catch (cause) {
    throw new InvalidProofError(txid, 'its bytes are no merkle path', { cause })
  }
}

function rootOf(path: MerklePath, txid: string): string {
  try {
    return path.computeRoot(txid)
  } catch (cause) {
    throw new InvalidProofError(txid, 'it has no way from the leaf to a root', { cause })
  }
}

/** A path through a whole block is cut down to what this txid needs. */
function pathOf(path: MerklePath, txid: string): MerklePath {
  if ((path.path[0]?.length ?? 0) <= 2) return path
  try {
    return path.extract([txid])
  } catch {
    return path
  }
}
