import { InvalidParameterError } from './errors/invalid-parameter-error.js'

const TXID = /^[0-9a-f]{64}$/

/** Whether `text` is 64 lower-case hex digits. */
export function isTxid(text: unknown): text is string {
  return typeof text === 'string' && TXID.test(text)
}

/**
 * `txid` itself, once it is known to be one.
 *
 * @throws {InvalidParameterError} if it is not 64 lower-case hex digits.
 */
export function checkTxid(parameter: string, txid: string): string {
  if (!isTxid(txid)) throw new InvalidParameterError(parameter, txid, '64 lower-case hex digits')
  return txid
}
