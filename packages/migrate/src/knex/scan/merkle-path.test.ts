import { MerklePath } from '@bsv/sdk'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { provenLeaf } from './merkle-path.js'

const hashOf = (number: number): string => number.toString(16).padStart(64, '0')
const txid = hashOf(1)

/** Two leaves of a block of four, which only the SDK reads: a compound path. */
const compound = new MerklePath(
  9,
  [
    [
      { offset: 0, hash: txid, txid: true },
      { offset: 1, hash: hashOf(2), txid: true },
      { offset: 2, hash: hashOf(3), txid: true },
      { offset: 3, hash: hashOf(4) },
    ],
    [],
  ],
  false,
)
const root = compound.computeRoot(txid)
const whole = Uint8Array.from(compound.toBinary())

it('a compound path proves each of its leaves', async () => {
  expect(await provenLeaf(whole, txid, root)).toEqual({ merkleIndex: 0, blockHeight: 9 })
  expect(await provenLeaf(whole, hashOf(3), root.toUpperCase())).toEqual({ merkleIndex: 2, blockHeight: 9 })
  expect(await provenLeaf(whole, hashOf(5), root)).toBeUndefined()
})

it('bytes that announce more leaves than they hold prove nothing, and take no memory', async () => {
  const counts = [
    [0xfe, 0xff, 0xff, 0xff, 0x7f],
    [0xfe, 0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0],
    [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  ]
  for (const count of counts) {
    expect(await provenLeaf(Uint8Array.from([9, 1, ...count]), txid, root)).toBeUndefined()
    expect(await provenLeaf(Uint8Array.from([9, 2, ...count, 0, 2, ...whole]), txid, root)).toBeUndefined()
  }
  expect(await provenLeaf(Uint8Array.of(), txid, root)).toBeUndefined()
})

it('bytes that were cut or changed never prove what they did not prove', async () => {
  const change = fc.record({ at: fc.nat(whole.length - 1), xor: fc.integer({ min: 0, max: 255 }) })
  const broken = fc.tuple(fc.array(change, { maxLength: 4 }), fc.nat(whole.length)).map(([changes, length]) => {
    const bytes = Uint8Array.from(whole)
    for (const { at, xor } of changes) bytes[at] = (bytes[at] ?? 0) ^ xor
    return bytes.slice(0, length)
  })
  await fc.assert(
    fc.asyncProperty(broken, async (path) => {
      const leaf = await provenLeaf(path, txid, root)
      if (leaf === undefined) return
      expect(MerklePath.fromBinary(path).computeRoot(txid)).toBe(root)
    }),
    { numRuns: 500 },
  )
})
