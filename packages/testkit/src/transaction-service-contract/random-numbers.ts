/** A reproducible source of random numbers: the same seed gives the same sequence on every machine. */
export interface RandomNumbers {
  /** A whole number from 0 to `below` − 1. */
  below(below: number): number
  /** One of `items`, or undefined when there is none. */
  pick<T>(items: readonly T[]): T | undefined
  /** Up to `count` different ones of `items`. */
  some<T>(items: readonly T[], count: number): T[]
}

/** The generator known as mulberry32. */
export function randomNumbers(seed: number): RandomNumbers {
  let state = seed
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
  return {
    below,
    pick: (items) => items[below(items.length)],
    some: (items, count) => {
      const left = [...items]
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(below(left.length), 1)).flat()
    },
  }
}
