import type { PostBeefResult, PostTxidResult } from '@txkeep/core'
import type { ProviderAnswer } from '@txkeep/fsm'

/** What one provider said about one txid. Not a word on it is an outage. */
export function readProviderAnswer(result: PostBeefResult, txid: string): ProviderAnswer {
  const provider = result.name
  const given = mostTelling(result.txidResults.filter((item) => item.txid === txid))
  if (given === undefined) return { provider, answer: 'unavailable' }
  if (given.alreadyKnown === true) return { provider, answer: 'accept' }
  if (given.status === 'success') {
    // A provider that failed as a whole while every row claims success was not reached: its rows are defaults.
    return { provider, answer: result.status === 'success' ? 'accept' : 'unavailable' }
  }
  if (given.doubleSpend === true) {
    return { provider, answer: 'doubleSpend', competingTxids: given.competingTxs ?? [] }
  }
  return { provider, answer: given.serviceError === true ? 'unavailable' : 'reject' }
}

/** Of several rows about one txid a success tells most, then a double spend. */
function mostTelling(rows: readonly PostTxidResult[]): PostTxidResult | undefined {
  return (
    rows.find((row) => row.status === 'success' || row.alreadyKnown === true) ??
    rows.find((row) => row.doubleSpend === true) ??
    rows.find((row) => row.serviceError === true) ??
    rows.at(0)
  )
}
