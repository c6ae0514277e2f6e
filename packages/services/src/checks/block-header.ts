import type { BlockHeader } from '@txkeep/core'
import { Hash, Utils } from '@bsv/sdk'

/** The 80 bytes that a header's hash is the hash of. All numbers little-endian, hashes in the order of the bytes. */
export function headerBytes(header: Omit<BlockHeader, 'height' | 'hash'>): number[] {
  const writer = new Utils.Writer()
  writer.writeUInt32LE(header.version >>> 0)
  writer.write(Utils.toArray(header.previousHash, 'hex').reverse())
  writer.write(Utils.toArray(header.merkleRoot, 'hex').reverse())
  writer.writeUInt32LE(header.time)
  writer.writeUInt32LE(header.bits)
  writer.writeUInt32LE(header.nonce)
  return writer.toArray()
}

/** The hash of these 80 bytes, as block hashes are written. */
export function headerHash(bytes: readonly number[]): string {
  return Utils.toHex(Hash.hash256([...bytes]).reverse())
}

/** Whether the fields of a header lead to the hash it claims: one wrong bit anywhere and they do not. */
export function isConsistentHeader(header: BlockHeader): boolean {
  return headerHash(headerBytes(header)) === header.hash
}

/** The header that 80 serialized bytes hold, or undefined if there are more or fewer. */
export function parseHeader(bytes: readonly number[], height: number): BlockHeader | undefined {
  if (bytes.length !== 80) return undefined
  const reader = new Utils.Reader([...bytes])
  return {
    version: reader.readUInt32LE(),
    previousHash: Utils.toHex(reader.read(32).reverse()),
    merkleRoot: Utils.toHex(reader.read(32).reverse()),
    time: reader.readUInt32LE(),
    bits: reader.readUInt32LE(),
    nonce: reader.readUInt32LE(),
    height,
    hash: headerHash(bytes),
  }
}
