import { MAX_SATOSHIS } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { ExpectedOutput, LegacyOutputFacts } from './expected-output.js'

/**
 * Why a coin is in one set and not in the other. Findings have the name of their class; the rest are the terms of
 * docs/spec/migration.md §5.
 */
export type CoinDifferenceClass =
  | 'transaction-not-accepted'
  | 'transaction-accepted'
  | 'transaction-on-its-way'
  | 'transaction-gone'
  | 'action-aborted'
  | 'already-spent'
  | 'commission'
  | 'phantom-coin'
  | 'duplicate-output'
  | 'orphan-output'
  | 'output-txid-mismatch'
  | 'dangling-spent-by'
  | 'immature-coinbase'
  | 'no-script'
  | 'raw-tx-hash-mismatch'
  | 'satoshis-out-of-range'
  | 'legacy-flag'

/** Coins that one set has and the other has not, for one reason. */
export interface CoinDifference {
  readonly class: CoinDifferenceClass
  /** `left`: the legacy set has them; `joined`: only the expected set does. */
  readonly direction: 'left' | 'joined'
  readonly coins: number
  readonly satoshis: number
}

/** Why a coin that legacy calls spendable is not expected to be. */
export function whyNotSpendable(facts: LegacyOutputFacts, expected: ExpectedOutput): CoinDifferenceClass {
  const outside = whyOutsideTheRule(facts, expected)
  if (outside !== undefined) return outside
  if (facts.processing === null || !ACCEPTED_STATUSES.includes(facts.processing)) return 'transaction-not-accepted'
  if (facts.aborted === 1) return 'action-aborted'
  return isScriptMissing(facts) ? 'no-script' : 'immature-coinbase'
}

/** Why a coin that legacy lists is not expected in the list. */
export function whyNotListed(facts: LegacyOutputFacts, expected: ExpectedOutput): CoinDifferenceClass {
  const outside = whyOutsideTheRule(facts, expected)
  if (outside !== undefined) return outside
  return facts.aborted === 1 ? 'action-aborted' : 'transaction-gone'
}

/** Why a coin is expected to be spendable although legacy does not call it so. */
export function whySpendableNow(facts: LegacyOutputFacts): CoinDifferenceClass {
  return facts.spentBy !== null ? 'dangling-spent-by' : facts.flag === 0 ? 'legacy-flag' : 'transaction-accepted'
}

/** Why a coin is expected in the list although legacy does not list it. */
export function whyListedNow(facts: LegacyOutputFacts): CoinDifferenceClass {
  if (facts.flag === 0) return facts.spentBy !== null ? 'dangling-spent-by' : 'legacy-flag'
  return facts.processing !== null && ACCEPTED_STATUSES.includes(facts.processing)
    ? 'transaction-accepted'
    : 'transaction-on-its-way'
}

function whyOutsideTheRule(facts: LegacyOutputFacts, expected: ExpectedOutput): CoinDifferenceClass | undefined {
  if (expected.withheld === 'commission') return 'commission'
  if (expected.withheld === 'duplicate') return 'duplicate-output'
  if (facts.isOrphan === 1) return 'orphan-output'
  if (facts.hasWrongScript === 1) return 'output-txid-mismatch'
  if (facts.isTaken === 1) return 'phantom-coin'
  if (expected.withheld === 'legacy') return whyUntrusted(facts)
  if (expected.spentByActionId === null) return undefined
  return facts.spentBy === null ? 'duplicate-output' : 'already-spent'
}

function isScriptMissing({ hasScript, scriptOffset, scriptLength, rawLength }: LegacyOutputFacts): boolean {
  if (hasScript === 1) return false
  if (scriptOffset === null || scriptLength === null || rawLength === null) return true
  return scriptOffset < 0 || scriptLength <= 0 || scriptOffset + scriptLength > rawLength
}

function whyUntrusted(facts: LegacyOutputFacts): CoinDifferenceClass {
  if (facts.isRawWrong === 1) return 'raw-tx-hash-mismatch'
  return facts.hasAmount === 1 && facts.satoshis >= 0 && facts.satoshis <= MAX_SATOSHIS
    ? 'legacy-flag'
    : 'satoshis-out-of-range'
}
