import type { PostBeefResult, PostTxidResult } from '@txkeep/core'
import type { ProviderAnswer } from '@txkeep/fsm'

/** What one provider said about one txid. Not a word on it is an outage. */
export function readProviderAnswer(result: PostBeefResult, txid: string): ProviderAnswer {
  const provider = result.name
  const given = mostTelling(result.txidResults.filter((item) => item.txid === txid))
  if (given === undefined) return { provider, answer: 'unavailable' }
  const seen = given.seenOnNetwork === true ? { seenOnNetwork: true } : {}
  if (given.alreadyKnown === true) return { provider, answer: 'accept', ...seen }
  if (given.status === 'success') {
    return isDefault(result) ? { provider, answer: 'unavailable' } : { provider, answer: 'accept', ...seen }
  }
  if (given.doubleSpend === true) {
    return { provider, answer: 'doubleSpend', competingTxids: given.competingTxs ?? [] }
  }
  if (given.missingInputs === true) return { provider, answer: 'missingInputs' }
  return { provider, answer: given.serviceError === true ? 'unavailable' : 'reject' }
}

/** A provider that failed as a whole while every row claims success was not reached: its rows are defaults. */
function isDefault({ status, txidResults }: PostBeefResult): boolean {
  return status === 'error' && txidResults.every((row) => row.status === 'success')
}

/** Of several rows about one txid a success tells most, then a double spend. */
function mostTelling(rows: readonly PostTxidResult[]): PostTxidResult | undefined {
  return (
    rows.find((row) => row.status === 'success' || row.alreadyKnown === true) ??
    rows.find((row) => row.doubleSpend === true) ??
    rows.find((row) => row.missingInputs === true || row.serviceError === true) ??
    rows.at(0)
  )
}
