import { MerklePath } from '@bsv/sdk'
import { expect, test } from 'vitest'
import { MerkleHasher } from './merkle-hasher.js'
import { findMerkleLeaf } from './merkle-leaf.js'

const hashOf = (number: number): string => number.toString(16).padStart(64, '0')

/** The path of one leaf of a block of four, whose other half has this hash. */
function pathOf(merkleIndex: number, upper: string): Uint8Array {
  const sibling = merkleIndex === 0 ? 1 : 0
  const path = new MerklePath(
    9,
    [
      [
        { offset: sibling, hash: hashOf(sibling + 1) },
        { offset: merkleIndex, hash: hashOf(merkleIndex + 1), txid: true },
      ].toSorted((a, b) => a.offset - b.offset),
      [{ offset: 1, hash: upper }],
    ],
    false,
  )
  return Uint8Array.from(path.toBinary())
}

test('what it remembers of one path never vouches for another', () => {
  const hasher = new MerkleHasher()
  const alone = [0, 1].map((index) => findMerkleLeaf(pathOf(index, hashOf(77)), hashOf(index + 1)))
  const together = [0, 1].map((index) => findMerkleLeaf(pathOf(index, hashOf(77)), hashOf(index + 1), hasher))
  expect(together).toEqual(alone)
  const other = findMerkleLeaf(pathOf(0, hashOf(78)), hashOf(1), hasher)
  expect(other?.root).not.toBe(alone[0]?.root)
  expect(other).toEqual(findMerkleLeaf(pathOf(0, hashOf(78)), hashOf(1)))
})

test('parents stay right after more of them than it remembers', () => {
  const [left, right] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  const hasher = new MerkleHasher()
  const first = hasher.hashPair(left, right).toString('hex')
  for (let number = 0; number < 10_000; number++) {
    const node = Buffer.from(hashOf(number), 'hex')
    expect(hasher.hashPair(node, right).equals(hasher.hashPair(right, node))).toBe(node.equals(right))
  }
  expect(hasher.hashPair(left, right).toString('hex')).toBe(first)
})
