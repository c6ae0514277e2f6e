import type {
  BlockHeader,
  NetworkServices,
  Outpoint,
  PostBeefResult,
  PostTxidResult,
  StatusForTxid,
} from '@txkeep/core'
import { buildCoinbase } from '../builders/build-coinbase.js'
import type { BuiltTransaction } from '../builders/build-transaction.js'
import { hashOf } from '../builders/hash-of.js'
import { isLockTimeFinal } from './is-lock-time-final.js'
import { merklePath } from './merkle-tree.js'
import { mockBlock, type MockBlock } from './mock-block.js'
import { MockProvider } from './mock-provider.js'
import { TransactionPool } from './transaction-pool.js'

export interface MockChainOptions {
  /** Two chains with the same seed that are told the same have the same hashes. */
  readonly seed?: string | number
  /** The height of the first block; 800 000 unless given. Of what is below it the chain knows nothing. */
  readonly startHeight?: number
  /** Names of its providers; `alpha` and `beta` unless given. */
  readonly providers?: readonly string[]
  /**
   * Whether a transaction that spends an outpoint of a transaction nobody knows is refused for missing inputs. Default
   * false: such an outpoint counts as somebody else's coin.
   */
  readonly strictInputs?: boolean
}

/** What a block of a test's own holds beside its coinbase. */
export interface BlockPlan {
  /** Txids of known, unmined transactions, or transactions nobody knew before. */
  readonly transactions?: readonly (string | BuiltTransaction)[]
  /** The block's coinbase: a transaction, or the amounts of its outputs in satoshis. */
  readonly coinbase?: BuiltTransaction | readonly number[]
}

/** What becomes of the transactions of the blocks that a reorg takes off. A txid in neither list goes back to the mempool. */
export interface ReorgPlan {
  /** Mined again, in the first block of the new branch. */
  readonly keep?: readonly string[]
  /** Forgotten by the network, with their descendants. */
  readonly drop?: readonly string[]
  /** Transactions nobody knew before, in the first block of the new branch; what they conflict with is forgotten. */
  readonly mine?: readonly BuiltTransaction[]
  /** How many blocks the new branch has; one more than it replaces unless given. */
  readonly length?: number
}

export interface Reorg {
  /** The blocks taken off, lowest first. */
  readonly orphaned: readonly MockBlock[]
  /** The blocks in their place, lowest first. */
  readonly added: readonly MockBlock[]
}

/**
 * A network in memory: blocks with real headers, merkle roots and paths, a mempool where the first seen spend wins, reorgs,
 * and named providers with a will of their own. Nothing happens by itself, and nothing is random.
 *
 * As `NetworkServices` it posts to every provider and looks things up at the first one whose look-ups are up.
 *
 * @example
 * const chain = new MockChain()
 * chain.accept(transaction)
 * chain.mine(transaction.txid)
 * chain.reorg(1) // back to the mempool
 */
export class MockChain implements NetworkServices {
  readonly providers: readonly MockProvider[]
  /** Turn it off to make every header look-up throw. */
  headersAvailable = true
  readonly #seed: string
  readonly #strictInputs: boolean
  readonly #pool: TransactionPool = new TransactionPool()
  readonly #mempool: Set<string> = new Set()
  readonly #blocks: MockBlock[] = []
  readonly #orphans: Map<string, MockBlock> = new Map()
  #made = 0

  constructor(options: MockChainOptions = {}) {
    this.#seed = String(options.seed ?? 0)
    this.#strictInputs = options.strictInputs ?? false
    this.providers = (options.providers ?? ['alpha', 'beta']).map((name) => new MockProvider(this, name))
    this.#append(options.startHeight ?? 800_000, hashOf(`before the first block ${this.#seed}`), {})
  }

  /** The best block. */
  get tip(): MockBlock {
    const tip = this.#blocks.at(-1)
    if (tip === undefined) throw new Error('The chain has no block.')
    return tip
  }

  /** The best chain, lowest block first. */
  get blocks(): readonly MockBlock[] {
    return this.#blocks
  }

