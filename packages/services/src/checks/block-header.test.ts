import { expect, test } from 'vitest'
import { headerBytes, isConsistentHeader, parseHeader } from './block-header.js'

/** The first block of the main chain. */
const GENESIS = {
  version: 1,
  previousHash: '00'.repeat(32),
  merkleRoot: '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
  time: 1231006505,
  bits: 0x1d00ffff,
  nonce: 2083236893,
  height: 0,
  hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
}

test('the first block hashes to its well-known hash', () => {
  expect(isConsistentHeader(GENESIS)).toBe(true)
  expect(parseHeader(headerBytes(GENESIS), 0)).toEqual(GENESIS)
})

test.each([
  { merkleRoot: 'ab'.repeat(32) },
  { previousHash: 'ab'.repeat(32) },
  { version: 2 },
  { time: 1231006506 },
  { bits: 0x1d00fffe },
  { nonce: 1 },
  { hash: 'ab'.repeat(32) },
])('a header with another %o is inconsistent', (change) => {
  expect(isConsistentHeader({ ...GENESIS, ...change })).toBe(false)
})

test('a version with the highest bit set, as miners use them, is no negative number', () => {
  const header = parseHeader(headerBytes({ ...GENESIS, version: 0xe0000000 }), 7)
  expect(header).toMatchObject({ version: 0xe0000000, height: 7 })
})

test('79 bytes are no header', () => {
  expect(parseHeader(headerBytes(GENESIS).slice(1), 0)).toBeUndefined()
})
