import { MockChain, buildTransaction, hashOf } from '@txkeep/testkit'
import { MerklePath, Utils } from '@bsv/sdk'
import { expect, it } from 'vitest'
import { readMerklePath, readTscProof } from './merkle-path.js'

it.each([1, 2, 3, 5, 8])('a TSC proof of each transaction of a block of %i leads to its root', (size) => {
  const chain = new MockChain({ seed: size })
  const { txids, header, height } = chain.mine(...Array.from({ length: size - 1 }, () => buildTransaction()))
  for (const [index, txid] of txids.entries()) {
    const levels = size === 1 ? [] : MerklePath.fromBinary(chain.merklePathOf(txid)!).path
    const sibling = (depth: number): number => Math.floor(index / 2 ** depth) ^ 1
    const nodes = levels.map((level, depth) => level.find(({ offset }) => offset === sibling(depth))?.hash ?? '*')
    const path = readTscProof({ index, txOrId: txid, nodes }, txid, height)
    expect(path).toMatchObject({ height, merkleRoot: header.merkleRoot })
    expect(readMerklePath(path!.merklePath, txid)).toEqual(path)
    expect(readMerklePath(Utils.toHex([...path!.merklePath]), txid)).toEqual(path)
    expect(readMerklePath(path!.merklePath, hashOf('another'))).toBeUndefined()
  }
})

it.each([undefined, null, 7, '', 'zz', 'ff', {}, [], Uint8Array.of(1, 2, 3)])('%j is no merkle path', (given) => {
  expect(readMerklePath(given, hashOf('ours'))).toBeUndefined()
})

it.each([-1, 1.5, 2 ** 53, '0', undefined])('a TSC proof with the index %s is none', (index) => {
  const txid = hashOf('ours')
  expect(readTscProof({ index, txOrId: txid, nodes: [hashOf('a')] }, txid, 1)).toBeUndefined()
})

it('a TSC proof deeper than any block is none', () => {
  const txid = hashOf('ours')
  const nodes = Array.from({ length: 65 }, () => hashOf('a'))
  expect(readTscProof({ index: 0, txOrId: txid, nodes }, txid, 1)).toBeUndefined()
})
