import { wholeMerklePath } from '@txkeep/core'
import { NodeHashes } from './node-hashes.js'
import { Cursor, txidAt } from './raw-transaction.js'

/** Leaf index of a txid in its block when the path proves it. */
export interface ProvenLeaf {
  readonly merkleIndex: number
  readonly blockHeight: number
}

/**
 * Where a BUMP (BRC-74) places `txid`, when it holds the txid as a leaf and leads to `merkleRoot`; undefined when it proves
 * nothing of the kind. Does not ask whether the root is the block's: headers are another check.
 */
export async function provenLeaf(path: Uint8Array, txid: string, merkleRoot: string): Promise<ProvenLeaf | undefined> {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength)
  const leaf = usualLeaf(bytes, txid, merkleRoot)
  if (leaf !== undefined) return leaf
  return isWhole(bytes) ? await slowLeaf(path, txid, merkleRoot) : undefined
}

const DUPLICATE = 1

/** A pure function's answers, so one memory serves all. */
const nodes = new NodeHashes()

/** What one level holds of use: where the leaf's txid sits, and where the sibling's hash is. */
interface Level {
  /** Offset of the wanted leaf, on the lowest level. */
  readonly leaf: number | undefined
  /** Where its hash begins; `duplicate` when the node is a copy of ours, undefined when it is not there. */
  readonly siblingAt: number | 'duplicate' | undefined
}

/** The same for the form every service hands out, one leaf and its siblings; undefined for anything else as well. */
export function usualLeaf(bytes: Buffer, txid: string, merkleRoot: string): ProvenLeaf | undefined {
  const cursor = new Cursor(bytes, 0)
  const blockHeight = cursor.varInt()
  const treeHeight = cursor.byte()
  const working: Buffer = Buffer.from(txid, 'hex').reverse()
  // The leaf has to be known before its sibling can be told: the lowest level is walked twice.
  const lowest = cursor.at
  const merkleIndex = readLevel(cursor, bytes, -1, working).leaf
  if (merkleIndex === undefined) return undefined
  cursor.at = lowest
  const pair = Buffer.allocUnsafe(64)
  for (let level = 0; level < treeHeight; level += 1) {
    const index = Math.floor(merkleIndex / 2 ** level)
    const isLeft = index % 2 === 0
    const { siblingAt } = readLevel(cursor, bytes, isLeft ? index + 1 : index - 1, undefined)
    if (siblingAt === undefined || cursor.overran) return undefined
    working.copy(pair, isLeft ? 0 : 32)
    if (siblingAt === 'duplicate') working.copy(pair, isLeft ? 32 : 0)
    else bytes.copy(pair, isLeft ? 32 : 0, siblingAt, siblingAt + 32)
    nodes.hash(pair, working)
  }
  return txidAt(working, 0) === merkleRoot.toLowerCase() ? { merkleIndex, blockHeight } : undefined
}

function readLevel(cursor: Cursor, bytes: Buffer, sibling: number, wanted: Buffer | undefined): Level {
  const count = cursor.varInt()
  let leaf: number | undefined
  let siblingAt: number | 'duplicate' | undefined
  for (let node = 0; node < count && !cursor.overran; node += 1) {
    const offset = cursor.varInt()
    const isDuplicate = (cursor.byte() & DUPLICATE) !== 0
    const at = isDuplicate ? -1 : cursor.skip(32)
    if (cursor.overran) break
    if (offset === sibling) siblingAt = isDuplicate ? 'duplicate' : at
    if (wanted !== undefined && !isDuplicate && wanted.compare(bytes, at, at + 32) === 0) leaf = offset
  }
  return cursor.overran ? { leaf: undefined, siblingAt: undefined } : { leaf, siblingAt }
}

/** Whether the bytes hold as many leaves as they say: the SDK would make all of them, of nothing, until memory ends. */
function isWhole(bytes: Buffer): boolean {
  const cursor = new Cursor(bytes, 0)
  cursor.varInt()
  const treeHeight = cursor.byte()
  for (let level = 0; level < treeHeight && !cursor.overran; level += 1) readLevel(cursor, bytes, -1, undefined)
  return !cursor.overran
}

/** Compound paths and blocks with one transaction. The SDK is only loaded when one comes along. */
async function slowLeaf(path: Uint8Array, txid: string, merkleRoot: string): Promise<ProvenLeaf | undefined> {
  const { MerklePath } = await import('@bsv/sdk')
  try {
    const parsed = MerklePath.fromBinary([...wholeMerklePath(path)])
    const leaf = parsed.path[0]?.find(({ hash }) => hash === txid)
    if (leaf === undefined || parsed.computeRoot(txid) !== merkleRoot.toLowerCase()) return undefined
    return { merkleIndex: leaf.offset, blockHeight: parsed.blockHeight }
  } catch {
    return undefined
  }
}
