/**
 * Reads Bitcoin's wire format and never beyond its end. Counts are checked against the bytes that are left, so that nine hostile bytes
 * cannot ask for memory or time as if 2^63 items followed them.
 */
export class ByteReader {
  position = 0
  readonly #source: Uint8Array
  readonly #view: DataView
  readonly #tooShort: () => Error

  /** `tooShort` makes the error of bytes that end too early. */
  constructor(source: Uint8Array, tooShort: () => Error) {
    this.#source = source
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength)
    this.#tooShort = tooShort
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#source.subarray(start, start + length)
  }

  skip(length: number): void {
    this.#advance(length)
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  /** Loses units beyond 2^53: compare with `MAX_SATOSHIS` or the length before it is used. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true))
  }

  varInt(): number {
    const first = this.uint8()
    if (first < 0xfd) return first
    if (first === 0xfd) return this.#view.getUint16(this.#advance(2), true)
    return first === 0xfe ? this.uint32() : this.uint64()
  }

  /** A number of items that the remaining bytes can hold. */
  count(minItemBytes: number): number {
    const count = this.varInt()
    if (count * minItemBytes > this.#source.length - this.position) throw this.#tooShort()
    return count
  }

  #advance(length: number): number {
    const start = this.position
    if (length > this.#source.length - start) throw this.#tooShort()
    this.position = start + length
    return start
  }
}
