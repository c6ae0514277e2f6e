import { InvalidParameterError } from '@txkeep/core'

/** The shortest and the longest wait between two attempts. Source: docs/spec/lifecycle.md §6. */
export const BACKOFF_MIN_MS = 60_000
export const BACKOFF_MAX_MS = 3_600_000

/**
 * How long to wait after `attempts` failed attempts in a row (this one included), in milliseconds. The window doubles from
 * 1–2 min to 30–60 min; where in its window a wait falls is `random`, so that many wallets do not return at the same second.
 *
 * @param random from 0 (inclusive) to 1 (exclusive), e.g. `Math.random()`; an argument, so that the result is reproducible.
 * @throws {InvalidParameterError} if `attempts` or `random` is not such a number.
 * @example backoffMs(1, 0) // 60_000
 */
export function backoffMs(attempts: number, random: number): number {
  if (!Number.isInteger(attempts) || attempts < 0)
    throw new InvalidParameterError('attempts', attempts, 'an integer from 0')
  if (!(random >= 0 && random < 1)) throw new InvalidParameterError('random', random, 'at least 0 and below 1')
  const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.max(attempts, 1))
  return Math.floor((longest / 2) * (1 + random))
}
