import {
  COINBASE_MATURITY_BLOCKS,
  MIN_CONFIRMATION_DEPTH,
  UniqueViolationError,
  checkTxid,
  systemClock,
  type ActionRow,
  type ChainTipRow,
  type Clock,
  type LeaseClaim,
  type LeaseGuard,
  type LeaseRow,
  type OutputRow,
  type RefreshFilter,
  type RefreshResult,
  type SpendableQuery,
  type Store,
  type StoreReader,
  type StoreWriter,
  type TaskOutcome,
  type TransactionRow,
} from '@txkeep/core'
import { abortAction, type AbortActionRequest, type AbortedAction } from './abort-action.js'
import { addOutputs, type AddOutputsRequest } from './add-outputs.js'
import { adoptTransaction, settleTransactions, type AdoptedTransaction } from './adopt-transaction.js'
import { buildBeef, type BeefOptions, type BuiltBeef } from './build-beef.js'
import { collectReqsAndBeef, type CollectedReqs } from './collect-reqs-and-beef.js'
import { createAction, type CreatedAction, type NewAction } from './create-action.js'
import {
  createTransaction,
  createWithProof,
  findOrCreateForBroadcast,
  type CreatedTransaction,
  type NewProvenTransaction,
  type NewTransaction,
} from './create-transaction.js'
import { findOrCreateActionForTxid, type ActionForTxid, type FoundAction } from './find-or-create-action.js'
import { incrementAttempts } from './increment-attempts.js'
import { joinedStore } from './joined-store.js'
import {
  listActionsForUser,
  listOutputsForUser,
  type ActionForUser,
  type ActionsForUserQuery,
  type OutputForUser,
  type OutputsForUserQuery,
} from './list-for-user.js'
import { promoteConfirmed, type PromoteRequest } from './promote-confirmed.js'
import { recordBroadcastResult, type BroadcastResult, type BroadcastResultRequest } from './record-broadcast-result.js'
import { recordHistoryNote, type HistoryNote } from './record-history-note.js'
import { recordProofAttempt, type ProofAttemptRequest, type ProofAttemptResult } from './record-proof-attempt.js'
import { recordProof, type RecordProofRequest, type RecordProofResult } from './record-proof.js'
import { reorgBlock, reorgTransactions, type ReorgResult } from './reorg-block.js'
import { reviewCoin, type CoinReview, type ReviewedCoin } from './review-coin.js'
import { setBatch } from './set-batch.js'
import { setChainTip, type NewChainTip, type SetChainTipResult } from './set-chain-tip.js'
import { settleHeldInput, type HeldInputRequest, type SettledInput } from './settle-held-input.js'
import { signAction, type SignActionRequest, type SignedAction } from './sign-action.js'
import {
  transition,
  transitionMany,
  type TransitionManyRequest,
  type TransitionManyResult,
  type TransitionRequest,
  type TransitionResult,
} from './transition.js'
import { rejectionRow, type AuditDetails, type LifecycleSettings, type RejectedMove, type Unit } from './unit.js'
import { updateActionSatoshisDelta } from './update-action-satoshis-delta.js'
import { restoreOutput, withholdOutput, type RestoreRequest, type WithholdRequest } from './withhold-output.js'

export interface TransactionServiceOptions extends Partial<LifecycleSettings> {
  readonly store: Store
  /** A lease that every write of this service checks first. */
  readonly guard?: LeaseGuard
}

/**
 * The only path that changes a status. Each method is one unit of work: it commits whole or not at all. `in(tx)` gives the
 * same methods inside a unit that is open already. Source: docs/spec/lifecycle.md §9.
 */
export class TransactionService {
  readonly #store: Store
  readonly #guard: LeaseGuard | undefined
  readonly #settings: LifecycleSettings
  /** Shared with the unit this service runs in, if it does: who opened it logs what was rejected. */
  readonly #rejections: RejectedMove[] | undefined

