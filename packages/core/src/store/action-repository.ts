import type { ProcessingStatus } from '../processing-status.js'
import type { ActionChanges, ActionRow, NewActionRow } from '../rows/action-row.js'

/** An action with what lists show of its transaction. */
export interface ListedAction extends ActionRow {
  readonly txid: string | null
  readonly processing: ProcessingStatus | null
}

export interface ActionListQuery {
  readonly userId: number
  /** Live label ids; `any` (default) needs one of them, `all` every one. Left out: no filter. */
  readonly labelIds?: readonly number[]
  readonly labelMode?: 'any' | 'all'
  /** Statuses to include; `drafts` and `aborted` are no statuses and have their own switch. Left out: every status. */
  readonly processing?: readonly ProcessingStatus[]
  /** Default true. */
  readonly includeDrafts?: boolean
  /** Default true. */
  readonly includeAborted?: boolean
  /**
   * What the action is to its user: `failed` when its transaction is `invalid`, `doubleSpend` or looked at again (`unfail`),
   * or when she aborted it and the network did not take it all the same; `live` otherwise. Left out: both.
   */
  readonly standing?: 'live' | 'failed'
  /** Default false. */
  readonly includeHidden?: boolean
  /** `createdAt` at or after this. */
  readonly createdFrom?: Date
  /** `createdAt` before this. */
  readonly createdTo?: Date
  readonly limit: number
  readonly offset?: number
}

export interface ActionReader {
  findById(actionId: number): Promise<ActionRow | undefined>
  /** Of every user or of one. */
  findByIds(actionIds: readonly number[], userId?: number): Promise<ActionRow[]>
  findByReference(userId: number, reference: string): Promise<ActionRow | undefined>
  findByUserTransaction(userId: number, transactionId: number): Promise<ActionRow | undefined>
  /** Actions of these transactions, of every user or of one, in order of `actionId`. */
  findByTransactions(transactionIds: readonly number[], userId?: number): Promise<ActionRow[]>
  /**
   * The actions (of any user, drafts included) that spend an output made by one of these transactions, in order of
   * `actionId`: the next generation of a transaction's known descendants.
   */
  findSpendersOfTransactions(transactionIds: readonly number[]): Promise<ActionRow[]>
  /**
   * Outgoing drafts of every user that are not aborted and did not change since `idleSince`, in order of `actionId`, from `afterId`
   * on.
   */
  listIdleDrafts(query: {
    readonly idleSince: Date
    readonly afterId?: number
    readonly limit: number
  }): Promise<ActionRow[]>
  /** One page in order of `actionId`, and how many rows the filter matches in all. */
  list(query: ActionListQuery): Promise<{ readonly rows: ListedAction[]; readonly total: number }>
  /** Label texts of each action that has any, live ones only, in order of label id. */
  labelsOf(actionIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>
}

export interface ActionWriter extends ActionReader {
  /** @throws {UniqueViolationError} if the user has this reference or this transaction already. */
  insert(row: NewActionRow): Promise<ActionRow>
  /** The user's action of this transaction: the stored one untouched, or `row` newly inserted. */
  insertIfAbsent(
    row: NewActionRow & { readonly transactionId: number },
  ): Promise<{ readonly row: ActionRow; readonly inserted: boolean }>
  /** The changed row, or undefined when it is absent or, if `expectedVersion` is given, of another version. Raises `rowVersion`. */
  update(actionId: number, changes: ActionChanges, expectedVersion?: number): Promise<ActionRow | undefined>
  /** The changed row. Adds `delta` satoshis in the database, so that concurrent callers both count. */
  addSatoshisDelta(actionId: number, delta: number): Promise<ActionRow | undefined>
}
