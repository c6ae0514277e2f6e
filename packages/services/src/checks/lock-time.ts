import { Transaction } from '@bsv/sdk'
import { wholeTransaction } from '@txkeep/core'

/** What decides from when on a transaction may be mined. */
export interface LockTime {
  readonly lockTime: number
  /** Whether every input waives the lock time. */
  readonly isWaived: boolean
}

/** The lock time of a raw transaction, or undefined if the bytes are none. */
export function readLockTime(rawTx: Uint8Array): LockTime | undefined {
  try {
    const { version, inputs, outputs, lockTime } = Transaction.fromBinary(wholeTransaction(rawTx))
    // Bytes behind the transaction are not its: only what is written back at the same length was one.
    const { length } = new Transaction(version, inputs, outputs, lockTime).toUint8Array()
    if (inputs.length === 0 || length !== rawTx.length) return undefined
    return { lockTime, isWaived: inputs.every(({ sequence }) => sequence === FINAL_SEQUENCE) }
  } catch {
    return undefined
  }
}

/**
 * Whether a block on top of the tip could hold this transaction. A lock time in seconds is compared with the tip's own time. Miners
 * compare it with a median that runs about an hour behind: who posts that early is told "non-final", which is no verdict.
 */
export function isLockTimeFinal(
  { lockTime, isWaived }: LockTime,
  tip: { readonly height: number; readonly time: number },
): boolean {
  if (lockTime === 0 || isWaived) return true
  return lockTime < LOCK_TIME_IS_A_TIME ? lockTime <= tip.height : lockTime < tip.time
}

const FINAL_SEQUENCE = 0xffffffff
/** A lock time below this is a height, from it on a time in seconds since 1970. */
const LOCK_TIME_IS_A_TIME = 500_000_000
