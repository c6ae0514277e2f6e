// The rule
export { SPENDABLE_STATUSES, isOutputSpendable } from './is-output-spendable.js'
export { PENDING_STATUSES, isOutputPending } from './is-output-pending.js'
export { isUsable, type UsePurpose } from './is-usable.js'
export type { HasLength, OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

// Coinbase
export { coinbaseMaturesAt } from './coinbase-matures-at.js'
export { isCoinbaseRawTx } from './is-coinbase-raw-tx.js'

// Inputs of failed transactions
export { mayReleaseInput, type HeldInput, type ReleaseDecision } from './may-release-input.js'
export { SPENT_LOOKUPS_APART_MS, utxoVerdict, type UtxoLookup } from './utxo-verdict.js'
