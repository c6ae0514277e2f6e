/**
 * What is used of the published `Services` and `MockServices`, described by its shape: whoever does not have the toolbox can install
 * this package all the same. A parameter typed `never` takes the toolbox's own type, from whichever copy of the SDK.
 */
export interface ToolboxServices {
  postBeef(beef: never, txids: string[]): Promise<readonly ToolboxPostResult[]>
  getMerklePath(txid: string): Promise<ToolboxPathResult>
  getStatusForTxids(txids: string[]): Promise<ToolboxStatusResult>
  getRawTx(txid: string): Promise<ToolboxRawTxResult>
  getUtxoStatus(output: string, outputFormat?: 'hashLE', outpoint?: string): Promise<ToolboxUtxoResult>
  getHeight(): Promise<number>
  getHeaderForHeight(height: number): Promise<number[]>
  hashToHeader(hash: string): Promise<ToolboxHeader>
  // `Services` keeps its providers one by one; `MockServices` is its own and only one.
  readonly postBeefServices?: Collection<(beef: never, txids: string[]) => Promise<ToolboxPostResult>>
  readonly getMerklePathServices?: Collection<(txid: string, services: never) => Promise<ToolboxPathResult>>
  readonly getStatusForTxidsServices?: Collection<(txids: string[]) => Promise<ToolboxStatusResult>>
  readonly getRawTxServices?: Collection<(txid: string, chain: never) => Promise<ToolboxRawTxResult>>
  readonly getUtxoStatusServices?: Collection<
    (output: string, outputFormat?: 'hashLE', outpoint?: string) => Promise<ToolboxUtxoResult>
  >
  readonly chain?: string
}

export interface Collection<T> {
  readonly services: readonly { readonly name: string; readonly service: T }[]
}

export interface ToolboxPostRow {
  readonly txid: string
  readonly status: string
  readonly alreadyKnown?: boolean
  readonly doubleSpend?: boolean
  readonly serviceError?: boolean
  readonly competingTxs?: readonly string[]
  readonly data?: unknown
}

export interface ToolboxPostResult {
  readonly name: string
  readonly status: string
  readonly error?: unknown
  readonly txidResults: readonly ToolboxPostRow[]
}

export interface ToolboxPathResult {
  readonly merklePath?: unknown
  readonly header?: ToolboxHeader
  readonly error?: unknown
}

export interface ToolboxStatusResult {
  readonly status: string
  readonly error?: unknown
  readonly results: readonly { readonly txid: string; readonly status: string; readonly depth?: number | undefined }[]
}

export interface ToolboxRawTxResult {
  readonly rawTx?: readonly number[]
  readonly error?: unknown
}

export interface ToolboxUtxoResult {
  readonly status: string
  readonly isUtxo?: boolean
  readonly error?: unknown
}

export interface ToolboxHeader {
  readonly version: number
  readonly previousHash: string
  readonly merkleRoot: string
  readonly time: number
  readonly bits: number
  readonly nonce: number
  readonly height: number
  readonly hash: string
}
