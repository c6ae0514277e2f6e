/** What an input of our change adds: a P2PKH unlocking script, in bytes. */
export const CHANGE_UNLOCKING_SCRIPT_BYTES = 107

/** A whole input of our change in bytes: outpoint, script and its length, sequence number. */
export const CHANGE_INPUT_BYTES = 148

/** What a change output adds: a P2PKH locking script, in bytes. */
export const CHANGE_LOCKING_SCRIPT_BYTES = 25

/** The script of the empty output a wallet adds to a transaction without outputs: `006a0142`. */
export const DUMMY_LOCKING_SCRIPT_BYTES = 4

/** Script lengths in bytes, and how many inputs and outputs of change come on top. */
export interface TransactionShape {
  readonly unlockingScriptBytes: readonly number[]
  readonly lockingScriptBytes: readonly number[]
  readonly changeInputs: number
  readonly changeOutputs: number
}

/** The exact length of the signed transaction in bytes. One without outputs gets the wallet's empty one. */
export function transactionBytes(shape: TransactionShape): number {
  const { unlockingScriptBytes, lockingScriptBytes, changeInputs, changeOutputs } = shape
  const inputCount = unlockingScriptBytes.length + changeInputs
  const outputCount = lockingScriptBytes.length + changeOutputs
  return (
    VERSION_BYTES +
    varIntBytes(inputCount) +
    sum(unlockingScriptBytes.map(inputBytes)) +
    changeInputs * inputBytes(CHANGE_UNLOCKING_SCRIPT_BYTES) +
    varIntBytes(Math.max(1, outputCount)) +
    sum(lockingScriptBytes.map(outputBytes)) +
    changeOutputs * outputBytes(CHANGE_LOCKING_SCRIPT_BYTES) +
    (outputCount === 0 ? outputBytes(DUMMY_LOCKING_SCRIPT_BYTES) : 0) +
    LOCK_TIME_BYTES
  )
}

/** The length of `value` written as a variable-length integer: 1, 3, 5 or 9 bytes. */
export function varIntBytes(value: number): 1 | 3 | 5 | 9 {
  if (value < 0xfd) return 1
  if (value <= 0xffff) return 3
  return value <= 0xffffffff ? 5 : 9
}

const VERSION_BYTES = 4
const LOCK_TIME_BYTES = 4
const OUTPOINT_BYTES = 36
const SEQUENCE_BYTES = 4
const SATOSHIS_BYTES = 8

function inputBytes(scriptBytes: number): number {
  return OUTPOINT_BYTES + varIntBytes(scriptBytes) + scriptBytes + SEQUENCE_BYTES
}

function outputBytes(scriptBytes: number): number {
  return SATOSHIS_BYTES + varIntBytes(scriptBytes) + scriptBytes
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
