import type { CoinComparison, ExpectedCoins } from '../knex/index.js'
import { differenceWords } from '../report/difference-words.js'
import { counted, grouped } from '../report/number-text.js'

/** Why the coins after are not the coins before, reason by reason; nothing when they are the same. */
export function differenceLines({ listed, spendable }: ExpectedCoins): string[] {
  return [...comparisonLines('ready to spend', spendable), ...comparisonLines('in the wallet balance', listed)]
}

function comparisonLines(what: string, { differences }: CoinComparison): string[] {
  return differences.map((difference) => {
    const { direction, coins, satoshis } = difference
    const change = direction === 'left' ? 'not any more' : 'newly'
    return `  ${counted(coins, 'coin')} (${grouped(satoshis)} satoshis) ${change} ${what}: ${differenceWords(difference)}`
  })
}
