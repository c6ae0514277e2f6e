/** Reads a byte string from front to back, in the number formats of transactions and BUMPs. Reading past the end throws a RangeError. */
export class ByteReader {
  readonly bytes: Buffer
  position = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get atEnd(): boolean {
    return this.position === this.bytes.length
  }

  skip(count: number): void {
    this.position += count
    if (this.position > this.bytes.length) throw new RangeError('past the end')
  }

  readByte(): number {
    const value = this.bytes.readUInt8(this.position)
    this.position += 1
    return value
  }

  readUInt32(): number {
    const value = this.bytes.readUInt32LE(this.position)
    this.position += 4
    return value
  }

  readUInt64(): bigint {
    const value = this.bytes.readBigUInt64LE(this.position)
    this.position += 8
    return value
  }

  /** A number of 1, 3, 5 or 9 bytes; the first byte says which. */
  readVarInt(): number {
    const first = this.readByte()
    if (first < 0xfd) return first
    if (first === 0xff) return Number(this.readUInt64())
    const width = first === 0xfd ? 2 : 4
    const value = this.bytes.readUIntLE(this.position, width)
    this.position += width
    return value
  }

  readBytes(count: number): Buffer {
    const start = this.position
    this.skip(count)
    return this.bytes.subarray(start, start + count)
  }

  /** 32 bytes that stand in reverse, as a lower-case hex hash. */
  readHash(): string {
    return Buffer.from(this.readBytes(32)).reverse().toString('hex')
  }
}
