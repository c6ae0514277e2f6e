import type { BlockHeader } from '@txkeep/core'
import { isConsistentHeader } from '../checks/block-header.js'
import { isHash, isObject, naturalOf } from '../http/json.js'

/**
 * A header of the best chain as WhatsOnChain writes it, or undefined unless its fields hash to its hash. One that left the best
 * chain (negative `confirmations`) is none.
 */
export function readWocHeader(given: unknown): BlockHeader | undefined {
  if (!isObject(given)) return undefined
  const { hash, previousblockhash, merkleroot } = given
  const [time, nonce] = [given.time, given.nonce].map((value) => naturalOf(value, 0xffffffff))
  const version = readVersion(given.version)
  const height = naturalOf(given.height)
  const bits = readBits(given.bits)
  // The first block of all has no previous one.
  const previousHash = previousblockhash === '' && height === 0 ? '00'.repeat(32) : previousblockhash
  if (!isHash(hash) || !isHash(previousHash) || !isHash(merkleroot)) return undefined
  if (version === undefined || time === undefined || nonce === undefined) return undefined
  if (height === undefined || bits === undefined) return undefined
  if (typeof given.confirmations === 'number' && given.confirmations < 0) return undefined
  const header = { version, previousHash, merkleRoot: merkleroot, time, bits, nonce, height, hash }
  return isConsistentHeader(header) ? header : undefined
}

/** Nodes write the version as a signed number, and miners use its highest bits. */
function readVersion(version: unknown): number | undefined {
  if (typeof version !== 'number' || !Number.isInteger(version)) return undefined
  return version >= -0x80000000 && version <= 0xffffffff ? version >>> 0 : undefined
}

/** Hex as nodes write it, or the number itself. */
function readBits(bits: unknown): number | undefined {
  if (typeof bits === 'string') return /^[0-9a-f]{1,8}$/i.test(bits) ? Number.parseInt(bits, 16) : undefined
  return naturalOf(bits, 0xffffffff)
}
