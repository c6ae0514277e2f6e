/** What a draft plans: the inputs it named and how many outputs it will have, so that signing can be checked against it. */
export interface DraftPlan {
  readonly inputs: readonly { readonly txid: string; readonly vout: number }[]
  readonly outputCount: number
}

/** Whether a stored value is a plan: what a database gives back is not taken at its word. */
export function isDraftPlan(value: unknown): value is DraftPlan {
  return (
    typeof value === 'object' &&
    value !== null &&
    'inputs' in value &&
    Array.isArray(value.inputs) &&
    'outputCount' in value &&
    typeof value.outputCount === 'number'
  )
}

/** One user's view of one transaction, or a draft that is not signed yet (`transactionId` null). */
export interface ActionRow {
  readonly actionId: number
  readonly userId: number
  /** Null exactly while the action is a draft. */
  readonly transactionId: number | null
  /** The wallet's handle for this action, unique per user. */
  readonly reference: string
  readonly description: string | null
  readonly isOutgoing: boolean
  /** What the action did to the user's balance, in satoshis; negative when it spent. */
  readonly satoshisDelta: number
  readonly version: number | null
  readonly lockTime: number | null
  readonly userNosend: boolean
  /** Left out of lists. */
  readonly hidden: boolean
  readonly userAborted: boolean
  readonly draftInputBeef: Uint8Array | null
  readonly plan: DraftPlan | null
  /** JSON text, kept verbatim for the legacy projection. */
  readonly notifyJson: string | null
  readonly rowVersion: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

export type NewActionRow = Pick<ActionRow, 'userId' | 'reference'> &
  Partial<Omit<ActionRow, 'actionId' | 'userId' | 'reference' | 'rowVersion'>>

/** `updatedAt` is now unless it is given: a row that comes by sync keeps the moment it changed at. */
export type ActionChanges = Partial<Omit<ActionRow, 'actionId' | 'userId' | 'rowVersion' | 'createdAt'>>
