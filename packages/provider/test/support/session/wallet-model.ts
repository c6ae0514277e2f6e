import type { ModelAction, ModelCoin, ModelTransaction, Standing } from './model-rows.js'
import { placeOf } from './model-rows.js'

/** A user's actions, in the order they came about, and every coin she ever had. */
export class ModelUser {
  readonly actions: ModelAction[] = []
  readonly coins: ModelCoin[] = []

  coinAt(place: string): ModelCoin | undefined {
    return this.coins.find((coin) => coin.maker.transaction !== undefined && placeOf(coin) === place)
  }

  actionOf(transaction: ModelTransaction): ModelAction | undefined {
    return this.actions.find((action) => action.transaction === transaction)
  }

  /** What lists show of her: docs/spec/wallet-storage.md §14. */
  listed(basket: string): ModelCoin[] {
    return this.coins.filter((coin) => coin.basket === basket && isListed(coin))
  }

  /** Satoshis of her default basket. */
  balance(): number {
    return sum(this.listed('default'))
  }

  /** What may pay for an action without being named: docs/spec/wallet-storage.md §3.3. */
  pool(isDelayed: boolean): ModelCoin[] {
    return this.coins.filter((coin) => coin.isChange && coin.basket === 'default' && isUsable(coin, isDelayed))
  }
}

/**
 * What the wallets of one store should hold, worked out in memory from docs/spec alone. It is told what was asked for and what the
 * network knows, never what a storage says.
 */
export class WalletModel {
  readonly users: readonly ModelUser[]
  readonly transactions: Map<string, ModelTransaction> = new Map()
  /** Height of the best block the storage was told of. */
  tip: number | undefined

  constructor(users: number) {
    this.users = Array.from({ length: users }, () => new ModelUser())
  }

  /** The one transaction of this txid. */
  transaction(txid: string, inputs: readonly string[], standing: Standing): ModelTransaction {
    const known = this.transactions.get(txid)
    if (known !== undefined) return known
    const made: ModelTransaction = {
      ...{ txid, inputs, standing, provenAt: undefined, isBuried: false, reorgTries: undefined, diedWith: undefined },
    }
    this.transactions.set(txid, made)
    return made
  }

  /** The network took it, or is known to have it. Source: docs/spec/lifecycle.md §3 step 5. */
  accept(transaction: ModelTransaction): void {
    transaction.standing = 'accepted'
    transaction.diedWith = undefined
    for (const user of this.users) {
      const action = user.actionOf(transaction)
      if (action !== undefined) action.isAborted = false
    }
    this.holdInputs(transaction)
  }

  send(transaction: ModelTransaction): void {
    transaction.standing = 'sending'
    this.holdInputs(transaction)
  }

  /** It is dead, and so is what was built on it. Its inputs stay locked. Source: docs/spec/lifecycle.md §3 steps 4 and 6. */
  fail(transaction: ModelTransaction, standing: 'failed' | 'unfail' = 'failed'): void {
    const descendants = standing === 'failed' ? this.livingDescendants(transaction) : []
    transaction.standing = standing
    transaction.diedWith = undefined
    for (const { action, transaction: descendant } of descendants) {
      if (descendant === undefined) this.abortDraft(action)
      else {
        descendant.standing = 'failed'
        descendant.diedWith = transaction.txid
      }
    }
  }

  /** An operator, or a late proof, asks about it again; what died with it is asked about too. */
  askAgain(transaction: ModelTransaction): void {
    transaction.standing = 'unfail'
    for (const other of this.transactions.values()) {
      if (other.diedWith === transaction.txid && other.standing === 'failed') other.standing = 'unfail'
    }
  }

  abortDraft(action: ModelAction): void {
    action.isAborted = true
    for (const coin of this.coinsSpentBy(action)) this.release(coin)
  }

  release(coin: ModelCoin): void {
    coin.spender = undefined
    coin.isWaiting = coin.maker.transaction?.reorgTries !== undefined
  }

  /** Its block left the best chain. Source: docs/spec/lifecycle.md §5. */
  reorg(transaction: ModelTransaction): void {
    transaction.provenAt = undefined
    transaction.isBuried = false
    transaction.reorgTries = 0
  }

  /** It is proven again, or waits in the mempool like any other. */
  endReorg(transaction: ModelTransaction): void {
    if (transaction.reorgTries === undefined) return
    transaction.reorgTries = undefined
    for (const { coins } of this.users) {
      for (const coin of coins) if (coin.maker.transaction === transaction) coin.isWaiting = false
    }
  }

  coinsSpentBy(action: ModelAction): ModelCoin[] {
    return this.users.flatMap(({ coins }) => coins.filter(({ spender }) => spender === action))
  }

  /** What spends its outputs, directly or not, and is neither dead nor given up. */
  livingDescendants(
    transaction: ModelTransaction,
  ): { readonly action: ModelAction; readonly transaction: ModelTransaction | undefined }[] {
    const found: { action: ModelAction; transaction: ModelTransaction | undefined }[] = []
    const open = [transaction]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const { coins } of this.users) {
        for (const { maker, spender } of coins) {
          if (maker.transaction !== next || spender === undefined) continue
          const child = spender.transaction
          if (child === undefined ? spender.isAborted : isDead(child)) continue
          if (found.some(({ action }) => action === spender)) continue
          found.push({ action: spender, transaction: child })
          if (child !== undefined) open.push(child)
        }
      }
    }
    return found
  }

  /** Each coin it consumes is spent by its owner's action; who has none has lost the coin. */
  private holdInputs(transaction: ModelTransaction): void {
    for (const user of this.users) {
      const own = user.actionOf(transaction)
      // What nobody took yet locks no coin of somebody else.
      if (own === undefined && transaction.standing === 'sending') continue
      for (const place of transaction.inputs) {
        const coin = user.coinAt(place)
        if (coin === undefined || coin.spender === own) {
          if (coin !== undefined && own === undefined) coin.isWithheld = true
          continue
        }
        const holder = coin.spender
        if (holder !== undefined && holder.transaction === undefined) this.abortDraft(holder)
        const isHeld = holder?.transaction !== undefined && holder.transaction.standing !== 'failed'
        if (isHeld) continue
        if (own === undefined) {
          coin.spender = undefined
          coin.isWithheld = true
        } else {
          coin.spender = own
          coin.isWithheld = false
        }
      }
    }
  }
}

export function isDead({ standing }: ModelTransaction): boolean {
  return standing === 'failed' || standing === 'unfail'
}

function isListed({ maker, spender, isWithheld }: ModelCoin): boolean {
  const { transaction, isAborted } = maker
  return spender === undefined && !isWithheld && !isAborted && transaction !== undefined && !isDead(transaction)
}

function isUsable(coin: ModelCoin, isDelayed: boolean): boolean {
  const standing = coin.maker.transaction?.standing
  return (
    isListed(coin) &&
    !coin.isWaiting &&
    (standing === 'accepted' || (isDelayed && (standing === 'queued' || standing === 'sending')))
  )
}

export function sum(coins: readonly { readonly satoshis: number }[]): number {
  return coins.reduce((total, { satoshis }) => total + satoshis, 0)
}
