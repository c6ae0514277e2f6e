import type { PostTxidResult } from '@txkeep/core'
import { isHash } from './http/json.js'

/** What an answer to a broadcast means, in the words all providers share. */
export type Meaning = 'accept' | 'known' | 'seen' | 'reject' | 'doubleSpend' | 'missingInputs' | 'uncertain'

/** The port's row for a meaning. Only `reject` is a judgement of the transaction; `uncertain` says nothing about it. */
export function rowOf(txid: string, meaning: Meaning, competingTxs: unknown = []): PostTxidResult {
  switch (meaning) {
    case 'accept':
      return { txid, status: 'success' }
    case 'known':
      return { txid, status: 'success', alreadyKnown: true }
    case 'seen':
      return { txid, status: 'success', alreadyKnown: true, seenOnNetwork: true }
    case 'reject':
      return { txid, status: 'error' }
    case 'doubleSpend':
      return { txid, status: 'error', doubleSpend: true, competingTxs: competitorsOf(competingTxs, txid) }
    case 'missingInputs':
      return { txid, status: 'error', missingInputs: true, serviceError: true }
    case 'uncertain':
      return { txid, status: 'error', serviceError: true }
  }
}

/**
 * What a node says about a transaction it does not take; the first pattern that fits counts. Only reasons that no other parent, block
 * or hour can cure are a rejection.
 */
const NODE_REASONS: readonly (readonly [RegExp, Meaning])[] = [
  [/txn-already-(known|in-mempool)|already (known|in (the )?(mempool|block ?chain|utxo set))/i, 'known'],
  [/missing-?or-?spent|missing.?inputs?|orphan|(input|parent|utxo).{0,90}not found/i, 'missingInputs'],
  [/mempool.?conflict|double.?spen|inputs-spent|already spent/i, 'doubleSpend'],
  [/non-?final|non-bip68|premature|too-long-(mempool|non)|mempool.?full|too busy|try again/i, 'uncertain'],
  [/script-verify|script (validation|evaluation)|bad-txns|tx decode failed/i, 'reject'],
  [/(insufficient|min(imum)?).{0,12}fee|insufficient priority/i, 'reject'],
  [/\b(scriptpubkey|scriptsig|dust|tx-size|multi-op-return)\b/i, 'reject'],
]

/** What a node's own words about a transaction mean. Words nobody here knows are no verdict. */
export function readNodeReason(text: string): Meaning {
  return NODE_REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'uncertain'
}

/** A provider may name any number of competitors; more than these are not passed on. */
const MAX_COMPETITORS = 100

function competitorsOf(given: unknown, txid: string): readonly string[] {
  const named = Array.isArray(given) ? given.filter(isHash).map((hash) => hash.toLowerCase()) : []
  return [...new Set(named)].filter((hash) => hash !== txid).slice(0, MAX_COMPETITORS)
}
