import type { BlockHeader } from '@txkeep/core'
import { Hash, Utils } from '@bsv/sdk'

/** The double SHA-256 of the 80 header bytes, written backwards as the field does. */
export function hashHeader(header: Omit<BlockHeader, 'hash'>): string {
  const writer = new Utils.Writer()
  writer.writeUInt32LE(header.version)
  writer.write(Utils.toArray(header.previousHash, 'hex').reverse())
  writer.write(Utils.toArray(header.merkleRoot, 'hex').reverse())
  writer.writeUInt32LE(header.time)
  writer.writeUInt32LE(header.bits)
  writer.writeUInt32LE(header.nonce)
  return Utils.toHex(Hash.hash256(writer.toArray()).reverse())
}
