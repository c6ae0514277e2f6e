import type { WithheldReason } from '../withheld-reason.js'

/** One coin, owned by the action that made it. */
export interface OutputRow {
  readonly outputId: number
  readonly userId: number
  readonly actionId: number
  readonly basketId: number | null
  /** Cached result of the spendability rule; a refresh recomputes it (docs/spec/lifecycle.md §4). */
  readonly spendable: boolean
  /** The same rule for a transaction that is queued or sending. */
  readonly pending: boolean
  readonly maturesAtHeight: number | null
  readonly withheld: WithheldReason | null
  readonly change: boolean
  readonly vout: number
  readonly satoshis: number
  readonly providedBy: string
  readonly purpose: string
  readonly type: string
  readonly outputDescription: string | null
  /** Null while its action is a draft. */
  readonly txid: string | null
  readonly senderIdentityKey: string | null
  readonly derivationPrefix: string | null
  readonly derivationSuffix: string | null
  readonly customInstructions: string | null
  readonly spentByActionId: number | null
  readonly sequenceNumber: number | null
  readonly spendingDescription: string | null
  /** Bytes of the locking script inside the raw transaction, when the script is not stored itself. */
  readonly scriptLength: number | null
  readonly scriptOffset: number | null
  readonly lockingScript: Uint8Array | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What an insert cannot leave out. */
type RequiredOutput = Pick<OutputRow, 'userId' | 'actionId' | 'vout' | 'satoshis' | 'providedBy' | 'purpose' | 'type'>

export type NewOutputRow = RequiredOutput & Partial<Omit<OutputRow, 'outputId' | keyof RequiredOutput>>

/** `updatedAt` is now unless it is given: a row that comes by sync keeps the moment it changed at. */
export type OutputChanges = Partial<Omit<OutputRow, 'outputId' | 'userId' | 'actionId' | 'createdAt'>>

/** What a new output has where it says nothing. */
export const OUTPUT_DEFAULTS: Omit<OutputRow, 'outputId' | keyof RequiredOutput | 'createdAt' | 'updatedAt'> = {
  basketId: null,
  spendable: false,
  pending: false,
  maturesAtHeight: null,
  withheld: null,
  change: false,
  outputDescription: null,
  txid: null,
  senderIdentityKey: null,
  derivationPrefix: null,
  derivationSuffix: null,
  customInstructions: null,
  spentByActionId: null,
  sequenceNumber: null,
  spendingDescription: null,
  scriptLength: null,
  scriptOffset: null,
  lockingScript: null,
}