  /** Txids that are known and not mined, in the order they came. */
  get mempool(): readonly string[] {
    return [...this.#mempool]
  }

  /** @throws if no provider has this name. */
  provider(name: string): MockProvider {
    const found = this.providers.find((provider) => provider.name === name)
    if (found === undefined) throw new Error(`There is no provider ${name}. Name it in the options of the chain.`)
    return found
  }

  /** Puts a transaction into the mempool that came from somebody else. @throws if it spends what another one spends. */
  accept(transaction: BuiltTransaction): void {
    const [rival] = this.#pool.conflictsOf(transaction)
    if (rival !== undefined) throw new Error(`${transaction.txid} spends an input that ${rival} spends already.`)
    if (this.#pool.has(transaction.txid)) return
    this.#pool.add(transaction)
    this.#mempool.add(transaction.txid)
  }

  /** Makes the network forget an unmined transaction and its descendants, as if nobody had ever relayed it. */
  forget(txid: string): void {
    if (this.blockOf(txid) !== undefined) throw new Error(`${txid} is mined. Take its block off with a reorg first.`)
    this.#forget(txid)
  }

  /** The next block, with these transactions behind its coinbase. No argument: a block with a coinbase alone. */
  mine(...transactions: readonly (string | BuiltTransaction)[]): MockBlock {
    return this.mineBlock({ transactions })
  }

  /** The next block, with everything the mempool holds. */
  mineMempool(): MockBlock {
    return this.mine(...this.#mempool)
  }

  /** So many blocks with a coinbase alone; answers with the last. */
  mineEmpty(count: number): MockBlock {
    for (let mined = 0; mined < count; mined++) this.mine()
    return this.tip
  }

  mineBlock(plan: BlockPlan): MockBlock {
    return this.#append(this.tip.height + 1, this.tip.hash, plan)
  }

  /**
   * Replaces the last `depth` blocks by a longer branch. The coinbases of the blocks taken off are gone for good, with
   * everything that spends them.
   *
   * @throws if the chain is not longer than `depth`, or `keep` or `drop` names what those blocks do not hold.
   */
  reorg(depth: number, plan: ReorgPlan = {}): Reorg {
    if (!Number.isInteger(depth) || depth < 1 || depth >= this.#blocks.length) {
      throw new Error(`A chain of ${this.#blocks.length} blocks cannot be reorganised ${depth} deep.`)
    }
    const orphaned = this.#blocks.splice(-depth)
    const loose = orphaned.flatMap((block) => block.txids.slice(1))
    for (const txid of [...(plan.keep ?? []), ...(plan.drop ?? [])]) {
      if (!loose.includes(txid)) throw new Error(`${txid} is in none of the last ${depth} blocks.`)
    }
    const waiting = [...this.#mempool]
    this.#mempool.clear()
    for (const txid of [...loose, ...waiting]) this.#mempool.add(txid)
    for (const block of orphaned) {
      this.#orphans.set(block.hash, block)
      this.#forget(block.coinbase.txid)
    }
    for (const txid of plan.drop ?? []) this.#forget(txid)
    for (const rival of (plan.mine ?? []).flatMap((transaction) => this.#pool.conflictsOf(transaction))) {
      this.#forget(rival)
    }
    const first = this.mineBlock({ transactions: [...(plan.keep ?? []), ...(plan.mine ?? [])] })
    for (let length = 1; length < (plan.length ?? depth + 1); length++) this.mine()
    return { orphaned, added: this.#blocks.slice(this.#blocks.indexOf(first)) }
  }

  /** A transaction the network knows, mined or not. */
  transaction(txid: string): BuiltTransaction | undefined {
    return this.#pool.get(txid)
  }

  /** The block of the best chain that holds this transaction. */
  blockOf(txid: string): MockBlock | undefined {
    return this.#blocks.findLast((block) => block.txids.includes(txid))
  }

  /** The BUMP bytes of a mined transaction. */
  merklePathOf(txid: string): Uint8Array | undefined {
    const block = this.blockOf(txid)
    return block === undefined ? undefined : merklePath(block.txids, block.txids.indexOf(txid), block.height)
  }

  /** The BUMP bytes a transaction had in a block that a reorg took off: a proof that was once true. */
  orphanedMerklePathOf(txid: string): Uint8Array | undefined {
    const block = [...this.#orphans.values()].findLast(({ txids }) => txids.includes(txid))
    return block === undefined ? undefined : merklePath(block.txids, block.txids.indexOf(txid), block.height)
  }

  /** Whether the network knows this output and nothing it knows spends it. */
  isUnspent(outpoint: Outpoint): boolean {
    const made = this.#pool.get(outpoint.txid)?.outputs[outpoint.vout]
    return made !== undefined && this.#pool.spenderOf(outpoint) === undefined
  }

  /** What the network would say to a broadcast of this transaction. Changes nothing. */
  judge(txid: string, beef: ReadonlyMap<string, BuiltTransaction>): PostTxidResult {
    if (this.#pool.has(txid)) return { txid, status: 'success', alreadyKnown: true }
    const transaction = beef.get(txid)
    if (transaction === undefined) return { txid, status: 'error', serviceError: true }
    const competingTxs = this.#pool.conflictsOf(transaction)
    if (competingTxs.length > 0) return { txid, status: 'error', doubleSpend: true, competingTxs }
    const isKnown = (input: Outpoint): boolean => this.#pool.has(input.txid) || beef.has(input.txid)
    if (this.#strictInputs && !transaction.inputs.every(isKnown)) return { txid, status: 'error', serviceError: true }
    return { txid, status: 'success' }
  }

  /** Puts a broadcast transaction, with what it descends from in `beef`, into the mempool, unless it conflicts. */
  relay(txid: string, beef: ReadonlyMap<string, BuiltTransaction>): void {
    const transaction = beef.get(txid)
    if (transaction === undefined || this.#pool.has(txid)) return
    for (const input of transaction.inputs) this.relay(input.txid, beef)
    if (this.judge(txid, beef).status === 'success') this.accept(transaction)
  }

  async postBeef(beef: Uint8Array, txids: readonly string[]): Promise<readonly PostBeefResult[]> {
    const results: PostBeefResult[] = []
    for (const provider of this.providers) results.push(...(await provider.postBeef(beef, txids)))
    return results
  }

  getMerklePath(
    txid: string,
  ): Promise<{ name?: string; merklePath?: Uint8Array; header?: BlockHeader; error?: unknown }> {
    return this.#explorer().getMerklePath(txid)
  }

  getStatusForTxids(
    txids: readonly string[],
  ): Promise<{ name: string; status: 'success' | 'error'; error?: unknown; results: readonly StatusForTxid[] }> {
    return this.#explorer().getStatusForTxids(txids)
  }

  getRawTx(txid: string): Promise<{ txid: string; rawTx?: Uint8Array; name?: string; error?: unknown }> {
    return this.#explorer().getRawTx(txid)
  }

  getUtxoStatus(
    scriptHash: string,
    outpoint: string,
  ): Promise<{ status: 'success' | 'error'; isUtxo?: boolean; error?: unknown }> {
    return this.#explorer().getUtxoStatus(scriptHash, outpoint)
  }

  /** Whether a block on top of the tip could hold it. */
  async nLockTimeIsFinal(rawTx: Uint8Array): Promise<boolean> {
    return isLockTimeFinal(rawTx, this.tip)
  }

  async isValidRootForHeight(root: string, height: number): Promise<boolean> {
    this.#assertHeaders()
    return this.#atHeight(height)?.header.merkleRoot === root
  }

  async currentHeight(): Promise<number> {
    this.#assertHeaders()
    return this.tip.height
  }

  async findChainTipHeader(): Promise<BlockHeader> {
    this.#assertHeaders()
    return this.tip.header
  }

  async findHeaderForHeight(height: number): Promise<BlockHeader | undefined> {
    this.#assertHeaders()
    return this.#atHeight(height)?.header
  }

  /** Knows the headers of orphaned blocks too. */
  async findHeaderForBlockHash(hash: string): Promise<BlockHeader | undefined> {
    this.#assertHeaders()
    return (this.#blocks.find((block) => block.hash === hash) ?? this.#orphans.get(hash))?.header
  }

  #append(height: number, previousHash: string, plan: BlockPlan): MockBlock {
    const txids = [...new Set((plan.transactions ?? []).map((transaction) => this.#take(transaction)))]
    const coinbase = this.#coinbase(height, plan.coinbase)
    this.#pool.add(coinbase)
    const block = mockBlock(height, previousHash, coinbase, txids)
    for (const txid of txids) this.#mempool.delete(txid)
    this.#blocks.push(block)
    return block
  }

  /** Every coinbase the chain makes is another one, so that two branches never have the same block. */
  #coinbase(height: number, given: BlockPlan['coinbase']): BuiltTransaction {
    this.#made += 1
    if (given !== undefined && 'txid' in given) return given
    return buildCoinbase({
      height,
      salt: `${this.#seed} ${this.#made}`,
      ...(given === undefined ? {} : { outputs: given }),
    })
  }

  #take(transaction: string | BuiltTransaction): string {
    if (typeof transaction !== 'string') {
      this.accept(transaction)
      return this.#take(transaction.txid)
    }
    if (!this.#mempool.has(transaction)) {
      const block = this.blockOf(transaction)
      const why = block === undefined ? 'the network does not know it' : `it is mined at height ${block.height}`
      throw new Error(`${transaction} cannot be mined: ${why}.`)
    }
    return transaction
  }

  #forget(txid: string): void {
    for (const gone of this.#pool.remove(txid)) this.#mempool.delete(gone)
  }

  #atHeight(height: number): MockBlock | undefined {
    const first = this.#blocks[0]
    return first === undefined ? undefined : this.#blocks[height - first.height]
  }

  #explorer(): MockProvider {
    const provider = this.providers.find(({ lookUps }) => lookUps !== 'down') ?? this.providers[0]
    if (provider === undefined) throw new Error('The chain has no provider.')
    return provider
  }

  #assertHeaders(): void {
    if (!this.headersAvailable) throw new Error('The header service cannot be reached.')
  }
}
