import { ByteReader } from './byte-reader.js'

/**
 * The position of `txid` among the lowest leaves of a BUMP (BRC-74), or undefined when the path does not contain it or
 * cannot be read. Whether the path leads to a block's root is another question: it needs headers.
 */
export function findMerkleLeaf(path: Uint8Array, txid: string): number | undefined {
  const reader = new ByteReader(path)
  try {
    reader.readVarInt()
    reader.readByte()
    for (let leaves = reader.readVarInt(); leaves > 0; leaves--) {
      const offset = reader.readVarInt()
      const isDuplicate = (reader.readByte() & 1) === 1
      if (!isDuplicate && reader.readHash() === txid) return offset
    }
    return undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
