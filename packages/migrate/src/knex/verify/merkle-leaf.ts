import { ByteReader } from './byte-reader.js'
import { MerkleHasher } from './merkle-hasher.js'

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
 *
 * @param hasher one for all paths that are read, so that what they share is hashed once
 */
export function findMerkleLeaf(
  path: Uint8Array,
  txid: string,
  hasher: MerkleHasher = new MerkleHasher(),
): MerkleLeaf | undefined {
  const reader = new ByteReader(path)
  try {
    const blockHeight = reader.readVarInt()
    const levels: Map<number, MerkleNode>[] = []
    for (let height = reader.readByte(); height > 0; height--) levels.push(readLevel(reader))
    const wanted = Buffer.from(txid, 'hex').reverse()
    for (const [merkleIndex, node] of levels[0] ?? []) {
      if (node === 'duplicate' || !node.equals(wanted)) continue
      const root = climb(levels, merkleIndex, node, hasher)
      return root === undefined
        ? undefined
        : { merkleIndex, blockHeight, root: Buffer.from(root).reverse().toString('hex') }
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

/**
 * Up from a leaf to the root. A path may give only the lowest level, whole or in part: then the tree is as high as its highest
 * offset says, and the last node of an odd level stands for its missing sibling too.
 */
function climb(
  levels: readonly Map<number, MerkleNode>[],
  leafIndex: number,
  leaf: Buffer,
  hasher: MerkleHasher,
): Buffer | undefined {
  const lowest = levels[0]
  if (lowest === undefined) return undefined
  // A block of one transaction: its hash is the root.
  if (levels.length === 1 && lowest.size === 1) return leaf
  const tree = { levels, lastOffset: highest(lowest.keys()), hasher }
  const height = Math.max(levels.length, bitLength(tree.lastOffset))
  let working: Buffer = leaf
  let index = leafIndex
  for (let level = 0; level < height; level++) {
    const isLeft = index % 2 === 0
    const sibling =
      nodeAt(tree, level, isLeft ? index + 1 : index - 1) ?? (isLastOf(tree, level, index) ? 'duplicate' : undefined)
    if (sibling === undefined) return undefined
    const other = sibling === 'duplicate' ? working : sibling
    working = isLeft ? hasher.hashPair(working, other) : hasher.hashPair(other, working)
    index = Math.floor(index / 2)
  }
  return working
}

interface MerkleTree {
  readonly levels: readonly Map<number, MerkleNode>[]
  /** The highest offset on the lowest level. */
  readonly lastOffset: number
  readonly hasher: MerkleHasher
}

/** A node that is written down, or one that follows from the two below it. */
function nodeAt(tree: MerkleTree, level: number, index: number): MerkleNode | undefined {
  const stored = tree.levels[level]?.get(index)
  if (stored !== undefined || level === 0) return stored
  const left = nodeAt(tree, level - 1, index * 2)
  if (left === undefined || left === 'duplicate') return undefined
  const right =
    nodeAt(tree, level - 1, index * 2 + 1) ?? (isLastOf(tree, level - 1, index * 2) ? 'duplicate' : undefined)
  if (right === undefined) return undefined
  return tree.hasher.hashPair(left, right === 'duplicate' ? left : right)
}

/** Whether a path of one level ends here: only then a missing sibling means an odd level and not a hole. */
function isLastOf({ levels, lastOffset }: MerkleTree, level: number, index: number): boolean {
  return levels.length === 1 && index === Math.floor(lastOffset / 2 ** level)
}

function highest(offsets: Iterable<number>): number {
  let last = 0
  for (const offset of offsets) if (offset > last) last = offset
  return last
}

function bitLength(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log2(value)) + 1
}
