import { txidAt, txidOfRawTx, walkRawTransaction } from './raw-transaction.js'

export type Outpoint = readonly [txid: string, vout: number]

/** What parsing found of raw bytes, and the outpoints they consume. */
export interface RawResult {
  readonly rawOk: boolean
  readonly isCoinbase: boolean
  readonly inputs: readonly Outpoint[]
}

const ZERO_TXID = '0'.repeat(64)

const NO_INPUTS: readonly Outpoint[] = []
const NOTHING: RawResult = { rawOk: true, isCoinbase: false, inputs: NO_INPUTS }
const NOT_SOUND: RawResult = { rawOk: false, isCoinbase: false, inputs: NO_INPUTS }

/** Parses the raw bytes a row has for its txid, in lower case. */
export function scanRawTx(txid: string, rawTx: unknown): RawResult {
  if (rawTx === null) return NOTHING
  // Bytes that are some other transaction are kept and never parsed.
  if (!Buffer.isBuffer(rawTx) || txidOfRawTx(rawTx) !== txid) return NOT_SOUND
  const inputs: Outpoint[] = []
  if (!walkRawTransaction(rawTx, (at, vout) => inputs.push([txidAt(rawTx, at), vout]))) return NOT_SOUND
  const isCoinbase = inputs.length === 1 && inputs[0]?.[0] === ZERO_TXID
  return { rawOk: true, isCoinbase, inputs: isCoinbase ? NO_INPUTS : inputs }
}
