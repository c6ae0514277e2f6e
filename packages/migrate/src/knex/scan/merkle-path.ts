import { MerklePath } from '@bsv/sdk'
import { Cursor, doubleSha256 } from './raw-transaction.js'

/** Leaf index of a txid in its block when the path proves it. */
export interface ProvenLeaf {
  readonly merkleIndex: number
  readonly blockHeight: number
}

/**
 * Where a BUMP (BRC-74) places `txid`, when it holds the txid as a leaf and leads to `merkleRoot`; undefined when it proves
 * nothing of the kind. Does not ask whether the root is the block's: headers are another check.
 */
export function provenLeaf(path: Uint8Array, txid: string, merkleRoot: string): ProvenLeaf | undefined {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength)
  return fastLeaf(bytes, txid, merkleRoot) ?? slowLeaf(path, txid, merkleRoot)
}

interface Node {
  readonly offset: number
  /** Undefined for a duplicate of its sibling. */
  readonly hash: Buffer | undefined
}

const DUPLICATE = 1

/** The form every service hands out: one leaf and its siblings. Anything else is left to the SDK. */
function fastLeaf(bytes: Buffer, txid: string, merkleRoot: string): ProvenLeaf | undefined {
  const cursor = new Cursor(bytes, 0)
  const blockHeight = cursor.varInt()
  const treeHeight = cursor.byte()
  const wanted = Buffer.from(txid, 'hex').reverse()
  let working: Buffer<ArrayBufferLike> = wanted
  let merkleIndex: number | undefined
  for (let level = 0; level < treeHeight; level += 1) {
    const nodes = readLevel(cursor, bytes)
    if (nodes === undefined) return undefined
    if (level === 0) merkleIndex = nodes.find((node) => node.hash?.equals(wanted) === true)?.offset
    if (merkleIndex === undefined) return undefined
    const index = Math.floor(merkleIndex / 2 ** level)
    const siblingAt = index % 2 === 0 ? index + 1 : index - 1
    const sibling = nodes.find((node) => node.offset === siblingAt)
    if (sibling === undefined) return undefined
    const other = sibling.hash ?? working
    working = doubleSha256(Buffer.concat(index % 2 === 0 ? [working, other] : [other, working]))
  }
  if (cursor.overran || merkleIndex === undefined) return undefined
  return working.reverse().toString('hex') === merkleRoot.toLowerCase() ? { merkleIndex, blockHeight } : undefined
}

function readLevel(cursor: Cursor, bytes: Buffer): Node[] | undefined {
  const count = cursor.varInt()
  if (count > bytes.length) return undefined
  const nodes: Node[] = []
  for (let index = 0; index < count; index += 1) {
    const offset = cursor.varInt()
    const flags = cursor.byte()
    if ((flags & DUPLICATE) !== 0) {
      nodes.push({ offset, hash: undefined })
    } else {
      const at = cursor.skip(32)
      nodes.push({ offset, hash: bytes.subarray(at, at + 32) })
    }
    if (cursor.overran) return undefined
  }
  return nodes
}

/** Compound paths and blocks with one transaction. */
function slowLeaf(path: Uint8Array, txid: string, merkleRoot: string): ProvenLeaf | undefined {
  try {
    const parsed = MerklePath.fromBinary([...path])
    const leaf = parsed.path[0]?.find(({ hash }) => hash === txid)
    if (leaf === undefined || parsed.computeRoot(txid) !== merkleRoot.toLowerCase()) return undefined
    return { merkleIndex: leaf.offset, blockHeight: parsed.blockHeight }
  } catch {
    return undefined
  }
}
