import { COINBASE_MATURITY_BLOCKS, MAX_SATOSHIS, type ProcessingStatus, type WithheldReason } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'

/** One legacy output with everything that decides what becomes of it. Flags are 0 or 1. */
export interface LegacyOutputFacts {
  readonly outputId: number
  readonly userId: number
  readonly basketId: number | null
  /** 0 when the row names no amount. */
  readonly satoshis: number
  readonly hasAmount: number
  readonly isCommission: number
  /** The legacy flag, as stored. */
  readonly flag: number
  readonly spentBy: number | null
  /** Who spends the output's place: its own spender, or a twin's. */
  readonly placeSpentBy: number | null
  readonly spenderExists: number
  /** The keeper of the spender's group, when the spender is a duplicate. */
  readonly spenderKeeper: number | null
  readonly legacyStatus: string | null
  readonly isOrphan: number
  /** The action the output ends at. */
  readonly actionId: number
  /** Another output has this one's place. */
  readonly isTwin: number
  readonly isTaken: number
  readonly takenBy: number | null
  readonly hasWrongScript: number
  /** The raw transaction hashes to something else. */
  readonly isRawWrong: number
  readonly processing: ProcessingStatus | null
  readonly isCoinbase: number
  readonly height: number | null
  readonly rawLength: number | null
  readonly hasScript: number
  readonly scriptOffset: number | null
  readonly scriptLength: number | null
  readonly aborted: number
}

/** What our row must say, whoever wrote it. */
export interface ExpectedOutput {
  /** For an orphan the number of the transaction that is missing: a placeholder action takes it. */
  readonly actionId: number
  readonly spentByActionId: number | null
  readonly withheld: WithheldReason | null
  readonly maturesAtHeight: number | null
  readonly spendable: boolean
  readonly pending: boolean
  /** Whether a wallet's lists show it. Source: docs/spec/wallet-storage.md §14. */
  readonly listed: boolean
}

const LISTED_STATUSES: readonly ProcessingStatus[] = [...ACCEPTED_STATUSES, 'queued', 'sending', 'nosend', 'reorging']

/**
 * What becomes of one output by docs/spec/migration.md §2 and docs/spec/lifecycle.md §4. Pure; written from the rules, not
 * from the statements that fill our tables.
 *
 * @param tipHeight the highest proven height, or null when nothing is proven
 */
export function decideOutput(facts: LegacyOutputFacts, tipHeight: number | null): ExpectedOutput {
  const { processing } = facts
  const spentByActionId = spenderOf(facts)
  const withheld = withheldFor(facts)
  const maturesAtHeight =
    facts.isCoinbase === 1 && facts.height !== null ? facts.height + COINBASE_MATURITY_BLOCKS : null
  const userAborted = facts.isTwin === 1 || facts.aborted === 1
  const output = {
    spendable: false,
    pending: false,
    spentByActionId,
    withheld,
    maturesAtHeight,
    scriptLength: facts.scriptLength,
    scriptOffset: facts.scriptOffset,
    lockingScript: facts.hasScript === 1 ? { length: 1 } : null,
    userAborted,
  }
  const transaction =
    processing === null
      ? undefined
      : {
          processing,
          isCoinbase: facts.isCoinbase === 1,
          rawTx: facts.rawLength === null ? null : { length: facts.rawLength },
        }
  const tip = tipHeight === null ? undefined : { height: tipHeight }
  return {
    actionId: facts.actionId,
    spentByActionId,
    withheld,
    maturesAtHeight,
    spendable: isOutputSpendable(output, transaction, tip),
    pending: isOutputPending(output, transaction, tip),
    listed:
      spentByActionId === null &&
      withheld === null &&
      !userAborted &&
      processing !== null &&
      LISTED_STATUSES.includes(processing),
  }
}

/** Whoever takes the coin on the network; else a spender that is there, or its keeper. */
function spenderOf(facts: LegacyOutputFacts): number | null {
  if (facts.isTaken === 1) return facts.takenBy
  return facts.spenderExists === 1 ? (facts.spenderKeeper ?? facts.placeSpentBy) : null
}

function withheldFor(facts: LegacyOutputFacts): WithheldReason | null {
  if (facts.isCommission === 1) return 'commission'
  if (facts.isTwin === 1) return 'duplicate'
  if (facts.isTaken === 1) return facts.takenBy === null ? 'spent-elsewhere' : null
  if (facts.spenderExists === 1) return null
  if (isUntrusted(facts)) return 'legacy'
  const isAccepted = facts.processing !== null && ACCEPTED_STATUSES.includes(facts.processing)
  return facts.flag === 0 && isAccepted ? 'legacy' : null
}

/** Something about the row itself forbids to offer the coin, whatever its transaction's status. */
function isUntrusted(facts: LegacyOutputFacts): boolean {
  if (facts.isOrphan === 1 || facts.hasWrongScript === 1 || facts.hasAmount === 0) return true
  if (!Number.isSafeInteger(facts.satoshis) || facts.satoshis < 0 || facts.satoshis > MAX_SATOSHIS) return true
  if (facts.placeSpentBy !== null && facts.flag === 0) return true
  return facts.isRawWrong === 1 && facts.hasScript === 0
}
