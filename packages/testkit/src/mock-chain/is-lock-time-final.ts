import { Transaction } from '@bsv/sdk'
import type { MockBlock } from './mock-block.js'

/** Whether a block on top of `tip` could hold this transaction. */
export function isLockTimeFinal(rawTx: Uint8Array, tip: MockBlock): boolean {
  const { lockTime, inputs } = Transaction.fromBinary(rawTx)
  if (lockTime === 0 || inputs.every(({ sequence }) => sequence === 0xffffffff)) return true
  return lockTime < LOCK_TIME_IS_A_TIME ? lockTime <= tip.height : lockTime < tip.header.time
}

/** A lock time below this is a height, from it on a time in seconds. */
const LOCK_TIME_IS_A_TIME = 500_000_000
