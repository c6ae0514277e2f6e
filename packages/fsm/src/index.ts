// Statuses
export { PROCESSING_STATUSES, type ProcessingStatus } from '@txkeep/core'
export {
  ACCEPTED_STATUSES,
  FAILED_STATUSES,
  LISTED_STATUSES,
  TERMINAL_STATUSES,
  isSpendableStatus,
  isTerminal,
} from './status-groups.js'

// The state machine
export { PROOF_TRANSITIONS, TRANSITIONS } from './transitions.js'
export { canTransition } from './can-transition.js'
export { assertTransition } from './assert-transition.js'
export { nextStatuses, type TransitionEvidence } from './next-statuses.js'
export { toMermaid } from './to-mermaid.js'

// Verdicts
export {
  broadcastVerdict,
  type BroadcastAnswers,
  type BroadcastVerdict,
  type Competitor,
  type ProviderAnswer,
  type StatusLookup,
} from './broadcast-verdict.js'
export { BACKOFF_MAX_MS, BACKOFF_MIN_MS, backoffMs } from './backoff-ms.js'
export { provenStatus, type ProvenAt } from './proven-status.js'

// Legacy statuses
export {
  isLegacyRequestStatus,
  isLegacyTransactionStatus,
  requestToProcessing,
  transactionToProcessing,
} from './legacy/single-status.js'
export {
  legacyToProcessing,
  type LegacyFrozenReason,
  type LegacyPair,
  type LegacyPairResult,
} from './legacy/legacy-to-processing.js'
export {
  LEGACY_PAIR_COLUMNS,
  LEGACY_PAIR_TABLE,
  type LegacyPairCell,
  type LegacyPairColumn,
  type LegacyPairOutcome,
  type LegacyPairRow,
} from './legacy/pair-table.js'
export {
  UNKNOWN_LEGACY_STATUS,
  enumerateLegacyPairs,
  type EnumeratedLegacyPair,
} from './legacy/enumerate-legacy-pairs.js'
export { MOST_ADVANCED_FIRST, mostAdvanced } from './legacy/most-advanced.js'
export { combineLegacyUsers, type CombinedLegacyUsers, type LegacyUserResult } from './legacy/combine-legacy-users.js'
export { processingToLegacy, type LegacyStatuses } from './legacy/processing-to-legacy.js'
