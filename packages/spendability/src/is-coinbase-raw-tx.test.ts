import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCoinbaseRawTx } from './is-coinbase-raw-tx.js'

/** The coinbase of the genesis block, as published. */
const GENESIS =
  '01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000'

/** The first payment ever made, from block 170. */
const FIRST_PAYMENT =
  '0100000001c997a5e56e104102fa209c6a852dd90660a20b2d9c352423edce25857fcd3704000000004847304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cbbac4622082221a8768d1d0901ffffffff0200ca9a3b00000000434104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c72a704f7e6cd84cac00286bee0000000043410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b8643f656b412a3ac00000000'

const genesis = bytesOf(GENESIS)

describe('isCoinbaseRawTx', () => {
  it('is true of the coinbase of the genesis block', () => {
    expect(isCoinbaseRawTx(genesis)).toBe(true)
  })

  it('is false of a payment', () => {
    expect(isCoinbaseRawTx(bytesOf(FIRST_PAYMENT))).toBe(false)
  })

  it('is false when the outpoint names any txid', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 36 }), fc.integer({ min: 1, max: 255 }), (at, byte) => {
        expect(isCoinbaseRawTx(genesis.with(at, byte))).toBe(false)
      }),
    )
  })

  it('is false of more or fewer inputs than one', () => {
    for (const count of [0, 2, 0xfd]) expect(isCoinbaseRawTx(genesis.with(4, count))).toBe(false)
  })

  it('reads a view into a larger buffer at its own offset', () => {
    const larger = new Uint8Array(genesis.length + 3)
    larger.set(genesis, 3)
    expect(isCoinbaseRawTx(larger.subarray(3))).toBe(true)
    expect(isCoinbaseRawTx(larger)).toBe(false)
  })

  it('is false of bytes that are no transaction, and never throws', () => {
    for (let length = 0; length < 60; length++) expect(isCoinbaseRawTx(genesis.subarray(0, length))).toBe(false)
    expect(isCoinbaseRawTx(new Uint8Array(200))).toBe(false)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(isCoinbaseRawTx(bytes)).toBe(
          bytes.length >= 60 && bytes[4] === 1 && bytes.slice(5, 37).every((byte) => !byte),
        )
      }),
    )
  })
})

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
