import { LockingScript, MerklePath, Transaction, UnlockingScript } from '@bsv/sdk'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findMerkleLeaf } from './merkle-leaf.js'
import { hashRawTransaction, isCoinbaseTransaction, parseRawTransaction } from './raw-transaction.js'

const hexOf = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const txid = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))

test('inputs, outputs and txid are those the SDK reads', () => {
  const shape = fc.record({
    inputs: fc.array(fc.record({ txid, vout: fc.nat(), script: hexOf }), { minLength: 1, maxLength: 4 }),
    outputs: fc.array(fc.record({ satoshis: fc.nat({ max: 2_100_000_000_000_000 }), script: hexOf }), { maxLength: 4 }),
  })
  fc.assert(
    fc.property(shape, ({ inputs, outputs }) => {
      const transaction = new Transaction(
        1,
        inputs.map((input) => ({
          sourceTXID: input.txid,
          sourceOutputIndex: input.vout,
          sequence: 1,
          unlockingScript: UnlockingScript.fromHex(input.script),
        })),
        outputs.map(({ satoshis, script }) => ({ satoshis, lockingScript: LockingScript.fromHex(script) })),
      )
      const raw = Buffer.from(transaction.toBinary())
      const before = raw.toString('hex')
      const parsed = parseRawTransaction(raw)
      expect(hashRawTransaction(raw)).toBe(transaction.id('hex'))
      expect(parsed?.inputs).toEqual(inputs.map((input) => ({ txid: input.txid, vout: input.vout })))
      expect(parsed?.outputs.map(({ satoshis }) => Number(satoshis))).toEqual(outputs.map(({ satoshis }) => satoshis))
      const scripts = parsed?.outputs.map(({ scriptOffset, scriptLength }) =>
        raw.subarray(scriptOffset, scriptOffset + scriptLength).toString('hex'),
      )
      expect(scripts).toEqual(outputs.map(({ script }) => script))
      expect(raw.toString('hex')).toBe(before)
    }),
  )
})

test('bytes that are no transaction from the first to the last are undefined, whatever lengths they claim', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const parsed = parseRawTransaction(bytes)
      expect(parsed === undefined || parsed.inputs.length >= 0).toBe(true)
    }),
  )
  expect(parseRawTransaction(Buffer.from('01000000ffffffffffffffffff', 'hex'))).toBeUndefined()
})

test('one input of no transaction makes a coinbase', () => {
  const coinbase = { inputs: [{ txid: '0'.repeat(64), vout: 0xffff_ffff }], outputs: [] }
  expect(isCoinbaseTransaction(coinbase)).toBe(true)
  expect(isCoinbaseTransaction({ ...coinbase, inputs: [...coinbase.inputs, ...coinbase.inputs] })).toBe(false)
})

test('a path leads from every leaf of a block of any size to the root the SDK computes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(txid, { minLength: 1, maxLength: 9 }), fc.nat({ max: 900_000 }), (txids, height) => {
      const leaves = txids.map((hash, offset) => ({ offset, hash, txid: true }))
      if (leaves.length > 1 && leaves.length % 2 === 1) leaves.push({ offset: leaves.length, duplicate: true } as never)
      const path = new MerklePath(height, [leaves], false)
      for (const [merkleIndex, hash] of txids.entries()) {
        let root: string | undefined
        try {
          root = path.computeRoot(hash)
        } catch {
          root = undefined
        }
        const found = findMerkleLeaf(Uint8Array.from(path.toBinary()), hash)
        expect(found).toEqual(root === undefined ? undefined : { merkleIndex, blockHeight: height, root })
      }
      expect(findMerkleLeaf(Uint8Array.from(path.toBinary()), 'ab'.repeat(32))).toBeUndefined()
    }),
  )
})

test('a path cut anywhere proves nothing', () => {
  const path = Buffer.from(
    new MerklePath(7, [
      [
        { offset: 0, hash: 'aa'.repeat(32) },
        { offset: 1, hash: 'bb'.repeat(32), txid: true },
      ],
    ]).toBinary(),
  )
  expect(findMerkleLeaf(path, 'bb'.repeat(32))?.merkleIndex).toBe(1)
  for (let length = 0; length < path.length; length++) {
    expect(findMerkleLeaf(path.subarray(0, length), 'bb'.repeat(32))).toBeUndefined()
  }
})
