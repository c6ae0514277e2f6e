import type { OutputRow, SpendableQuery, StoreReader } from '@txkeep/core'
import type { CoinSource } from './change/coin-source.js'

export type PoolQuery = Pick<SpendableQuery, 'userId' | 'basketId' | 'includePending'>

/**
 * The user's change as a source of coins, read as it is asked for: the hot query in order of value, never every coin.
 * Granting writes and locks nothing; the action does, with all it was granted at once. Coins named by `first` come before any
 * other, the last of them first, whatever they hold (`noSendChange`). Coins whose id is in `elsewhere` are never granted.
 * Source: docs/spec/wallet-storage.md §3.2, §3.3.
 */
export function poolCoins(
  outputs: Pick<StoreReader['outputs'], 'findSpendable'>,
  query: PoolQuery,
  first: readonly OutputRow[],
  elsewhere: ReadonlySet<number> = new Set(),
): CoinSource<OutputRow> {
  const granted = new Set<number>()
  const named = new Set(first.map((output) => output.outputId))
  const isFree = ({ outputId }: OutputRow): boolean =>
    !granted.has(outputId) && !named.has(outputId) && !elsewhere.has(outputId)
  const largest = largestFirst(outputs, query)
  let nextNamed = first.length

  const grant = (coin: OutputRow | undefined): OutputRow | undefined => {
    if (coin !== undefined) granted.add(coin.outputId)
    return coin
  }
  return {
    take: async ({ targetSatoshis, leastSatoshis }) => {
      if (nextNamed > 0) return grant(first[--nextNamed])
      const minSatoshis = Math.max(targetSatoshis, leastSatoshis)
      const top = await largest.next(isFree)
      if (top === undefined || top.satoshis < leastSatoshis) return undefined
      // Not even the largest is enough: no need to ask for one that is.
      if (top.satoshis < minSatoshis) return grant(top)
      return grant(await firstPoolCoin(outputs, { ...query, minSatoshis }, isFree))
    },
    reset: () => {
      granted.clear()
      nextNamed = first.length
      largest.restart()
    },
  }
}

/** The pool from its largest coin down. Rows that were read are kept, so that a sweep of n coins reads some 2n rows. */
function largestFirst(
  outputs: Pick<StoreReader['outputs'], 'findSpendable'>,
  query: PoolQuery,
): { next(isFree: (output: OutputRow) => boolean): Promise<OutputRow | undefined>; restart(): void } {
  let rows: readonly OutputRow[] = []
  let isAll = false
  let position = 0
  return {
    next: async (isFree) => {
      for (;;) {
        for (; position < rows.length; position++) {
          const coin = rows[position]
          if (coin !== undefined && isPoolCoin(coin) && isFree(coin)) return coin
        }
        if (isAll) return undefined
        const limit = Math.max(SMALLEST_WINDOW, rows.length * 4)
        rows = await outputs.findSpendable({ ...query, descending: true, limit })
        isAll = rows.length < limit
      }
    },
    restart: () => {
      position = 0
    },
  }
}

/** How many coins of change there are, at most `limit`. */
export async function countPoolCoins(
  outputs: Pick<StoreReader['outputs'], 'findSpendable'>,
  query: PoolQuery,
  limit: number,
): Promise<number> {
  if (limit < 1) return 0
  for (let rows = limit; ; rows *= 2) {
    const found = await outputs.findSpendable({ ...query, limit: rows })
    const count = found.filter(isPoolCoin).length
    if (count >= limit || found.length < rows) return Math.min(count, limit)
  }
}

/** The first coin in the order of the query that may be taken; the window grows over those that may not. */
async function firstPoolCoin(
  outputs: Pick<StoreReader['outputs'], 'findSpendable'>,
  query: Omit<SpendableQuery, 'limit'>,
  isFree: (output: OutputRow) => boolean,
): Promise<OutputRow | undefined> {
  for (let rows = SMALLEST_WINDOW; ; rows *= 4) {
    const found = await outputs.findSpendable({ ...query, limit: rows })
    const coin = found.find((output) => isPoolCoin(output) && isFree(output))
    if (coin !== undefined || found.length < rows) return coin
  }
}

const SMALLEST_WINDOW = 4

/** Change the wallet can sign for. What else lies in the basket is never picked. Source: docs/spec/wallet-storage.md §13, D7. */
export function isPoolCoin(output: OutputRow): boolean {
  return (
    output.change && output.type === 'P2PKH' && output.derivationPrefix !== null && output.derivationSuffix !== null
  )
}
