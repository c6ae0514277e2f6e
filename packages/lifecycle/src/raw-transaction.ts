import { ByteReader, InvalidParameterError, MAX_SATOSHIS, type Outpoint } from '@txkeep/core'
import { Hash } from '@bsv/sdk'

/** What the rules read of a raw transaction: its inputs, and where each locking script lies in the bytes. */
export interface RawTransaction {
  /** Double SHA-256 of the bytes, as 64 lower-case hex digits. */
  readonly txid: string
  readonly version: number
  readonly inputs: readonly (Outpoint & { readonly sequenceNumber: number })[]
  readonly outputs: readonly RawOutput[]
  readonly lockTime: number
  /** One input that spends the all-zero outpoint txid. */
  readonly isCoinbase: boolean
}

export interface RawOutput {
  readonly vout: number
  readonly satoshis: number
  /** Bytes of the locking script inside the raw transaction. */
  readonly scriptOffset: number
  readonly scriptLength: number
}

/**
 * The parts of `rawTx` the rules need. Stricter than a signing library: every byte must belong to the transaction.
 *
 * @throws {InvalidParameterError} if the bytes are no transaction.
 */
export function parseRawTransaction(rawTx: Uint8Array): RawTransaction {
  const reader = new ByteReader(rawTx, () => notATransaction(rawTx))
  const version = reader.uint32()
  const inputs = Array.from({ length: reader.count(MIN_INPUT_BYTES) }, () => readInput(reader))
  const outputs = Array.from({ length: reader.count(MIN_OUTPUT_BYTES) }, (_, vout) => readOutput(reader, vout))
  const lockTime = reader.uint32()
  if (reader.position !== rawTx.length || inputs.length === 0) throw notATransaction(rawTx)
  return {
    txid: toHex(Uint8Array.from(Hash.hash256(rawTx)).reverse()),
    version,
    inputs,
    outputs,
    lockTime,
    isCoinbase: inputs.length === 1 && inputs[0]?.txid === NO_TXID,
  }
}

/** Like `parseRawTransaction`, for bytes that are stored already: undefined when they are missing or broken. */
export function parseStoredTransaction(rawTx: Uint8Array | null): RawTransaction | undefined {
  if (rawTx === null) return undefined
  try {
    return parseRawTransaction(rawTx)
  } catch {
    return undefined
  }
}

/**
 * The parsed `rawTx`, once it is known to hash to `txid`.
 *
 * @throws {InvalidParameterError} if it is no transaction, or another one.
 */
export function checkRawTransaction(rawTx: Uint8Array, txid: string): RawTransaction {
  const parsed = parseRawTransaction(rawTx)
  if (parsed.txid !== txid) throw new InvalidParameterError('rawTx', parsed.txid, `the transaction ${txid}`)
  return parsed
}

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return hex
}

const NO_TXID = '0'.repeat(64)
const MIN_INPUT_BYTES = 41
const MIN_OUTPUT_BYTES = 9

function readInput(reader: ByteReader): Outpoint & { readonly sequenceNumber: number } {
  // A copy first: `slice` of a Buffer is a view, and reversing it would change the caller's bytes.
  const txid = toHex(Uint8Array.from(reader.bytes(32)).reverse())
  const vout = reader.uint32()
  reader.skip(reader.varInt())
  return { txid, vout, sequenceNumber: reader.uint32() }
}

function readOutput(reader: ByteReader, vout: number): RawOutput {
  const satoshis = reader.uint64()
  if (satoshis > MAX_SATOSHIS) throw new InvalidParameterError('rawTx', satoshis, `at most ${MAX_SATOSHIS} per output`)
  const scriptLength = reader.varInt()
  const scriptOffset = reader.position
  reader.skip(scriptLength)
  return { vout, satoshis, scriptOffset, scriptLength }
}

function notATransaction(rawTx: Uint8Array): InvalidParameterError {
  return new InvalidParameterError('rawTx', rawTx, 'the bytes of exactly one transaction')
}
