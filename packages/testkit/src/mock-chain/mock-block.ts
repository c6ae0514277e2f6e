import type { BlockHeader } from '@txkeep/core'
import type { BuiltTransaction } from '../builders/build-transaction.js'
import { hashHeader } from './hash-header.js'
import { merkleRoot } from './merkle-tree.js'

/** A block of a `MockChain`. Its header hashes to `hash` and commits to its transactions; nobody did any work for it. */
export interface MockBlock {
  readonly height: number
  readonly hash: string
  readonly header: BlockHeader
  readonly coinbase: BuiltTransaction
  /** In block order; the coinbase is the first. */
  readonly txids: readonly string[]
}

/** A block on top of `previousHash` with these transactions behind its coinbase. */
export function mockBlock(
  height: number,
  previousHash: string,
  coinbase: BuiltTransaction,
  others: readonly string[],
): MockBlock {
  const txids = [coinbase.txid, ...others]
  const fields = {
    version: 0x20000000,
    previousHash,
    merkleRoot: merkleRoot(txids),
    time: GENESIS_TIME + height * SECONDS_PER_BLOCK,
    bits: 0x207fffff,
    nonce: 0,
    height,
  }
  const header = { ...fields, hash: hashHeader(fields) }
  return { height, hash: header.hash, header, coinbase, txids }
}

const GENESIS_TIME = 1_231_006_505
const SECONDS_PER_BLOCK = 600
