import { hash } from 'node:crypto'

/** Called for each input with the place of its outpoint's txid (32 bytes, internal order) and the output index it consumes. */
export type OnInput = (txidAt: number, vout: number) => void

/** Called for each output with the place of its locking script. */
export type OnOutput = (vout: number, scriptAt: number, scriptLength: number) => void

/** Version, no input, no output, lock time: nothing shorter is a transaction. */
const SHORTEST_TRANSACTION_BYTES = 10

/** The txid that transaction bytes hash to, in lower-case hex. */
export function txidOfRawTx(rawTx: Uint8Array): string {
  return doubleSha256(rawTx).reverse().toString('hex')
}

/** SHA-256 twice, in one shot each: an object per hash costs more than the hash. */
export function doubleSha256(bytes: Uint8Array): Buffer<ArrayBufferLike> {
  return hash('sha256', hash('sha256', bytes, 'buffer'), 'buffer')
}

/**
 * Walks through raw transaction bytes without allocating. Returns whether they are exactly one transaction; when not, what was
 * reported before the end is worth nothing.
 */
export function walkRawTransaction(rawTx: Buffer, onInput: OnInput, onOutput?: OnOutput): boolean {
  if (rawTx.length < SHORTEST_TRANSACTION_BYTES) return false
  const cursor = new Cursor(rawTx, 4)
  const inputs = cursor.varInt()
  for (let index = 0; index < inputs; index += 1) {
    const txidAt = cursor.skip(32)
    const voutAt = cursor.skip(4)
    cursor.skip(cursor.varInt())
    cursor.skip(4)
    if (cursor.overran) return false
    onInput(txidAt, rawTx.readUInt32LE(voutAt))
  }
  const outputs = cursor.varInt()
  for (let vout = 0; vout < outputs; vout += 1) {
    cursor.skip(8)
    const length = cursor.varInt()
    const scriptAt = cursor.skip(length)
    if (cursor.overran) return false
    onOutput?.(vout, scriptAt, length)
  }
  cursor.skip(4)
  return !cursor.overran && cursor.at === rawTx.length
}

/** The locking script of one output; undefined when the bytes are no transaction or have no such output. */
export function lockingScriptAt(rawTx: Buffer, wanted: number): Buffer | undefined {
  let found: Buffer | undefined
  const sound = walkRawTransaction(
    rawTx,
    () => undefined,
    (vout, scriptAt, length) => {
      if (vout === wanted) found = rawTx.subarray(scriptAt, scriptAt + length)
    },
  )
  return sound ? found : undefined
}

/** 32 bytes in internal order as a txid. */
export function txidAt(bytes: Buffer, at: number): string {
  const reversed = Buffer.allocUnsafe(32)
  for (let index = 0; index < 32; index += 1) reversed[index] = bytes[at + 31 - index] ?? 0
  return reversed.toString('hex')
}

/** Reads forward and remembers whether it ran past the end, so that hostile lengths end in `overran` and in no exception. */
export class Cursor {
  at: number
  overran = false
  readonly #bytes: Buffer

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** Where the skipped bytes began. */
  skip(count: number): number {
    const from = this.at
    if (from + count > this.#bytes.length) {
      this.overran = true
      this.at = this.#bytes.length
      return from
    }
    this.at = from + count
    return from
  }

  byte(): number {
    return this.#bytes[this.skip(1)] ?? 0
  }

  varInt(): number {
    const first = this.byte()
    if (first < 0xfd) return first
    const width = first === 0xfd ? 2 : first === 0xfe ? 4 : 8
    const from = this.skip(width)
    if (this.overran) return 0
    if (width === 2) return this.#bytes.readUInt16LE(from)
    if (width === 4) return this.#bytes.readUInt32LE(from)
    const value = this.#bytes.readBigUInt64LE(from)
    // Longer than any buffer: the next skip runs over the end.
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value)
  }
}
