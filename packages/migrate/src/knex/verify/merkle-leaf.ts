import { ByteReader } from './byte-reader.js'
import { doubleHash } from './double-hash.js'

/** Where a merkle path places a txid, and the root it leads to. */
export interface MerkleLeaf {
  readonly merkleIndex: number
  readonly blockHeight: number
  /** 64 lower-case hex digits. */
  readonly root: string
}

/** A node's hash in internal byte order, or `duplicate` of its sibling. */
type MerkleNode = Buffer | 'duplicate'

/**
 * Follows a BUMP (BRC-74) from `txid` to its root; undefined when the path does not contain the txid, has a hole, or cannot be
 * read. Whether the root is a block's is another question: it needs headers.
 */
export function findMerkleLeaf(path: Uint8Array, txid: string): MerkleLeaf | undefined {
  const reader = new ByteReader(path)
  try {
    const blockHeight = reader.readVarInt()
    const levels: Map<number, MerkleNode>[] = []
    for (let height = reader.readByte(); height > 0; height--) levels.push(readLevel(reader))
    const wanted = Buffer.from(txid, 'hex').reverse()
    for (const [merkleIndex, node] of levels[0] ?? []) {
      if (node === 'duplicate' || !node.equals(wanted)) continue
      const root = climb(levels, merkleIndex, node)
      return root === undefined ? undefined : { merkleIndex, blockHeight, root: root.reverse().toString('hex') }
    }
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readLevel(reader: ByteReader): Map<number, MerkleNode> {
  const nodes = new Map<number, MerkleNode>()
  for (let count = reader.readVarInt(); count > 0; count--) {
    const offset = reader.readVarInt()
    const isDuplicate = (reader.readByte() & 1) === 1
    nodes.set(offset, isDuplicate ? 'duplicate' : reader.readBytes(32))
  }
  return nodes
}

function climb(levels: readonly Map<number, MerkleNode>[], leafIndex: number, leaf: Buffer): Buffer | undefined {
  // A block of one transaction: its hash is the root.
  if (levels.length === 1 && levels[0]?.size === 1) return Buffer.from(leaf)
  let working: Buffer = leaf
  let index = leafIndex
  for (let level = 0; level < levels.length; level++) {
    const isLeft = index % 2 === 0
    const sibling = nodeAt(levels, level, isLeft ? index + 1 : index - 1)
    if (sibling === undefined) return undefined
    const other = sibling === 'duplicate' ? working : sibling
    working = isLeft ? hashPair(working, other) : hashPair(other, working)
    index = Math.floor(index / 2)
  }
  return working
}

/** A node that is written down, or one that follows from the two below it. */
function nodeAt(levels: readonly Map<number, MerkleNode>[], level: number, index: number): MerkleNode | undefined {
  const stored = levels[level]?.get(index)
  if (stored !== undefined || level === 0) return stored
  const left = nodeAt(levels, level - 1, index * 2)
  const right = nodeAt(levels, level - 1, index * 2 + 1)
  if (left === undefined || left === 'duplicate' || right === undefined) return undefined
  return hashPair(left, right === 'duplicate' ? left : right)
}

const pair = /* @__PURE__ */ Buffer.alloc(64)

function hashPair(left: Buffer, right: Buffer): Buffer {
  pair.set(left, 0)
  pair.set(right, 32)
  return doubleHash(pair)
}
