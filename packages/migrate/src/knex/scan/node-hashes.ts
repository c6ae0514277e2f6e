import { doubleSha256 } from './raw-transaction.js'

const HASH_BYTES = 32
const PAIR_BYTES = 2 * HASH_BYTES
const SLOT_BYTES = PAIR_BYTES + HASH_BYTES
/** A power of two: the upper levels of several blocks, under a megabyte. */
const SLOTS = 8192

/**
 * Hashes of merkle nodes by the two hashes below them, remembered for a while: the branches of one block's transactions meet on
 * their way up, and a look-up costs a tenth of hashing again. Each pair has one place, which the next pair for it takes over.
 */
export class NodeHashes {
  readonly #slots: Buffer = Buffer.alloc(SLOTS * SLOT_BYTES)

  constructor() {
    // A place nobody took yet reads like a pair of zeros, which belongs in the first: there it has its answer.
    doubleSha256(this.#slots.subarray(0, PAIR_BYTES)).copy(this.#slots, PAIR_BYTES)
  }

  /** Writes the double SHA-256 of the 64 bytes of `pair` to `node`. */
  hash(pair: Buffer, node: Buffer): void {
    // Hashes are even random: any of their bytes say where to look.
    const at = ((pair.readUInt32LE(0) ^ pair.readUInt32LE(HASH_BYTES)) & (SLOTS - 1)) * SLOT_BYTES
    if (pair.compare(this.#slots, at, at + PAIR_BYTES) !== 0) {
      pair.copy(this.#slots, at)
      doubleSha256(pair).copy(this.#slots, at + PAIR_BYTES)
    }
    this.#slots.copy(node, 0, at + PAIR_BYTES, at + SLOT_BYTES)
  }
}
