import type { ProcessingStatus } from '@txkeep/core'
import type { OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

/**
 * Whether the rule holds for a transaction in one of `statuses`: unspent, not withheld, not aborted, a locking script at
 * hand, and mature if it is a coinbase. Source: docs/spec/lifecycle.md §4.
 */
export function holdsRule(
  statuses: readonly ProcessingStatus[],
  output: OutputFacts,
  transaction: TransactionFacts,
  tip: TipFacts | undefined,
): boolean {
  return (
    statuses.includes(transaction.processing) &&
    isFree(output) &&
    isScriptKnown(output, transaction) &&
    (!transaction.isCoinbase || isMature(output, tip))
  )
}

/** Whether nobody took the coin, withheld it or aborted the action that made it. */
export function isFree(output: OutputFacts): boolean {
  return output.spentByActionId === null && output.withheld === null && !output.userAborted
}

/** In these statuses a transaction's outputs keep the flags they had: what is true of them is being found out. */
export function keepsFlags(processing: ProcessingStatus): boolean {
  return processing === 'reorging' || processing === 'unfail'
}

/** A locking script is stored, or its place inside a raw transaction that is long enough. */
function isScriptKnown(output: OutputFacts, transaction: TransactionFacts): boolean {
  if (output.lockingScript !== null) return true
  const { scriptLength, scriptOffset } = output
  if (scriptLength === null || scriptOffset === null || transaction.rawTx === null) return false
  return scriptOffset >= 0 && scriptLength > 0 && scriptOffset + scriptLength <= transaction.rawTx.length
}

function isMature({ maturesAtHeight }: OutputFacts, tip: TipFacts | undefined): boolean {
  return tip !== undefined && maturesAtHeight !== null && maturesAtHeight <= tip.height
}
