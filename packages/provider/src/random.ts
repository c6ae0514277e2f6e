import { Random, Utils } from '@bsv/sdk'

/** So many random bytes, unpredictable to others. Tests hand in their own. */
export type RandomBytes = (byteCount: number) => Uint8Array

export const systemRandom: RandomBytes = (byteCount) => Uint8Array.from(Random(byteCount))

/** So many random bytes in base64: references, derivation prefixes and suffixes. */
export function randomBase64(random: RandomBytes, byteCount: number): string {
  return Utils.toBase64([...random(byteCount)])
}

/** Random numbers 0 ≤ x < 1. Given numbers are used instead, one after the other and over again: for tests of a caller. */
export function randomFractions(random: RandomBytes, given: readonly number[] = []): () => number {
  if (given.length > 0) {
    let next = 0
    return () => given[next++ % given.length] ?? 0
  }
  return () => {
    const bytes = random(4)
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32
  }
}
