import { formatOutpoint, type Outpoint } from '@txkeep/core'
import type { BuiltTransaction } from '../builders/build-transaction.js'

/** Every transaction the network knows, mined or not, and what each of them spends. One outpoint has one spender. */
export class TransactionPool {
  readonly #transactions: Map<string, BuiltTransaction> = new Map()
  readonly #spenders: Map<string, string> = new Map()

  get(txid: string): BuiltTransaction | undefined {
    return this.#transactions.get(txid)
  }

  has(txid: string): boolean {
    return this.#transactions.has(txid)
  }

  add(transaction: BuiltTransaction): void {
    this.#transactions.set(transaction.txid, transaction)
    for (const input of transaction.inputs) this.#spenders.set(formatOutpoint(input), transaction.txid)
  }

  spenderOf(outpoint: Outpoint): string | undefined {
    return this.#spenders.get(formatOutpoint(outpoint))
  }

  /** Txids that spend an outpoint this transaction spends too, each once. */
  conflictsOf(transaction: BuiltTransaction): string[] {
    const spenders = transaction.inputs.map((input) => this.spenderOf(input))
    const rivals = spenders.filter((txid): txid is string => txid !== undefined && txid !== transaction.txid)
    return [...new Set(rivals)]
  }

  /** Forgets a transaction and everything that descends from it; answers with their txids. */
  remove(txid: string): string[] {
    const transaction = this.#transactions.get(txid)
    if (transaction === undefined) return []
    this.#transactions.delete(txid)
    for (const input of transaction.inputs) {
      if (this.spenderOf(input) === txid) this.#spenders.delete(formatOutpoint(input))
    }
    const children = transaction.outputs.map(({ vout }) => this.spenderOf({ txid, vout }))
    return [txid, ...children.flatMap((child) => (child === undefined ? [] : this.remove(child)))]
  }
}
