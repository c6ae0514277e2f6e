import type { Coin, CoinSource } from './coin-source.js'

/** Coins out of a list. */
export function memoryCoins<C extends Coin>(coins: readonly C[]): CoinSource<C> {
  const byValue = [...coins].sort((a, b) => a.satoshis - b.satoshis || a.outputId - b.outputId)
  let free = [...byValue]
  return {
    take: ({ targetSatoshis, leastSatoshis }) => {
      const index = free.findIndex((coin) => coin.satoshis >= Math.max(targetSatoshis, leastSatoshis))
      const best = index < 0 ? free.length - 1 : index
      const coin = free[best]
      if (coin === undefined || coin.satoshis < leastSatoshis) return Promise.resolve(undefined)
      free.splice(best, 1)
      return Promise.resolve(coin)
    },
    reset: () => {
      free = [...byValue]
    },
  }
}
