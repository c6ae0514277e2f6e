/** Where a signed transaction stands, as the pages tell it from outside. Source: docs/spec/lifecycle.md §1. */
export type Standing = 'kept' | 'queued' | 'sending' | 'accepted' | 'failed' | 'unfail'

export interface ModelTransaction {
  readonly txid: string
  /** What it consumes, as `txid.vout`. */
  readonly inputs: readonly string[]
  standing: Standing
  /** Height of the block a proof the storage has leads to. */
  provenAt: number | undefined
  /** That block lies below another one the storage knew of: `completed` until a reorg. */
  isBuried: boolean
  /** Look-ups without a proof since a reorg took its block; undefined while none did. */
  reorgTries: number | undefined
  /** Died because of this ancestor, and for nothing else since. */
  diedWith: string | undefined
}

export interface ModelAction {
  readonly description: string
  readonly labels: Set<string>
  readonly isOutgoing: boolean
  /** Of a draft, and of what was one. */
  readonly reference: string | undefined
  satoshis: number
  /** Undefined while it is a draft. */
  transaction: ModelTransaction | undefined
  isAborted: boolean
}

export interface ModelCoin {
  readonly maker: ModelAction
  readonly vout: number
  readonly satoshis: number
  readonly script: string
  readonly customInstructions: string | undefined
  readonly tags: Set<string>
  /** What the wallet spends by itself; anything else has to be named. */
  isChange: boolean
  basket: string | undefined
  spender: ModelAction | undefined
  isWithheld: boolean
  /** Freed while its transaction was reorging, when flags stay as they are: it waits for the next proof. */
  isWaiting: boolean
}

/** A coin's place, or where it will be once its action is signed. */
export function placeOf({ maker, vout }: Pick<ModelCoin, 'maker' | 'vout'>): string {
  return `${maker.transaction?.txid ?? 'draft'}.${vout}`
}
