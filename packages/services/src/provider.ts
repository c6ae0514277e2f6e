import type { BlockHeader, PostTxidResult, StatusForTxid, StopSignal } from '@txkeep/core'
import type { Beef } from '@bsv/sdk'

/** What comes along with every question. */
export interface Ask {
  /** Ends the requests under way. */
  readonly signal?: StopSignal | undefined
}

export interface PostAsk extends Ask {
  /** How long the provider has for one transaction, in ms. */
  readonly timeoutMs: number
}

/** What one provider said to a broadcast. */
export interface Posted {
  /** A row per txid. One left out counts as an outage. */
  readonly rows: readonly PostTxidResult[]
  /** The first thing that kept a row from being a verdict. */
  readonly error?: Error
}

/** A merkle path that holds its txid and leads to a root; no header was asked, unless the provider gave one that fits. */
export interface FoundPath {
  readonly merklePath: Uint8Array
  readonly header?: BlockHeader
}

/**
 * One broadcaster, explorer or header service, with what it offers and nothing else. What a method returns was checked as far
 * as it can be without asking anybody else: raw bytes hash to their txid, a path holds its txid, a header hashes to its hash.
 *
 * Every method throws `ServiceUnavailableError` or `ServiceAnswerError` when nothing is known. Absence is an answer: `undefined`.
 */
export interface ServiceProvider {
  /** Unique among the providers asked together; it ends up in the audit. */
  readonly name: string
  /** `beef` is this call's own; the txids stand in an order in which parents come first. */
  postBeef?(beef: Beef, txids: readonly string[], ask: PostAsk): Promise<Posted>
  getMerklePath?(txid: string, ask: Ask): Promise<FoundPath | undefined>
  /** A txid about which the provider says nothing clear is left out. */
  getStatusForTxids?(txids: readonly string[], ask: Ask): Promise<readonly StatusForTxid[]>
  getRawTx?(txid: string, ask: Ask): Promise<Uint8Array | undefined>
  getUtxoStatus?(scriptHash: string, outpoint: string, ask: Ask): Promise<boolean>
  findChainTipHeader?(ask: Ask): Promise<BlockHeader>
  findHeaderForHeight?(height: number, ask: Ask): Promise<BlockHeader | undefined>
  findHeaderForBlockHash?(hash: string, ask: Ask): Promise<BlockHeader | undefined>
}
