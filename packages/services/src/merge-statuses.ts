import type { StatusForTxid } from '@txkeep/core'

/** What one provider says it knows of some txids, or why it said nothing. */
export interface StatusAnswer {
  readonly name: string
  readonly results?: readonly StatusForTxid[]
  readonly error?: unknown
}

/**
 * What several providers together know. Known or mined to one is that; unknown only what all of them call unknown, none being silent:
 * a verdict that a transaction is dead rests on it. A txid with anything less is left out.
 */
export function mergeStatuses(
  txids: readonly string[],
  answers: readonly StatusAnswer[],
): {
  readonly name: string
  readonly status: 'success' | 'error'
  readonly error?: unknown
  readonly results: readonly StatusForTxid[]
} {
  const results = txids.flatMap((txid) => {
    const said = answers.map((answer) => answer.results?.find((result) => result.txid === txid))
    const best = said.find((result) => result?.status === 'mined') ?? said.find((result) => result?.status === 'known')
    const unknown = said.every((result) => result?.status === 'unknown') ? said[0] : undefined
    const merged = best ?? unknown
    return merged === undefined ? [] : [merged]
  })
  const name = answers.map((answer) => answer.name).join(' + ')
  const failed = answers.find(({ error }) => error !== undefined)
  const isAnswered = answers.some((answer) => answer.results !== undefined)
  if (failed === undefined) return { name, status: 'success', results }
  return { name, status: isAnswered ? 'success' : 'error', error: failed.error, results }
}
