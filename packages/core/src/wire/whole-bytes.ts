import { InvalidParameterError } from '../errors/invalid-parameter-error.js'
import { ByteReader } from './byte-reader.js'

/**
 * Bytes of strangers are looked through before @bsv/sdk parses them: its readers (2.1.0) take every count at its word and read what is
 * missing as zeros, so that nine bytes which promise four billion inputs end the process for want of memory. Each function here
 * returns the bytes it was given, costs time in proportion to their length, and says nothing about what they mean. `parameter` is
 * what an error calls them.
 */

/**
 * `rawTx` (BRC-12), if a transaction can be read from it. What follows the transaction is not looked at.
 *
 * @throws {InvalidParameterError} if it ends too early.
 */
export function wholeTransaction<Bytes extends ArrayLike<number>>(rawTx: Bytes, parameter = 'rawTx'): Bytes {
  return looked(rawTx, parameter, 'the bytes of a whole transaction', skipTransaction)
}

/**
 * `merklePath` (BUMP, BRC-74), if a path can be read from it. What follows the path is not looked at.
 *
 * @throws {InvalidParameterError} if it ends too early, or is higher than any tree of transactions.
 */
export function wholeMerklePath<Bytes extends ArrayLike<number>>(merklePath: Bytes, parameter = 'merklePath'): Bytes {
  return looked(merklePath, parameter, 'the bytes of a whole merkle path', skipMerklePath)
}

/**
 * `beef` (BRC-62, BRC-96, or AtomicBEEF of BRC-95), if one can be read from it. What follows the BEEF is not looked at.
 *
 * @throws {InvalidParameterError} if it ends too early, or begins with no version that is known.
 */
export function wholeBeef<Bytes extends ArrayLike<number>>(beef: Bytes, parameter = 'beef'): Bytes {
  return looked(beef, parameter, 'the bytes of a whole BEEF', skipBeef)
}

function looked<Bytes extends ArrayLike<number>>(
  bytes: Bytes,
  parameter: string,
  allowed: string,
  skip: (reader: ByteReader) => boolean,
): Bytes {
  const source = bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes)
  const invalid = (): Error => new InvalidParameterError(parameter, source, allowed)
  if (!skip(new ByteReader(source, invalid))) throw invalid()
  return bytes
}

const MIN_INPUT_BYTES = 41
const MIN_OUTPUT_BYTES = 9
const MIN_TRANSACTION_BYTES = 10

function skipTransaction(reader: ByteReader): boolean {
  reader.skip(4)
  for (let left = reader.count(MIN_INPUT_BYTES); left > 0; left--) {
    reader.skip(36)
    reader.skip(reader.varInt())
    reader.skip(4)
  }
  for (let left = reader.count(MIN_OUTPUT_BYTES); left > 0; left--) {
    reader.skip(8)
    reader.skip(reader.varInt())
  }
  reader.skip(4)
  return true
}

/** 2^64 transactions are in no block. */
const MAX_LEVELS = 64
const MIN_LEAF_BYTES = 2
const MIN_MERKLE_PATH_BYTES = 2
/** The flag of a leaf that is its sibling again, and has no hash of its own. */
const DUPLICATE = 1

function skipMerklePath(reader: ByteReader): boolean {
  reader.varInt()
  const levels = reader.uint8()
  if (levels > MAX_LEVELS) return false
  for (let level = 0; level < levels; level++) {
    for (let left = reader.count(MIN_LEAF_BYTES); left > 0; left--) {
      reader.varInt()
      if ((reader.uint8() & DUPLICATE) === 0) reader.skip(32)
    }
  }
  return true
}

/** As the first four bytes read, the least significant first. */
const ATOMIC_BEEF = 0x01010101
const BEEF_V1 = 0xefbe0001
const BEEF_V2 = 0xefbe0002

function skipBeef(reader: ByteReader): boolean {
  let version = reader.uint32()
  if (version === ATOMIC_BEEF) {
    reader.skip(32)
    version = reader.uint32()
  }
  if (version !== BEEF_V1 && version !== BEEF_V2) return false
  for (let left = reader.count(MIN_MERKLE_PATH_BYTES); left > 0; left--) {
    if (!skipMerklePath(reader)) return false
  }
  const skipEntry = version === BEEF_V1 ? skipEntryV1 : skipEntryV2
  for (let left = reader.count(MIN_TRANSACTION_BYTES); left > 0; left--) {
    if (!skipEntry(reader)) return false
  }
  return true
}

function skipEntryV1(reader: ByteReader): boolean {
  skipTransaction(reader)
  if (reader.uint8() !== 0) reader.varInt()
  return true
}

const RAW_TX = 0
const RAW_TX_AND_BUMP_INDEX = 1
const TXID_ONLY = 2

function skipEntryV2(reader: ByteReader): boolean {
  switch (reader.uint8()) {
    case TXID_ONLY:
      reader.skip(32)
      return true
    case RAW_TX_AND_BUMP_INDEX:
      reader.varInt()
      return skipTransaction(reader)
    case RAW_TX:
      return skipTransaction(reader)
    default:
      return false
  }
}
