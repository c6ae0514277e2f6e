import type { ProcessingStatus } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { utxoVerdict, type UtxoLookup } from './utxo-verdict.js'

/** A coin, the action that holds it, and what the network said about it. */
export interface HeldInput {
  /** The action that spends the coin. */
  readonly holder: {
    /** Its transaction's status; undefined while it is a draft, which was never signed. */
    readonly processing: ProcessingStatus | undefined
    readonly userAborted: boolean
  }
  /** Status of the transaction that made the coin; undefined when that is a draft. */
  readonly ownProcessing: ProcessingStatus | undefined
  /** Look-ups of the coin's outpoint since its holder failed, in any order. */
  readonly lookups: readonly UtxoLookup[]
}

/**
 * - `keep`: its holder is alive, nothing to decide.
 * - `release`: clear spent-by; the spendability rule decides about the flags.
 * - `spent-elsewhere`: leave it spent and withhold it with this reason.
 * - `ask-again`: not known yet; an outage releases nothing.
 */
export type ReleaseDecision = 'keep' | 'release' | 'spent-elsewhere' | 'ask-again'

/**
 * What to do with an input whose holder failed. Released without asking only where the network cannot have seen it spent: the
 * holder was never signed, or the coin itself is not there. Source: docs/spec/monitor.md §2, `release_inputs`.
 */
export function mayReleaseInput({ holder, ownProcessing, lookups }: HeldInput): ReleaseDecision {
  const isDraft = holder.processing === undefined
  const hasFailed = holder.processing === 'invalid' || holder.processing === 'doubleSpend'
  if (!(isDraft && holder.userAborted) && !hasFailed) return 'keep'
  if (isDraft) return 'release'
  if (ownProcessing === undefined || !isSpendableStatus(ownProcessing)) return 'release'
  switch (utxoVerdict(lookups)) {
    case 'unspent':
      return 'release'
    case 'spent':
      return 'spent-elsewhere'
    case 'uncertain':
      return 'ask-again'
  }
}
