import type { PostTxidResult } from '@txkeep/core'
import { Beef, type Transaction } from '@bsv/sdk'
import type { Posted } from './provider.js'
import { ServiceAnswerError, ServiceUnavailableError } from './service-error.js'
import { rowOf } from './verdict.js'

/** One transaction's answer; `error` says why it is no verdict. */
export interface PostedTransaction {
  readonly row: PostTxidResult
  readonly error?: Error
}

/** The txids in an order in which parents come before their children. */
export function parentsFirst(beef: Beef, txids: readonly string[]): readonly string[] {
  const sorted = Beef.fromBinary(beef.toBinary())
  sorted.sortTxs()
  const order = new Map(sorted.txs.map(({ txid }, index) => [txid, index]))
  return [...txids].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
}

/**
 * Posts each transaction by itself, for a provider that takes one at a time. When it lacks a parent that the BEEF holds unproven,
 * the parents are posted first, oldest first, and the transaction once more. An outage ends the round for the rest.
 */
export async function postTransactions(
  provider: string,
  beef: Beef,
  txids: readonly string[],
  post: (transaction: Transaction, txid: string) => Promise<PostedTransaction>,
): Promise<Posted> {
  const rows: PostTxidResult[] = []
  let error: Error | undefined
  let isGone = false
  for (const txid of txids) {
    const answer: PostedTransaction | undefined = isGone ? undefined : await postWithParents(provider, beef, txid, post)
    rows.push(answer?.row ?? rowOf(txid, 'uncertain'))
    // An answer that cannot be read is about one transaction; a provider that cannot be reached is gone for all.
    isGone ||= answer?.error instanceof ServiceUnavailableError
    error ??= answer?.error
  }
  return error === undefined ? { rows } : { rows, error }
}

async function postWithParents(
  provider: string,
  beef: Beef,
  txid: string,
  post: (transaction: Transaction, txid: string) => Promise<PostedTransaction>,
): Promise<PostedTransaction> {
  const first = await postOne(provider, beef, txid, post)
  if (first.row.missingInputs !== true) return first
  const parents = unprovenAncestors(beef, txid)
  if (parents.length === 0) return first
  for (const parent of parents) {
    const { error } = await postOne(provider, beef, parent, post)
    if (error !== undefined) return first
  }
  return postOne(provider, beef, txid, post)
}

async function postOne(
  provider: string,
  beef: Beef,
  txid: string,
  post: (transaction: Transaction, txid: string) => Promise<PostedTransaction>,
): Promise<PostedTransaction> {
  try {
    // With its source transactions linked, as the extended format needs them.
    const transaction = beef.findTransactionForSigning(txid)
    if (transaction === undefined) throw new ServiceAnswerError(provider, `the BEEF does not hold ${txid}`)
    return await post(transaction, txid)
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new ServiceAnswerError(provider, 'its client failed')
    return { row: rowOf(txid, 'uncertain'), error }
  }
}

/** More ancestors than these without a proof are not posted on the way: a wallet's own chain is posted as a batch. */
const MAX_ANCESTORS = 100

/** Unproven ancestors whose bytes the BEEF holds, oldest first. */
function unprovenAncestors(beef: Beef, txid: string): readonly string[] {
  const found = new Set<string>()
  const open = [txid]
  for (let next = open.pop(); next !== undefined && found.size <= MAX_ANCESTORS; next = open.pop()) {
    for (const parent of beef.findTxid(next)?.inputTxids ?? []) {
      const held = beef.findTxid(parent)
      if (held === undefined || held.isTxidOnly || held.hasProof || found.has(parent)) continue
      found.add(parent)
      open.push(parent)
    }
  }
  return parentsFirst(beef, [...found])
}
