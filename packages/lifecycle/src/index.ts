// The service
export { TransactionService, type TransactionServiceOptions } from './transaction-service.js'
export type { AuditDetails, LifecycleSettings } from './unit.js'

// Status
export type {
  TransitionContext,
  TransitionManyRequest,
  TransitionManyResult,
  TransitionRequest,
  TransitionResult,
} from './transition.js'
export type { AbortActionRequest, AbortedAction } from './abort-action.js'

// Proofs and the chain
export { isVerifiedProof, verifyProof, type ProofHeaders, type VerifiedProof } from './verify-proof.js'
export type { RecordProofRequest, RecordProofResult } from './record-proof.js'
export { REORG_PROOF_TRIES, type ProofAttemptRequest, type ProofAttemptResult } from './record-proof-attempt.js'
export type { PromoteRequest } from './promote-confirmed.js'
export type { ReorgResult } from './reorg-block.js'
export type { NewChainTip, SetChainTipResult } from './set-chain-tip.js'

// Broadcast
export { broadcastTransactions, type BroadcastOptions, type BroadcastOutcome } from './broadcast-transactions.js'
export { postRound, type PostedTransaction } from './post-round.js'
export type { BroadcastServices } from './broadcast-services.js'
export { softTimeoutMs, type SoftTimeout } from './soft-timeout.js'
export { readProviderAnswer } from './provider-answer.js'
export type { BroadcastResult, BroadcastResultRequest } from './record-broadcast-result.js'

// Transactions and BEEF
export type { AdoptedTransaction } from './adopt-transaction.js'
export type { CreatedTransaction, NewProvenTransaction, NewTransaction } from './create-transaction.js'
export { isKnownValid } from './status-groups.js'
export type { BeefOptions, BuiltBeef } from './build-beef.js'
export type { CollectedReqs } from './collect-reqs-and-beef.js'
export type { HistoryNote } from './record-history-note.js'
export { checkRawTransaction, parseRawTransaction, type RawOutput, type RawTransaction } from './raw-transaction.js'

// Actions and outputs
export { addTags, findOrCreateBasket } from './find-or-create-names.js'
export type { CreatedAction, NewAction } from './create-action.js'
export type { AddOutputsRequest } from './add-outputs.js'
export type { ActionOutput } from './insert-outputs.js'
export type { ActionInput } from './claim-inputs.js'
export type { SignActionRequest, SignedAction } from './sign-action.js'
export type { ActionForTxid, FoundAction } from './find-or-create-action.js'
export type { ActionForUser, ActionsForUserQuery, OutputForUser, OutputsForUserQuery } from './list-for-user.js'
export { lockingScriptsOf } from './locking-scripts.js'
export type { CoinReview, ReviewedCoin } from './review-coin.js'
export type { HeldInputRequest, SettledInput } from './settle-held-input.js'
export type { UtxoAnswer } from './utxo-lookups.js'
export type { RestoreRequest, WithholdRequest } from './withhold-output.js'
