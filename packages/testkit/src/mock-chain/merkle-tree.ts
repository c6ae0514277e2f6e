import { Hash, MerklePath, Utils } from '@bsv/sdk'

/** The merkle root of a block with these transactions, in this order, as 64 hex digits. */
export function merkleRoot(txids: readonly string[]): string {
  const top = merkleLevels(txids).at(-1)?.[0]
  if (top === undefined) throw new Error('A block without transactions has no merkle root. Give it a coinbase.')
  return top
}

/** The merkle path of the transaction at `index` in a block with these transactions, as BUMP bytes (BRC-74). */
export function merklePath(txids: readonly string[], index: number, height: number): Uint8Array {
  const levels = merkleLevels(txids)
  const txid = levels[0]?.[index]
  if (txid === undefined) throw new Error(`A block of ${txids.length} transactions has none at index ${index}.`)
  const leaf: MerklePathLeaf = { offset: index, hash: txid, txid: true }
  // The top level is the root itself, which no path names.
  const siblings = levels.slice(0, -1).map((level, depth): MerklePathLeaf => {
    const offset = (index >> depth) ^ 1
    const hash = level[offset]
    return hash === undefined ? { offset, duplicate: true } : { offset, hash }
  })
  const [first, ...above] = siblings
  const lowest = first === undefined ? [leaf] : [leaf, first].sort((a, b) => a.offset - b.offset)
  return new MerklePath(height, [lowest, ...above.map((sibling) => [sibling])]).toBinaryUint8Array()
}

/** From the leaves up to the one root; an odd node is paired with itself. */
function merkleLevels(txids: readonly string[]): string[][] {
  const levels = [[...txids]]
  for (let level = levels[0] ?? []; level.length > 1; level = levels.at(-1) ?? []) {
    const above: string[] = []
    for (let index = 0; index < level.length; index += 2) {
      const left = level[index] ?? ''
      above.push(hashPair(left, level[index + 1] ?? left))
    }
    levels.push(above)
  }
  return levels
}

/** Hashes are written backwards in hex. */
function hashPair(left: string, right: string): string {
  const bytes = [...Utils.toArray(left, 'hex').reverse(), ...Utils.toArray(right, 'hex').reverse()]
  return Utils.toHex(Hash.hash256(bytes).reverse())
}

type MerklePathLeaf = MerklePath['path'][number][number]
