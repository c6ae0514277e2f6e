import { doubleHash } from './double-hash.js'

/** How many parents are remembered: those of a few thousand transactions of one block. */
const REMEMBERED_PARENTS = 4096
const PAIR_BYTES = 64
const NODE_BYTES = 32

/**
 * Hashes pairs of merkle nodes and remembers the latest ones: transactions of one block share the upper branches of its tree, and
 * proofs of one block mostly stand together. It remembers them in bytes of its own, one place for each pair, where the next pair
 * of that place takes over: whatever the number of proofs, it leaves no garbage behind.
 */
export class MerkleHasher {
  readonly #pair: Buffer = Buffer.alloc(PAIR_BYTES)
  readonly #isKnown: Uint8Array = new Uint8Array(REMEMBERED_PARENTS)
  readonly #pairs: Buffer = Buffer.alloc(REMEMBERED_PARENTS * PAIR_BYTES)
  readonly #parents: Buffer = Buffer.alloc(REMEMBERED_PARENTS * NODE_BYTES)

  /** The parent of two nodes, in internal byte order. */
  hashPair(left: Buffer, right: Buffer): Buffer {
    this.#pair.set(left, 0)
    this.#pair.set(right, NODE_BYTES)
    // Hashes are random, so a few of their bits spread well.
    const place = this.#pair.readUInt32LE(0) % REMEMBERED_PARENTS
    const [pairAt, parentAt] = [place * PAIR_BYTES, place * NODE_BYTES]
    if (
      this.#isKnown[place] !== 1 ||
      this.#pairs.compare(this.#pair, 0, PAIR_BYTES, pairAt, pairAt + PAIR_BYTES) !== 0
    ) {
      this.#parents.set(doubleHash(this.#pair), parentAt)
      this.#pairs.set(this.#pair, pairAt)
      this.#isKnown[place] = 1
    }
    return Buffer.from(this.#parents.subarray(parentAt, parentAt + NODE_BYTES))
  }
}
