import { COINBASE_MATURITY_BLOCKS, InvalidParameterError } from '@txkeep/core'

/**
 * The chain tip height from which a coinbase output of the block at `height` may be spent.
 *
 * @param coinbaseMaturity in blocks; the network's own rule unless a test chain has another.
 * @throws {InvalidParameterError} if either number is not an integer from 0.
 * @example coinbaseMaturesAt(800_000) // 800_100
 */
export function coinbaseMaturesAt(height: number, coinbaseMaturity: number = COINBASE_MATURITY_BLOCKS): number {
  if (!isCount(height)) throw new InvalidParameterError('height', height, 'an integer from 0')
  if (!isCount(coinbaseMaturity))
    throw new InvalidParameterError('coinbaseMaturity', coinbaseMaturity, 'an integer from 0')
  return height + coinbaseMaturity
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
