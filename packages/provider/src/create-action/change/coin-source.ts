/** A coin of the user's change that may pay for an action. */
export interface Coin {
  readonly outputId: number
  readonly satoshis: number
}

export interface CoinRequest {
  /** What is missing: the smallest coin that covers it is best. */
  readonly targetSatoshis: number
  /** A coin below this costs more than it brings. */
  readonly leastSatoshis: number
}

/**
 * Where coins come from. A coin is granted once until `reset`. Best is the smallest of at least `targetSatoshis` (the oldest
 * of equals), else the largest of all (the newest of equals). Source: docs/spec/wallet-storage.md §3.4.
 */
export interface CoinSource<C extends Coin = Coin> {
  /** The next coin, or undefined when none is left that is worth it. */
  take(request: CoinRequest): Promise<C | undefined>
  /** Takes every granted coin back. */
  reset(): void
}
