import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { NodeHashes } from './node-hashes.js'
import { doubleSha256 } from './raw-transaction.js'

function nodeOf(hashes: NodeHashes, pair: Buffer): string {
  const node = Buffer.alloc(32)
  hashes.hash(pair, node)
  return node.toString('hex')
}

test('a node is the double hash of its pair, the first time and every later time', () => {
  const hashes = new NodeHashes()
  const pairs = Array.from({ length: 100 }, () => randomBytes(64))
  for (const pair of [...pairs, ...pairs]) expect(nodeOf(hashes, pair)).toBe(doubleSha256(pair).toString('hex'))
})

test('pairs that want the same place do not take each other for themselves', () => {
  const hashes = new NodeHashes()
  const one = randomBytes(64)
  const other = Buffer.from(one)
  other[20] = (other[20] ?? 0) ^ 1
  for (const pair of [one, other, one]) expect(nodeOf(hashes, pair)).toBe(doubleSha256(pair).toString('hex'))
})

test('pairs of zeros and of ones hash like every other', () => {
  const hashes = new NodeHashes()
  for (const pair of [Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
    expect(nodeOf(hashes, pair)).toBe(doubleSha256(pair).toString('hex'))
  }
})
