/** What the outside world answers. Every answer is yes, no or unknown; unknown never changes money. */

export interface PostTxidResult {
  readonly txid: string
  readonly status: 'success' | 'error'
  readonly alreadyKnown?: boolean
  readonly doubleSpend?: boolean
  readonly serviceError?: boolean
  readonly competingTxs?: readonly string[]
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
}

/**
 * The port to broadcasters and block explorers. The published `Services` and `MockServices` fit its network half, chain
 * trackers its header half. Source: docs/spec/monitor.md §4.
 */
export interface NetworkServices extends HeaderServices {
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
  getUtxoStatus(
    scriptHash: string,
    outpoint: string,
  ): Promise<{ readonly status: 'success' | 'error'; readonly isUtxo?: boolean; readonly error?: unknown }>
  nLockTimeIsFinal(rawTx: Uint8Array): Promise<boolean>
}