  constructor(options: TransactionServiceOptions, rejections?: RejectedMove[]) {
    this.#store = options.store
    this.#guard = options.guard
    this.#rejections = rejections
    this.#settings = {
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      minConfirmationDepth: options.minConfirmationDepth ?? MIN_CONFIRMATION_DEPTH,
      coinbaseMaturityBlocks: options.coinbaseMaturityBlocks ?? COINBASE_MATURITY_BLOCKS,
      who: options.who ?? 'service',
    }
  }

  /** Where this service takes the time from. */
  get clock(): Clock {
    return this.#settings.clock
  }

  /**
   * The same methods inside the unit of work `tx`: they commit or roll back with it. A rejected move throws, and whoever
   * opened the unit rolls it back; open it with `unit` and the attempt is logged as well.
   */
  in(tx: StoreWriter): TransactionService {
    return this.#joined(tx, [])
  }

  /** The result of `work` in one new unit, with a service that runs inside it. Await nothing but the two. */
  unit<T>(work: (service: TransactionService, tx: StoreWriter) => Promise<T>): Promise<T> {
    return this.#write((unit) => work(this.#joined(unit.tx, unit.rejections), unit.tx))
  }

  /** The same service acting as somebody else, for the audit: `task:<name>`, `user:<id>`, `operator`. */
  as(who: string): TransactionService {
    return new TransactionService({ ...this.#options(), who }, this.#rejections)
  }

  /** The same service whose every write checks this lease first. */
  guardedBy(guard: LeaseGuard): TransactionService {
    return new TransactionService({ ...this.#options(), guard }, this.#rejections)
  }

  // Status

  transition(request: TransitionRequest): Promise<TransitionResult> {
    return this.#write((unit) => transition(unit, request))
  }

  transitionMany(request: TransitionManyRequest): Promise<TransitionManyResult> {
    return this.#write((unit) => transitionMany(unit, request))
  }

  recordBroadcastResult(request: BroadcastResultRequest): Promise<BroadcastResult> {
    return this.#write((unit) => recordBroadcastResult(unit, request))
  }

  abortAction(request: AbortActionRequest): Promise<AbortedAction> {
    return this.#write((unit) => abortAction(unit, request))
  }

  // Proofs and the chain

  recordProof(request: RecordProofRequest): Promise<RecordProofResult> {
    return this.#write((unit) => recordProof(unit, request))
  }

  recordProofAttempt(request: ProofAttemptRequest): Promise<ProofAttemptResult> {
    return this.#write((unit) => recordProofAttempt(unit, request))
  }

  /** Ids of every `unconfirmed` transaction that is confirmed now, page by page, each in a unit of its own. */
  async promoteConfirmed(request: PromoteRequest = {}): Promise<readonly number[]> {
    const promoted: number[] = []
    for (let afterId = request.afterId; ;) {
      const page = { ...request, ...(afterId === undefined ? {} : { afterId }) }
      const result = await this.#write((unit) => promoteConfirmed(unit, page))
      promoted.push(...result.promoted)
      if (result.nextAfterId === undefined) return promoted
      afterId = result.nextAfterId
    }
  }

  reorgBlock(blockHash: string, details?: AuditDetails): Promise<ReorgResult> {
    return this.#write((unit) => reorgBlock(unit, blockHash, details))
  }

  reorgTransactions(transactionIds: readonly number[], details?: AuditDetails): Promise<ReorgResult> {
    return this.#write((unit) => reorgTransactions(unit, transactionIds, details))
  }

  getChainTip(): Promise<ChainTipRow | undefined> {
    return this.#store.read((tx) => tx.chainTip.get())
  }

  setChainTip(tip: NewChainTip): Promise<SetChainTipResult> {
    return this.#write((unit) => setChainTip(unit, tip))
  }

  // Transactions

  findByTxid(txid: string): Promise<TransactionRow | undefined> {
    return this.#read((tx) => tx.transactions.findByTxid(checkTxid('txid', txid)))
  }

  findById(transactionId: number): Promise<TransactionRow | undefined> {
    return this.#read((tx) => tx.transactions.findById(transactionId))
  }

  create(request: NewTransaction): Promise<CreatedTransaction> {
    return this.#findOrCreate((unit) => createTransaction(unit, request))
  }

  createWithProof(request: NewProvenTransaction): Promise<CreatedTransaction> {
    return this.#findOrCreate((unit) => createWithProof(unit, request))
  }

  findOrCreateForBroadcast(request: NewTransaction): Promise<CreatedTransaction> {
    return this.#findOrCreate((unit) => findOrCreateForBroadcast(unit, request))
  }

  adoptTransaction(request: AdoptedTransaction): Promise<CreatedTransaction> {
    return this.#findOrCreate((unit) => adoptTransaction(unit, request))
  }

  settleTransactions(transactionIds: readonly number[], forUser?: number): Promise<void> {
    return this.#write((unit) => settleTransactions(unit, transactionIds, forUser))
  }

  setBatch(transactionIds: readonly number[], batch: string | null): Promise<number> {
    return this.#write((unit) => setBatch(unit, transactionIds, batch))
  }

  incrementAttempts(
    transactionId: number,
    counter: 'attempts' | 'proofAttempts' | 'rebroadcastCycles' = 'attempts',
  ): Promise<TransactionRow> {
    return this.#write((unit) => incrementAttempts(unit, transactionId, counter))
  }

  recordHistoryNote(note: HistoryNote): Promise<void> {
    return this.#write((unit) => recordHistoryNote(unit, note))
  }

  mergeBeefForTxids(txids: readonly string[], options?: BeefOptions): Promise<BuiltBeef> {
    return this.#read((tx) => buildBeef(tx, txids, options))
  }

  collectReqsAndBeef(txids: readonly string[], options?: BeefOptions): Promise<CollectedReqs> {
    return this.#read((tx) => collectReqsAndBeef(tx, txids, options))
  }

  // Actions

  createAction(request: NewAction): Promise<CreatedAction> {
    return this.#findOrCreate((unit) => createAction(unit, request))
  }

  signAction(request: SignActionRequest): Promise<SignedAction> {
    return this.#findOrCreate((unit) => signAction(unit, request))
  }

  findActionByReference(userId: number, reference: string): Promise<ActionRow | undefined> {
    return this.#read((tx) => tx.actions.findByReference(userId, reference))
  }

  findActionByUserTxid(userId: number, txid: string): Promise<ActionRow | undefined> {
    return this.#read(async (tx) => {
      const transaction = await tx.transactions.findByTxid(checkTxid('txid', txid))
      return transaction && tx.actions.findByUserTransaction(userId, transaction.transactionId)
    })
  }

  findOrCreateActionForTxid(request: ActionForTxid): Promise<FoundAction> {
    return this.#findOrCreate((unit) => findOrCreateActionForTxid(unit, request))
  }

  updateActionSatoshisDelta(actionId: number, deltaSatoshis: number): Promise<ActionRow> {
    return this.#write((unit) => updateActionSatoshisDelta(unit, actionId, deltaSatoshis))
  }

  listActionsForUser(
    query: ActionsForUserQuery,
  ): Promise<{ readonly rows: readonly ActionForUser[]; readonly total: number }> {
    return this.#read((tx) => listActionsForUser(tx, query))
  }

  // Outputs

  addOutputs(request: AddOutputsRequest): Promise<readonly OutputRow[]> {
    return this.#write((unit) => addOutputs(unit, request))
  }

  listOutputsForUser(
    query: OutputsForUserQuery,
  ): Promise<{ readonly rows: readonly OutputForUser[]; readonly total: number }> {
    return this.#read((tx) => listOutputsForUser(tx, query))
  }

  findSpendableOutputs(query: SpendableQuery): Promise<OutputRow[]> {
    return this.#read((tx) => tx.outputs.findSpendable(query))
  }

  refreshOutputsSpendable(filter: RefreshFilter = {}): Promise<RefreshResult> {
    return this.#write((unit) => unit.tx.outputs.refreshSpendable(filter))
  }

  withholdOutput(request: WithholdRequest): Promise<OutputRow> {
    return this.#write((unit) => withholdOutput(unit, request))
  }

  restoreOutput(request: RestoreRequest): Promise<OutputRow> {
    return this.#write((unit) => restoreOutput(unit, request))
  }

  settleHeldInput(request: HeldInputRequest): Promise<SettledInput> {
    return this.#write((unit) => settleHeldInput(unit, request))
  }

  reviewCoin(request: CoinReview): Promise<ReviewedCoin> {
    return this.#write((unit) => reviewCoin(unit, request))
  }

  // Leases

  tryClaimLease(claim: Parameters<StoreWriter['leases']['claim']>[0]): Promise<LeaseClaim> {
    return this.#store.write((tx) => tx.leases.claim(claim))
  }

  renewLease(guard: LeaseGuard, ttlMs: number): Promise<LeaseRow | undefined> {
    return this.#store.write((tx) => tx.leases.renew(guard, ttlMs))
  }

  /** Whether the lease was still held. */
  releaseLease(guard: LeaseGuard, schedule?: TaskOutcome): Promise<boolean> {
    return this.#store.write((tx) => tx.leases.release(guard, schedule))
  }

  // Units of work

  #read<T>(work: (tx: StoreReader) => Promise<T>): Promise<T> {
    return this.#store.read(work)
  }

  /** One unit. A move the table refuses rolls it back, and is logged in a second one. */
  async #write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const rejections: RejectedMove[] = []
    try {
      return await this.#store.write(
        (tx) => {
          rejections.length = 0
          return work({ ...this.#settings, tx, rejections })
        },
        this.#guard === undefined ? {} : { guard: this.#guard },
      )
    } catch (error) {
      // A unit somebody else opened may survive this: then the log is part of it. If not, whoever opened it logs again.
      this.#rejections?.push(...rejections)
      await this.#logRejections(rejections).catch(() => undefined)
      throw error
    }
  }

  async #logRejections(rejections: readonly RejectedMove[]): Promise<void> {
    if (rejections.length === 0) return
    await this.#store.write((tx) =>
      tx.audit.append(rejections.map((rejected) => rejectionRow(this.#settings, rejected))),
    )
  }

  /** Two callers that insert the same key at once: the second finds what the first one stored. */
  async #findOrCreate<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    try {
      return await this.#write(work)
    } catch (error) {
      // Inside somebody else's unit the violation has ended that unit already.
      if (!(error instanceof UniqueViolationError) || this.#rejections !== undefined) throw error
      return this.#write(work)
    }
  }

  #joined(tx: StoreWriter, rejections: RejectedMove[]): TransactionService {
    return new TransactionService({ ...this.#settings, store: joinedStore(this.#store, tx) }, rejections)
  }

  #options(): TransactionServiceOptions {
    return {
      ...this.#settings,
      store: this.#store,
      ...(this.#guard === undefined ? {} : { guard: this.#guard }),
    }
  }
}
