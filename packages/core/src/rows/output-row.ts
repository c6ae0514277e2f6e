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

export type NewOutputRow = Pick<
  OutputRow,
  'userId' | 'actionId' | 'vout' | 'satoshis' | 'providedBy' | 'purpose' | 'type'
> &
  Partial<Omit<OutputRow, 'outputId' | 'userId' | 'actionId' | 'vout' | 'satoshis' | 'providedBy' | 'purpose' | 'type'>>

/** `updatedAt` is now unless it is given: a row that comes by sync keeps the moment it changed at. */
export type OutputChanges = Partial<Omit<OutputRow, 'outputId' | 'userId' | 'actionId' | 'createdAt'>>
