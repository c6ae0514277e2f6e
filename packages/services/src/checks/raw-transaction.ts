import { Hash, Utils } from '@bsv/sdk'

/** The bytes that hex or an array of numbers hold, or undefined unless they hash to `txid`. */
export function readRawTx(given: unknown, txid: string): Uint8Array | undefined {
  const rawTx = bytesOf(given)
  if (rawTx === undefined || rawTx.length === 0) return undefined
  return Utils.toHex(Hash.hash256(rawTx).reverse()) === txid ? rawTx : undefined
}

function bytesOf(given: unknown): Uint8Array | undefined {
  if (given instanceof Uint8Array) return given
  if (Array.isArray(given)) return given.every(isByte) ? Uint8Array.from(given) : undefined
  if (typeof given !== 'string' || given.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(given)) return undefined
  return Uint8Array.from(Utils.toArray(given, 'hex'))
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}
