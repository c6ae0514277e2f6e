import { ConflictError, type OutputRow, type OutputWriter } from '@txkeep/core'
import type { ChangePlan } from './change/generate-change.js'
import type { CoinSource } from './change/coin-source.js'
import { poolCoins, type PoolQuery } from './pool-coins.js'

type CoinHolder = Pick<OutputWriter, 'findSpendable' | 'lockFree'>

/**
 * The pool would pay, but for coins that another unit of work holds and may let go. The unit of who asked has to end before they are
 * waited for: it holds coins itself, and two such units would wait for each other.
 */
export class CoinsHeldElsewhere extends ConflictError {
  readonly outputIds: readonly number[]

  constructor(outputIds: readonly number[]) {
    super(`${outputIds.length} coins that could pay are held by other actions in the making. Try again.`)
    this.outputIds = outputIds
  }
}

/**
 * Holds the coins a caller named, and waits for those that an earlier attempt found held. All of them in one call, before any other
 * coin is touched, so that units that wait form no circle. What of the latter is spent by then is left to the next look.
 *
 * @throws {ConflictError} if a named coin was taken since it was looked at.
 */
export async function holdNamedCoins(
  outputs: Pick<OutputWriter, 'lockFree'>,
  named: readonly OutputRow[],
  awaited: ReadonlySet<number>,
): Promise<void> {
  const outputIds = [...named.map(({ outputId }) => outputId), ...awaited]
  if (outputIds.length === 0) return
  const held = new Set(await outputs.lockFree({ outputIds, allowAny: true }))
  const lost = named.filter(({ outputId }) => !held.has(outputId))
  if (lost.length === 0) return
  const names = lost.map(({ txid, vout }) => `${txid}.${vout}`).join(', ')
  throw new ConflictError(`These coins were taken by another action just now: ${names}. Choose others.`)
}

/**
 * The plan `decide` makes of the user's pool, with every coin of it held. It is decided in memory; then its coins are locked in one
 * statement that waits for nobody. Where another unit was faster, what it holds counts as gone and the plan is made again: two
 * processes that want the same coin go on with different ones. Source: docs/spec/wallet-storage.md §14.
 *
 * @throws {CoinsHeldElsewhere} if what is left does not pay, and coins not in `awaited` were held by others.
 */
export async function holdFunding(
  outputs: CoinHolder,
  query: PoolQuery,
  { noSendChange, awaited }: { readonly noSendChange: readonly OutputRow[]; readonly awaited: ReadonlySet<number> },
  decide: (coins: CoinSource<OutputRow>) => Promise<ChangePlan<OutputRow>>,
): Promise<ChangePlan<OutputRow>> {
  const elsewhere = new Set<number>()
  for (;;) {
    const plan = await decide(poolCoins(outputs, query, noSendChange, elsewhere))
    if (plan.outcome === 'insufficient') {
      const unasked = [...elsewhere].filter((outputId) => !awaited.has(outputId))
      if (unasked.length > 0) throw new CoinsHeldElsewhere(unasked)
      return plan
    }
    const outputIds = plan.inputs.filter((coin) => !noSendChange.includes(coin)).map(({ outputId }) => outputId)
    if (outputIds.length === 0) return plan
    const held = new Set(
      await outputs.lockFree({ outputIds, allowPending: query.includePending === true, skipLocked: true }),
    )
    const lost = outputIds.filter((outputId) => !held.has(outputId))
    if (lost.length === 0) return plan
    for (const outputId of lost) elsewhere.add(outputId)
  }
}
