import { LockingScript, Transaction, UnlockingScript } from '@bsv/sdk'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  CHANGE_LOCKING_SCRIPT_BYTES,
  CHANGE_UNLOCKING_SCRIPT_BYTES,
  transactionBytes,
  varIntBytes,
} from './transaction-size.js'

it.each([
  [0, 1],
  [0xfc, 1],
  [0xfd, 3],
  [0xffff, 3],
  [0x10000, 5],
  [0xffffffff, 5],
  [0x100000000, 9],
])('%i takes %i bytes as a variable-length integer', (value, bytes) => {
  expect(varIntBytes(value)).toBe(bytes)
})

it('is as long as the SDK writes the transaction, on both sides of every step of a length or a count', () => {
  const scriptBytes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(252, 253, 65_535, 65_536))
  const count = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(252, 253))
  fc.assert(
    fc.property(
      fc.array(scriptBytes, { minLength: 1, maxLength: 4 }),
      fc.array(scriptBytes, { minLength: 1, maxLength: 4 }),
      count,
      count,
      (unlockingScriptBytes, lockingScriptBytes, changeInputs, changeOutputs) => {
        const unlocking = [...unlockingScriptBytes, ...repeat(changeInputs, CHANGE_UNLOCKING_SCRIPT_BYTES)]
        const locking = [...lockingScriptBytes, ...repeat(changeOutputs, CHANGE_LOCKING_SCRIPT_BYTES)]
        expect(transactionBytes({ unlockingScriptBytes, lockingScriptBytes, changeInputs, changeOutputs })).toBe(
          writtenBytes(unlocking, locking),
        )
      },
    ),
    { numRuns: 60 },
  )
})

it('counts the empty output a wallet adds to a transaction without outputs', () => {
  const shape = { unlockingScriptBytes: [107], lockingScriptBytes: [], changeInputs: 0, changeOutputs: 0 }
  expect(transactionBytes(shape)).toBe(writtenBytes([107], [4]))
})

function repeat(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value)
}

function writtenBytes(unlocking: readonly number[], locking: readonly number[]): number {
  const transaction = new Transaction(
    1,
    unlocking.map((bytes) => ({
      sourceTXID: 'ab'.repeat(32),
      sourceOutputIndex: 0,
      sequence: 0xffffffff,
      unlockingScript: UnlockingScript.fromBinary(repeat(bytes, 0)),
    })),
    locking.map((bytes) => ({ satoshis: 1, lockingScript: LockingScript.fromBinary(repeat(bytes, 0)) })),
  )
  return transaction.toUint8Array().length
}
