import { MerklePath } from '@bsv/sdk'
import { describe, expect, it } from 'vitest'
import { hashOf } from '../builders/hash-of.js'
import { hashHeader } from './hash-header.js'
import { merklePath, merkleRoot } from './merkle-tree.js'

describe('merkleRoot', () => {
  it('is the root of Bitcoin’s block 170, with two transactions', () => {
    const txids = [
      'b1fea52486ce0c62bb442b530a3f0132b826c74e473d1f2c220bfa78111c5082',
      'f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16',
    ]
    expect(merkleRoot(txids)).toBe('7dac2c5666815c17a3b36427de37bb9d2e2c5ccec3f8633eb91a4205cb4c10ff')
  })
})

describe('merklePath', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 13])('leads from every leaf of a block of %i to its root', (size) => {
    const txids = Array.from({ length: size }, (_, index) => hashOf(`leaf ${index}`))
    for (const [index, txid] of txids.entries()) {
      const path = MerklePath.fromBinary(merklePath(txids, index, 7))
      expect(path.blockHeight).toBe(7)
      expect(path.path[0]?.find((leaf) => leaf.hash === txid)?.offset).toBe(index)
      expect(path.computeRoot(txid)).toBe(merkleRoot(txids))
    }
  })
})

describe('hashHeader', () => {
  it('is the hash of Bitcoin’s first block', () => {
    const genesis = {
      version: 1,
      previousHash: '0'.repeat(64),
      merkleRoot: '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
      time: 1_231_006_505,
      bits: 0x1d00ffff,
      nonce: 2_083_236_893,
      height: 0,
    }
    expect(hashHeader(genesis)).toBe('000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f')
  })
})
