import { InvalidParameterError } from './errors/invalid-parameter-error.js'
import { MAX_SATOSHIS } from './constants.js'

/**
 * `amountSatoshis` itself, once it is known to be a whole number of satoshis the network can hold.
 *
 * @throws {InvalidParameterError} if it is no safe integer or lies outside 0 … 2.1e15.
 */
export function checkSatoshis(parameter: string, amountSatoshis: number): number {
  if (!Number.isSafeInteger(amountSatoshis) || amountSatoshis < 0 || amountSatoshis > MAX_SATOSHIS) {
    throw new InvalidParameterError(parameter, amountSatoshis, `a whole number of satoshis from 0 to ${MAX_SATOSHIS}`)
  }
  return amountSatoshis
}

/** Like `checkSatoshis`, for a change of balance: the sign may be negative. */
export function checkSatoshisDelta(parameter: string, deltaSatoshis: number): number {
  if (!Number.isSafeInteger(deltaSatoshis) || Math.abs(deltaSatoshis) > MAX_SATOSHIS) {
    throw new InvalidParameterError(
      parameter,
      deltaSatoshis,
      `a whole number of satoshis from -${MAX_SATOSHIS} to ${MAX_SATOSHIS}`,
    )
  }
  return deltaSatoshis
}
