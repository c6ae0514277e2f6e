import { doubleSha256, reversedHash, uint32, varInt } from './raw-transaction.js'

/** A mined block: its header, and a merkle path for each of its transactions. */
export interface MerkleBlock {
  height: number
  /** Hex, as people write it. */
  hash: string
  previousHash: string
  merkleRoot: string
  time: number
  bits: number
  nonce: number
  /** The BUMP of the transaction at this index, binary as the toolbox stores it. */
  merklePath: (index: number) => Buffer
}

/** Puts the transactions into a block; the first one is its coinbase. */
export function merkleBlock(height: number, previousHash: string, txids: readonly string[], time: number): MerkleBlock {
  const levels = merkleLevels(txids)
  const root = levels.at(-1)?.[0]
  if (root === undefined) throw new RangeError('A block needs at least its coinbase transaction.')
  const bits = 0x207f_ffff
  const header = Buffer.concat([
    uint32(1),
    reversedHash(previousHash),
    root,
    uint32(time),
    uint32(bits),
    uint32(height),
  ])
  return {
    height,
    hash: doubleSha256(header).reverse().toString('hex'),
    previousHash,
    merkleRoot: Buffer.from(root).reverse().toString('hex'),
    time,
    bits,
    nonce: height,
    merklePath: (index) => encodePath(height, levels, index),
  }
}

/** Level 0 is the transactions, the last level the root alone; an odd level repeats its last node. */
function merkleLevels(txids: readonly string[]): Buffer[][] {
  const levels = [txids.map(reversedHash)]
  for (let level = levels[0] ?? []; level.length > 1; level = levels.at(-1) ?? []) {
    const above: Buffer[] = []
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] as Buffer
      above.push(doubleSha256(Buffer.concat([left, level[index + 1] ?? left])))
    }
    levels.push(above)
  }
  return levels
}

const TXID_FLAG = 2
const DUPLICATE_FLAG = 1

/** BRC-74: per level the sibling's offset, flags and hash; level 0 also holds the transaction itself. */
function encodePath(height: number, levels: readonly Buffer[][], index: number): Buffer {
  const treeHeight = Math.max(1, levels.length - 1)
  const parts: Buffer[] = [varInt(height), Buffer.from([treeHeight])]
  for (let level = 0; level < treeHeight; level++) {
    const offset = index >> level
    const sibling = leaf(offset ^ 1, levels[level]?.[offset ^ 1])
    if (level > 0) {
      parts.push(varInt(1), sibling)
      continue
    }
    const own = Buffer.concat([varInt(offset), Buffer.from([TXID_FLAG]), levels[0]?.[offset] as Buffer])
    if (levels.length === 1) parts.push(varInt(1), own)
    else parts.push(varInt(2), ...(offset % 2 === 0 ? [own, sibling] : [sibling, own]))
  }
  return Buffer.concat(parts)
}

function leaf(offset: number, hash: Buffer | undefined): Buffer {
  if (hash === undefined) return Buffer.concat([varInt(offset), Buffer.from([DUPLICATE_FLAG])])
  return Buffer.concat([varInt(offset), Buffer.from([0]), hash])
}
