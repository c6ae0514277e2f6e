import type { Outpoint } from '../outpoint.js'
import type { ProcessingStatus } from '../processing-status.js'
import type { Match } from './entity-repository.js'
import type { NewOutputRow, OutputChanges, OutputRow } from '../rows/output-row.js'

/** An output with what lists show of its action and transaction. */
export interface ListedOutput extends OutputRow {
  readonly processing: ProcessingStatus | null
}

export interface OutputListQuery {
  readonly userId: number
  readonly basketId?: number
  /** Live tag ids; `any` (default) needs one of them, `all` every one. Left out: no filter. */
  readonly tagIds?: readonly number[]
  readonly tagMode?: 'any' | 'all'
  /**
   * `listed` (default): unspent, not withheld, its action not aborted, its transaction queued, sending, nosend, reorging
   * or accepted (docs/spec/wallet-storage.md §14). `spendable`: the cached flag. `all`: every row.
   */
  readonly show?: 'listed' | 'spendable' | 'all'
  readonly limit: number
  readonly offset?: number
  readonly descending?: boolean
}

/**
 * Outputs of one user by whatever columns name them. Every given condition must hold; none given means every output of hers.
 */
export interface OutputFindQuery {
  readonly userId: number
  /** Equality on any columns but the script; `null` matches absence. */
  readonly match?: Match<Omit<OutputRow, 'lockingScript' | 'userId'>>
  /** Whether nothing spends or withholds it, whatever its transaction's status. */
  readonly isFree?: boolean
  /** Changed at or after this. */
  readonly since?: Date
  /** Made by an action that is one of these. */
  readonly madeBy?: readonly ActionStanding[]
  readonly limit?: number
  readonly offset?: number
  readonly descending?: boolean
}

/** What an action is to its user: `processing` is null for a draft. */
export interface ActionStanding {
  readonly processing: ProcessingStatus | null
  readonly userAborted: boolean
  readonly isOutgoing: boolean
}

export interface SpendableQuery {
  readonly userId: number
  readonly basketId: number
  readonly limit: number
  /** Also coins of queued and sending transactions: only for an action that is delayed itself. Default false. */
  readonly includePending?: boolean
  /** Coins of at least this many satoshis. */
  readonly minSatoshis?: number
  /** Order by value, then by `outputId`: smallest and oldest first (default), or the exact reverse: one index serves both. */
  readonly descending?: boolean
}

/** Which outputs a refresh looks at; given filters must all match, none given means every output. */
export interface RefreshFilter {
  readonly userId?: number
  readonly transactionIds?: readonly number[]
  readonly actionIds?: readonly number[]
  readonly outputIds?: readonly number[]
  /** Only outputs that wait for a height: what a new chain tip can change. */
  readonly coinbaseOnly?: boolean
  /** Recompute as if the chain tip had this height. Left out: the stored tip. */
  readonly tipHeight?: number
}

export interface RefreshResult {
  /** Outputs looked at. */
  readonly examined: number
  /** Outputs whose `spendable` or `pending` was wrong and is right now. */
  readonly flipped: number
}

/** One page of a task that goes through outputs by key. */
export interface OutputsAfter {
  readonly afterId?: number
  readonly limit: number
}

export interface OutputReader {
  findById(outputId: number): Promise<OutputRow | undefined>
  /** Of every user or of one. */
  findByIds(outputIds: readonly number[], userId?: number): Promise<OutputRow[]>
  /** In order of `vout`. */
  findByAction(actionId: number): Promise<OutputRow[]>
  /** Outputs made by these actions, of every user or of one, in order of action and `vout`. */
  findByActions(actionIds: readonly number[], userId?: number): Promise<OutputRow[]>
  /** Outputs of every user at these outpoints, in order of `outputId`. */
  findByOutpoints(outpoints: readonly Outpoint[], userId?: number): Promise<OutputRow[]>
  /** Outputs whose spender is one of these actions, of every user or of one, in order of `outputId`. */
  findSpentBy(actionIds: readonly number[], userId?: number): Promise<OutputRow[]>
  /** In order of `outputId`. */
  find(query: OutputFindQuery): Promise<OutputRow[]>
  /**
   * Outputs of every user that are still held by an aborted draft or by an action whose transaction is `invalid` or `doubleSpend`,
   * in order of `outputId`, from `afterId` on. What is withheld as `spent-elsewhere` is settled and left out.
   */
  listHeldByFailed(query: OutputsAfter): Promise<OutputRow[]>
  /**
   * Outputs of every user's accepted transactions that the network can be asked about, in order of `outputId`, from `afterId` on:
   * spendable ones, and those withheld as `not-utxo`, `spent-elsewhere` or `legacy`.
   */
  listReviewable(query: OutputsAfter): Promise<OutputRow[]>
  /** The hot query: one table, answered from one index in order of value. Withheld, spent and immature coins are not in it. */
  findSpendable(query: SpendableQuery): Promise<OutputRow[]>
  /** One page in order of `outputId`, and how many rows the filter matches in all. */
  list(query: OutputListQuery): Promise<{ readonly rows: ListedOutput[]; readonly total: number }>
  /** Number and sum in satoshis of what `list` would show. */
  sum(
    query: Omit<OutputListQuery, 'limit' | 'offset' | 'descending'>,
  ): Promise<{ readonly count: number; readonly satoshis: number }>
  /** Tag texts of each output that has any, live ones only, in order of tag id. */
  tagsOf(outputIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>
}

export interface OutputWriter extends OutputReader {
  /** The inserted rows, in order of `rows`. @throws {UniqueViolationError} if an action has this `vout` already. */
  insertMany(rows: readonly NewOutputRow[]): Promise<OutputRow[]>
  update(outputId: number, changes: OutputChanges): Promise<OutputRow | undefined>
  /** How many were changed, by one statement. */
  updateMany(outputIds: readonly number[], changes: OutputChanges): Promise<number>
  /**
   * The ids that were free and are now spent by `actionId`: spent-by set, `spendable` and `pending` cleared, in one guarded
   * statement. A coin that is spent, withheld, or not usable (`spendable`, or `pending` with `allowPending`, or anything
   * unspent with `allowAny`) is left alone and is not in the answer.
   */
  claim(claim: OutputClaim): Promise<number[]>
  /**
   * The ids of these coins that are free (`claim` would take them), in order, and that no other unit of work takes before this one
   * ends: what is decided about them afterwards stays true. Writes nothing. A coin another unit holds is waited for, in order of id,
   * or left out with `skipLocked`; where writers run one at a time, none is held by another. A unit that waits first, in one call,
   * and skips from then on never waits in a circle.
   */
  lockFree(coins: FreeCoins & { readonly skipLocked?: boolean }): Promise<number[]>
  /** How many outputs this action held and are free now. Spent-by is cleared; a refresh decides about the flags. */
  releaseSpentBy(actionId: number, outputIds?: readonly number[]): Promise<number>
  /**
   * Recomputes `spendable` and `pending` by the rule of docs/spec/lifecycle.md §4, set-based. Idempotent. Transactions that are
   * `reorging` or `unfail` keep a flag that was true, and gain none.
   */
  refreshSpendable(filter: RefreshFilter): Promise<RefreshResult>
}

/** Coins, and which of them may be taken: unspent, not withheld, and usable as `claim` says. */
export interface FreeCoins {
  readonly outputIds: readonly number[]
  readonly allowPending?: boolean
  readonly allowAny?: boolean
}

export interface OutputClaim extends FreeCoins {
  readonly actionId: number
}
