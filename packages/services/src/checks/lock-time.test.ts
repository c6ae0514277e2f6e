import { buildTransaction } from '@txkeep/testkit'
import { expect, it } from 'vitest'
import { isLockTimeFinal, readLockTime } from './lock-time.js'

const SOME_INPUT = { txid: 'ab'.repeat(32), vout: 0 }

it('bytes that end too early, or go on too long, are no transaction', () => {
  const { rawTx } = buildTransaction({ lockTime: 900_000, inputs: [{ ...SOME_INPUT, sequence: 0 }] })
  expect(readLockTime(rawTx)).toEqual({ lockTime: 900_000, isWaived: false })
  for (let length = 0; length < rawTx.length; length++) expect(readLockTime(rawTx.slice(0, length))).toBeUndefined()
  expect(readLockTime(Uint8Array.of(...rawTx, 0))).toBeUndefined()
})

it.each([
  [{ lockTime: 0, isWaived: false }, true],
  [{ lockTime: 101, isWaived: true }, true],
  [{ lockTime: 100, isWaived: false }, true],
  [{ lockTime: 101, isWaived: false }, false],
  [{ lockTime: 499_999_999, isWaived: false }, false],
  [{ lockTime: 500_000_000, isWaived: false }, true],
  [{ lockTime: 599_999_999, isWaived: false }, true],
  [{ lockTime: 600_000_000, isWaived: false }, false],
])('%o at height 100 and time 600 000 000: final is %s', (lockTime, isFinal) => {
  expect(isLockTimeFinal(lockTime, { height: 100, time: 600_000_000 })).toBe(isFinal)
})
