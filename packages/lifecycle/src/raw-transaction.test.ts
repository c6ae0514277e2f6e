import { LockingScript, Transaction, UnlockingScript } from '@bsv/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkRawTransaction, parseRawTransaction, parseStoredTransaction, toHex } from './raw-transaction.js'

const TXID = 'ab'.repeat(32)

test('says of any transaction what the SDK says: txid, inputs, values and places of scripts', () => {
  const hex = fc.uint8Array({ maxLength: 300 }).map(toHex)
  const transactions = fc.record({
    inputs: fc.array(fc.record({ vout: fc.nat(), sequence: fc.nat(), script: hex }), { minLength: 1, maxLength: 4 }),
    outputs: fc.array(fc.record({ satoshis: fc.nat({ max: 2_100_000_000_000_000 }), script: hex }), { maxLength: 4 }),
    lockTime: fc.nat(),
  })
  fc.assert(
    fc.property(transactions, ({ inputs, outputs, lockTime }) => {
      const transaction = new Transaction(
        1,
        inputs.map(({ vout, sequence, script }) => ({
          sourceTXID: TXID,
          sourceOutputIndex: vout,
          sequence,
          unlockingScript: UnlockingScript.fromHex(script),
        })),
        outputs.map(({ satoshis, script }) => ({ satoshis, lockingScript: LockingScript.fromHex(script) })),
        lockTime,
      )
      const rawTx = transaction.toUint8Array()
      const parsed = parseRawTransaction(rawTx)
      expect(parsed).toMatchObject({ txid: transaction.id('hex'), version: 1, lockTime, isCoinbase: false })
      expect(parsed.inputs).toEqual(
        inputs.map(({ vout, sequence }) => ({ txid: TXID, vout, sequenceNumber: sequence })),
      )
      expect(parsed.outputs.map(({ satoshis }) => satoshis)).toEqual(outputs.map(({ satoshis }) => satoshis))
      const scripts = parsed.outputs.map((output) =>
        toHex(rawTx.slice(output.scriptOffset, output.scriptOffset + output.scriptLength)),
      )
      expect(scripts).toEqual(transaction.outputs.map(({ lockingScript }) => lockingScript.toHex()))
    }),
  )
})

test('any bytes are either a transaction or refused, and never ask for more memory than they have', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(parseRawTransaction(bytes).inputs.length).toBeGreaterThan(0)
      } catch (error) {
        expect(error).toMatchObject({ code: 'INVALID_PARAMETER' })
      }
    }),
  )
  const hostile = Uint8Array.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
  expect(() => parseRawTransaction(hostile)).toThrow('exactly one transaction')
})

test('a byte too few and a byte too many are refused', () => {
  const rawTx = simple()
  expect(() => parseRawTransaction(rawTx.slice(0, -1))).toThrow('exactly one transaction')
  expect(() => parseRawTransaction(Uint8Array.from([...rawTx, 0]))).toThrow('exactly one transaction')
})

test('an amount the network cannot hold is refused', () => {
  const rawTx = simple()
  const bytes = Uint8Array.from(rawTx)
  const place = parseRawTransaction(rawTx).outputs[0]?.scriptOffset ?? 0
  bytes.set([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], place - 9)
  expect(() => parseRawTransaction(bytes)).toThrow('2100000000000000')
})

test('bytes in the middle of a larger buffer are read where they are', () => {
  const rawTx = simple()
  const buffer = Uint8Array.from([9, 9, 9, ...rawTx, 9])
  expect(parseRawTransaction(buffer.subarray(3, 3 + rawTx.length))).toEqual(parseRawTransaction(rawTx))
})

test('reading leaves the bytes as they are, also where slices are views', () => {
  class Viewing extends Uint8Array {
    override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
      return this.subarray(start, end)
    }
  }
  const rawTx = Viewing.from(
    new Transaction(
      1,
      [{ sourceTXID: 'cd'.repeat(31) + 'ef', sourceOutputIndex: 0, unlockingScript: UnlockingScript.fromHex('51') }],
      [{ satoshis: 7, lockingScript: LockingScript.fromHex('51') }],
    ).toUint8Array(),
  )
  const before = toHex(rawTx)
  parseRawTransaction(rawTx)
  expect(toHex(rawTx)).toBe(before)
})

test('the txid must be the one that was asked for', () => {
  const rawTx = simple()
  const { txid } = parseRawTransaction(rawTx)
  expect(checkRawTransaction(rawTx, txid).txid).toBe(txid)
  expect(() => checkRawTransaction(rawTx, TXID)).toThrow(txid)
})

test('stored bytes that are missing or broken are undefined, not an error', () => {
  expect(parseStoredTransaction(null)).toBeUndefined()
  expect(parseStoredTransaction(Uint8Array.of(1, 2))).toBeUndefined()
})

function simple(): Uint8Array {
  return new Transaction(
    1,
    [{ sourceTXID: TXID, sourceOutputIndex: 0, unlockingScript: UnlockingScript.fromHex('51') }],
    [{ satoshis: 7, lockingScript: LockingScript.fromHex('51') }],
  ).toUint8Array()
}
