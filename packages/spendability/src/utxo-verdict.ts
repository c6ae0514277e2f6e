/** One look-up of an outpoint. `unknown` is an outage or an answer nobody can read. */
export interface UtxoLookup {
  readonly at: Date
  readonly answer: 'unspent' | 'spent' | 'unknown'
}

/** How far apart two answers must lie before "spent" is believed: one index that lags must not cost a coin. */
export const SPENT_LOOKUPS_APART_MS = 600_000

/**
 * What the look-ups of one outpoint say together, given in any order. The last successful one decides; `spent` needs two, at
 * least `SPENT_LOOKUPS_APART_MS` apart, with no `unspent` between them. Source: docs/spec/lifecycle.md §4.
 */
export function utxoVerdict(lookups: readonly UtxoLookup[]): 'unspent' | 'spent' | 'uncertain' {
  const successful = lookups
    .filter(({ answer }) => answer !== 'unknown')
    .sort((one, other) => one.at.getTime() - other.at.getTime() || rankAtOnce(one) - rankAtOnce(other))
  const last = successful.at(-1)
  if (last === undefined) return 'uncertain'
  if (last.answer === 'unspent') return 'unspent'
  const sinceUnspent = successful.slice(successful.findLastIndex(({ answer }) => answer === 'unspent') + 1)
  const first = sinceUnspent[0] ?? last
  return last.at.getTime() - first.at.getTime() >= SPENT_LOOKUPS_APART_MS ? 'spent' : 'uncertain'
}

/** Two answers of the same moment that disagree prove nothing: "spent" counts as the later one, so that it is asked again. */
function rankAtOnce({ answer }: UtxoLookup): number {
  return answer === 'spent' ? 1 : 0
}
