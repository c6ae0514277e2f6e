import { expect, it } from 'vitest'
import { wholeBeef, wholeMerklePath, wholeTransaction } from './whole-bytes.js'

const FOUR_BILLION = [0xfe, 0xff, 0xff, 0xff, 0xff]
const MOST = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]

const input = [...Array<number>(36).fill(7), 2, 0x51, 0x52, 0, 0, 0, 0]
const output = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0x51]
const transaction = [1, 0, 0, 0, 1, ...input, 2, ...output, ...output, 0, 0, 0, 0]
const merklePath = [100, 2, 2, 0, 2, ...Array<number>(32).fill(3), 1, 1, 1, 1, 0, ...Array<number>(32).fill(4)]
const V1 = [1, 0, 0xbe, 0xef]
const V2 = [2, 0, 0xbe, 0xef]
const beefV1 = [...V1, 1, ...merklePath, 2, ...transaction, 1, 0, ...transaction, 0]
const txid = Array<number>(32).fill(9)
const beefV2 = [...V2, 1, ...merklePath, 3, 2, ...txid, 1, 0, ...transaction, 0, ...transaction]
const atomic = [1, 1, 1, 1, ...txid, ...beefV2]

const whole = [
  ['a transaction', wholeTransaction, transaction],
  ['a merkle path', wholeMerklePath, merklePath],
  ['a BEEF of version 1', wholeBeef, beefV1],
  ['a BEEF of version 2', wholeBeef, beefV2],
  ['an AtomicBEEF', wholeBeef, atomic],
] as const

it.each(whole)('%s comes back as it was given, whatever follows it', (_, look, bytes) => {
  expect(look(bytes)).toBe(bytes)
  const longer = Uint8Array.of(...bytes, 1, 2, 3)
  expect(look(longer)).toBe(longer)
})

it.each(whole)('%s that ends too early is refused, wherever it ends', (_, look, bytes) => {
  for (let length = 0; length < bytes.length; length++) {
    expect(() => look(bytes.slice(0, length)), `${length} bytes`).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER' }),
    )
  }
})

const hostile: [string, (bytes: number[]) => unknown, (count: number[]) => number[]][] = [
  ['inputs', wholeTransaction, (count) => [1, 0, 0, 0, ...count]],
  ['bytes of a script', wholeTransaction, (count) => [1, 0, 0, 0, 1, ...Array<number>(36).fill(7), ...count, 1, 2]],
  ['outputs', wholeTransaction, (count) => [1, 0, 0, 0, 1, ...input, ...count]],
  ['leaves', wholeMerklePath, (count) => [100, 1, ...count]],
  ['merkle paths', wholeBeef, (count) => [...V1, ...count]],
  ['transactions of a BEEF of version 1', wholeBeef, (count) => [...V1, 0, ...count]],
  ['transactions of a BEEF of version 2', wholeBeef, (count) => [...V2, 0, ...count]],
]

it.each(hostile)('more %s than there are bytes are refused at once', (_, look, bytes) => {
  const room = Array<number>(400).fill(0)
  for (const count of [FOUR_BILLION, MOST]) {
    expect(() => look([...bytes(count), ...room])).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }))
  }
})

it('a tree higher than any, and a version or an entry nobody knows, are refused', () => {
  expect(() => wholeMerklePath([100, 65, ...Array<number>(200).fill(0)])).toThrow(/merklePath/)
  expect(() => wholeBeef([3, 0, 0xbe, 0xef, 0, 0])).toThrow(/beef/)
  expect(() => wholeBeef([...V2, 0, 1, 3, ...transaction])).toThrow(/beef/)
})
