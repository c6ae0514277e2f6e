import { createHash } from 'node:crypto'

/** Repeatable pseudo-random values: the same seed gives the same sequence on every machine. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next: () => number
  /** A whole number in [min, max]. */
  integer: (min: number, max: number) => number
  /** True with this probability. */
  chance: (probability: number) => boolean
  /** One of these. @throws {RangeError} if there is nothing to pick from */
  pick: <Item>(items: readonly Item[]) => Item
  /** One of the keys, each as often as its weight says. */
  pickWeighted: <Key extends string>(weights: Readonly<Record<Key, number>>) => Key
  bytes: (length: number) => Uint8Array<ArrayBuffer>
}

/** Values that depend on nothing but the seed (mulberry32: fast and even enough for test data, not for secrets). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))

  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[integer(0, items.length - 1)]
      if (item === undefined) throw new RangeError('Nothing to pick from: the list is empty.')
      return item
    },
    pickWeighted: <Key extends string>(weights: Readonly<Record<Key, number>>): Key => {
      const entries = Object.entries<number>(weights) as [Key, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      throw new RangeError('Nothing to pick from: every weight is zero.')
    },
    bytes: (length) => {
      const bytes = new Uint8Array(length)
      for (let position = 0; position < length; position += 4) {
        const word = integer(0, 0xffff_ffff)
        for (let byte = 0; byte < 4 && position + byte < length; byte++) {
          bytes[position + byte] = (word >>> (8 * byte)) & 0xff
        }
      }
      return bytes
    },
  }
}

/** A 32-byte key in hex, derived from the seed and a name. For test wallets only. */
export function seededKeyHex(seed: number, name: string): string {
  return createHash('sha256').update(`txkeep legacy wallet maker ${seed} ${name}`).digest('hex')
}
