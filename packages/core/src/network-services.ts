/** What the outside world answers. Every answer is yes, no or unknown; unknown never changes money. */

/** What one provider said about one transaction it was handed. An error without a flag is its refusal of the transaction. */
export interface PostTxidResult {
  readonly txid: string
  readonly status: 'success' | 'error'
  readonly alreadyKnown?: boolean
  /** With a success: it also reports that the network knows the transaction, not just itself. */
  readonly seenOnNetwork?: boolean
  readonly doubleSpend?: boolean
  /** With an error: it lacks a parent, which may not have arrived yet. It says nothing about this transaction. */
  readonly missingInputs?: boolean
  /** With an error: an outage, or an answer nobody can read. It says nothing about this transaction. */
  readonly serviceError?: boolean
  /** Txids it says spend an input of ours. A claim, not yet evidence. */
  readonly competingTxs?: readonly string[]
  /** BUMP bytes, of a transaction that is mined already. They hold the txid; no header was asked yet. */
  readonly merklePath?: Uint8Array
}

export interface PostBeefResult {
  /** The provider's name. */
  readonly name: string
  readonly status: 'success' | 'error'
  readonly error?: unknown
  readonly txidResults: readonly PostTxidResult[]
}

export interface BlockHeader {
  readonly version: number
  readonly previousHash: string
  readonly merkleRoot: string
  readonly time: number
  readonly bits: number
  readonly nonce: number
  readonly height: number
  readonly hash: string
}

export interface StatusForTxid {
  readonly txid: string
  readonly status: 'mined' | 'known' | 'unknown'
  readonly depth: number | undefined
}

/** The header half: what a merkle path is checked against. */
export interface HeaderServices {
  isValidRootForHeight(root: string, height: number): Promise<boolean>
  currentHeight(): Promise<number>
  findChainTipHeader(): Promise<BlockHeader>
  findHeaderForHeight(height: number): Promise<BlockHeader | undefined>
  findHeaderForBlockHash(hash: string): Promise<BlockHeader | undefined>
  /** Calls back on each new header; answers with the subscription's id. A hint at most: many services never call. */
  subscribeHeaders?(listener: (header: BlockHeader) => void): Promise<string>
  /** Calls back with the headers that left the best chain; a hint too. */
  subscribeReorgs?(listener: (deactivated: readonly BlockHeader[]) => void): Promise<string>
  /** Whether there was such a subscription. */
  unsubscribe?(id: string): Promise<boolean>
}

/** What ends requests under way; any `AbortSignal` fits. */
export interface StopSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/**
 * The port to broadcasters and block explorers. The published `Services` and `MockServices` fit its network half, chain
 * trackers its header half. Source: docs/spec/monitor.md §4.
 */
export interface NetworkServices extends HeaderServices {
  /** The provider's name, where one provider stands behind it. */
  readonly name?: string
  /** The providers behind it, where there are several: asked one by one, none hides what another said. */
  readonly providers?: readonly NetworkServices[]
  /** The same services, whose requests end when `signal` fires. */
  withSignal?(signal: StopSignal): NetworkServices
  /** `beef` as BEEF bytes; one result per provider asked. */
  postBeef(beef: Uint8Array, txids: readonly string[]): Promise<readonly PostBeefResult[]>
  getMerklePath(txid: string): Promise<{
    readonly name?: string
    readonly merklePath?: Uint8Array
    readonly header?: BlockHeader
    readonly error?: unknown
  }>
  getStatusForTxids(txids: readonly string[]): Promise<{
    readonly name: string
    readonly status: 'success' | 'error'
    readonly error?: unknown
    readonly results: readonly StatusForTxid[]
  }>
  getRawTx(
    txid: string,
  ): Promise<{ readonly txid: string; readonly rawTx?: Uint8Array; readonly name?: string; readonly error?: unknown }>
  /** `scriptHash`: SHA-256 of the locking script as hex, in the order the hash has. `outpoint`: `txid.vout`. */
  getUtxoStatus(
    scriptHash: string,
    outpoint: string,
  ): Promise<{ readonly status: 'success' | 'error'; readonly isUtxo?: boolean; readonly error?: unknown }>
  nLockTimeIsFinal(rawTx: Uint8Array): Promise<boolean>
}
