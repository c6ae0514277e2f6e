import { createHash, type Hash } from 'node:crypto'

/** One coin as a set of coins knows it. */
export interface Coin {
  readonly outputId: number
  readonly userId: number
  readonly basketId: number | null
  readonly satoshis: number
}

/** A set of coins in short: how many, how much, and a hash that two equal sets share. */
export interface CoinSet {
  readonly coins: number
  readonly satoshis: number
  /** SHA-256 over `outputId,userId,basketId,satoshis` of every coin, a line each, in order of `outputId`. */
  readonly sha256: string
  /** In order of user and basket; coins in no basket come first. */
  readonly holdings: readonly Holding[]
}

/** What one user has in one basket. */
export interface Holding {
  readonly userId: number
  readonly basketId: number | null
  readonly coins: number
  readonly satoshis: number
}

type GrowingHolding = { -readonly [Key in keyof Holding]: Holding[Key] }

/** Lines are gathered, because a call of the hash costs more than a coin; only a few, because text that lives long is garbage that stays. */
const FLUSH_CHARACTERS = 1024

/** Takes coins one by one, in order of `outputId`, and remembers only sums. */
export class CoinSetBuilder {
  readonly #hash: Hash = createHash('sha256')
  readonly #holdings: Map<string, GrowingHolding> = new Map()
  /** The one added to last: coins of one basket often follow each other. */
  #latest: GrowingHolding | undefined
  #text = ''
  #coins = 0
  #satoshis = 0

  add(coin: Coin): void {
    const { outputId, userId, basketId, satoshis } = coin
    this.#text += `${outputId},${userId},${basketId ?? ''},${satoshis}\n`
    if (this.#text.length > FLUSH_CHARACTERS) this.#flush()
    this.#coins += 1
    this.#satoshis += satoshis
    const holding = this.#holdingOf(userId, basketId)
    holding.coins += 1
    holding.satoshis += satoshis
  }

  /** The set so far; nothing can be added afterwards. */
  finish(): CoinSet {
    const holdings = [...this.#holdings.values()].sort(
      (a, b) => a.userId - b.userId || (a.basketId ?? 0) - (b.basketId ?? 0),
    )
    this.#flush()
    return { coins: this.#coins, satoshis: this.#satoshis, sha256: this.#hash.digest('hex'), holdings }
  }

  #holdingOf(userId: number, basketId: number | null): GrowingHolding {
    const latest = this.#latest
    if (latest !== undefined && latest.userId === userId && latest.basketId === basketId) return latest
    const key = `${userId}.${basketId ?? ''}`
    const holding = this.#holdings.get(key) ?? { userId, basketId, coins: 0, satoshis: 0 }
    this.#holdings.set(key, holding)
    this.#latest = holding
    return holding
  }

  #flush(): void {
    this.#hash.update(this.#text)
    this.#text = ''
  }
}
