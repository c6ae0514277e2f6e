import type { Database } from 'better-sqlite3'
import type { SeededRandom } from '../seeded-random.js'
import { beefOfMined } from './beef-bytes.js'
import { BULK_KINDS, BULK_WEIGHTS, type BulkKind } from './bulk-kinds.js'
import { type BulkStatements, bulkStatements } from './bulk-statements.js'
import { type BulkCoin, type BulkUser, takeCoins } from './bulk-user.js'
import { tokenScript } from '../token-script.js'
import { type MerkleBlock, merkleBlock } from './merkle-block.js'
import { type RawTransaction, rawTransaction } from './raw-transaction.js'

/** What the mock chain has to know so that the published wallet can go on with this database. */
export interface BulkChain {
  blocks: { block: MerkleBlock; coinbase: RawTransaction }[]
  /** Coins the network knows and nobody spent. */
  unspent: { txid: string; vout: number; satoshis: number; lockingScript: Uint8Array }[]
}

export interface BulkDatabaseOptions {
  random: SeededRandom
  outputsPerTransaction: number
  transactionsPerBlock: number
  /** The hash of the chain's block 0. */
  genesisHash: string
}

type SpentCoin = Pick<BulkCoin, 'txid' | 'vout'>

interface OutputPlan {
  user: BulkUser
  basketId: number | null
  change: boolean
  vout: number
  satoshis: number
  derivation: { derivationPrefix: string; derivationSuffix: string } | undefined
  lockingScript: Uint8Array
}

interface StoredOutput extends OutputPlan {
  outputId: number
  transactionId: number
  at: string
  txid: string | null
  scriptOffset: number | null
  spentBy: number | null
  live: boolean
  onNetwork: boolean
}

interface WaitingForBlock {
  raw: RawTransaction
  provenTxId: number
  at: string
  coins: { user: BulkUser; coin: BulkCoin }[]
}

const FEE_SATOSHIS = 20
const STRANGERS_COINS = 150
const FIRST_TIME = Date.UTC(2024, 0, 1)
const MS_PER_TRANSACTION = 60_000
const COINBASE_SATOSHIS = 5_000_000_000

/**
 * Fills an empty legacy schema with linked rows. Transactions are parsed like any other, chained by their outpoints and
 * proven by real merkle paths; only their signatures are random bytes, since nobody checks those of the past.
 */
export class BulkDatabase {
  readonly #users: readonly BulkUser[]
  readonly #random: SeededRandom
  readonly #outputsPerTransaction: number
  readonly #transactionsPerBlock: number
  readonly #insert: BulkStatements
  readonly #outputs: StoredOutput[] = []
  readonly #mined: Map<string, { bytes: Buffer; merklePath: Buffer }> = new Map()
  readonly #chain: BulkChain = { blocks: [], unspent: [] }
  /** Mined coins of nobody here: what incoming payments spend. */
  #strangersCoins: SpentCoin[] = []
  #waiting: WaitingForBlock[] = []
  #tip: string
  #transactionId = 0
  #provenTxId = 0
  #requestId = 0

  constructor(database: Database, users: readonly BulkUser[], options: BulkDatabaseOptions) {
    this.#users = users
    this.#random = options.random
    this.#outputsPerTransaction = options.outputsPerTransaction
    this.#transactionsPerBlock = options.transactionsPerBlock
    this.#tip = options.genesisHash
    this.#insert = bulkStatements(database)
  }

  /** Adds one transaction with everything that hangs on it, except its outputs. */
  addTransaction(): void {
    const user = this.#random.pick(this.#users)
    const wanted = BULK_KINDS[this.#random.pickWeighted(BULK_WEIGHTS)]
    const coins = wanted.outgoing ? takeCoins(user, this.#random.integer(1, 2)) : []
    // Who has no mined coin yet gets one.
    const kind = wanted.outgoing && coins.length === 0 ? BULK_KINDS.received : wanted
    if (!kind.outgoing && this.#strangersCoins.length === 0) this.#closeBlock()
    this.#add(user, kind, coins)
    if (this.#waiting.length >= this.#transactionsPerBlock) this.#closeBlock()
  }

  /** Mines what is left, writes all outputs now that their spenders are known, and says what the chain must know. */
  finish(): BulkChain {
    if (this.#waiting.length > 0) this.#closeBlock()
    for (const output of this.#outputs) this.#writeOutput(output)
    return this.#chain
  }

  #add(user: BulkUser, kind: BulkKind, coins: readonly BulkCoin[]): void {
    const transactionId = ++this.#transactionId
    const at = new Date(FIRST_TIME + transactionId * MS_PER_TRANSACTION).toISOString()
    const spent = coins.reduce((sum, { satoshis }) => sum + satoshis, 0)
    const outputs = this.#planOutputs(user, kind, spent)
    const inputs = kind.outgoing ? coins : this.#strangersCoins.splice(-1)
    const raw = kind.signed ? this.#sign(inputs, outputs) : undefined
    const change = outputs.filter((output) => output.change).reduce((sum, { satoshis }) => sum + satoshis, 0)

    const provenTxId = kind.mined ? ++this.#provenTxId : null
    const inputBeef = this.#inputBeef(kind, inputs)
    const labelled = this.#random.chance(0.5)
    this.#insert.transaction.run(
      at,
      at,
      transactionId,
      user.userId,
      provenTxId,
      kind.transaction,
      this.#reference(),
      kind.outgoing ? 1 : 0,
      change - spent,
      1,
      0,
      this.#description(kind),
      raw?.txid ?? null,
      kind.signed ? null : inputBeef,
      null,
    )
    if (labelled) this.#insert.labelMap.run(at, at, this.#random.pick(user.labels), transactionId, 0)
    if (kind.request !== undefined && raw !== undefined)
      this.#request(kind, raw, provenTxId, transactionId, at, inputBeef)

    const minedCoins = this.#remember(user, kind, transactionId, at, raw, outputs)
    if (kind.holdsInputs) this.#spend(coins, transactionId)
    else user.coins.push(...coins)
    if (raw !== undefined && provenTxId !== null) this.#waiting.push({ raw, provenTxId, at, coins: minedCoins })
  }

  /** All but one output of an outgoing transaction are change, and all of an incoming one. */
  #planOutputs(user: BulkUser, kind: BulkKind, spent: number): OutputPlan[] {
    const count = this.#outputsPerTransaction
    const total = kind.outgoing ? Math.max(spent - FEE_SATOSHIS, count) : this.#random.integer(5_000, 2_000_000)
    const share = Math.max(1, Math.floor(total / count))
    return Array.from({ length: count }, (_, vout) => {
      const satoshis = vout === count - 1 ? total - share * (count - 1) : share
      if (kind.outgoing && vout === 0) {
        const basketId = this.#random.chance(0.3) ? this.#random.pick(user.baskets.others) : null
        return {
          user,
          basketId,
          change: false,
          vout,
          satoshis,
          derivation: undefined,
          lockingScript: basketId === null ? this.#strangersScript() : tokenScript(this.#random),
        }
      }
      const key = this.#random.pick(user.changeKeys)
      return {
        user,
        basketId: user.baskets.default,
        change: true,
        vout,
        satoshis,
        derivation: key,
        lockingScript: key.lockingScript,
      }
    })
  }

  #sign(
    inputs: readonly SpentCoin[],
    outputs: readonly { satoshis: number; lockingScript: Uint8Array }[],
  ): RawTransaction {
    return rawTransaction(
      inputs.map(({ txid, vout }) => ({ txid, vout, unlockingScript: this.#signature() })),
      outputs,
    )
  }

  #request(
    kind: BulkKind,
    raw: RawTransaction,
    provenTxId: number | null,
    transactionId: number,
    at: string,
    inputBeef: Buffer,
  ): void {
    const broadcast = kind.request === 'completed' || kind.request === 'unmined'
    const notes = [
      { what: 'status', status_was: 'unknown', status_now: 'unprocessed', when: at },
      ...(broadcast
        ? [
            {
              when: at,
              what: 'aggregateResults',
              reqStatus: 'unprocessed',
              aggStatus: 'success',
              attempts: 0,
              successCount: 1,
              newReqStatus: 'unmined',
              newTxStatus: 'unproven',
            },
            { what: 'status', status_was: 'unprocessed', status_now: 'unmined', when: at },
          ]
        : []),
      { what: 'status', status_was: 'unmined', status_now: kind.request, when: at },
    ]
    this.#insert.request.run(
      at,
      at,
      ++this.#requestId,
      provenTxId,
      kind.request,
      0,
      kind.mined ? 1 : 0,
      raw.txid,
      JSON.stringify({ notes }),
      JSON.stringify({ transactionIds: [transactionId] }),
      raw.bytes,
      inputBeef,
      broadcast ? 1 : 0,
    )
  }

  #remember(
    user: BulkUser,
    kind: BulkKind,
    transactionId: number,
    at: string,
    raw: RawTransaction | undefined,
    outputs: readonly OutputPlan[],
  ): WaitingForBlock['coins'] {
    const coins: WaitingForBlock['coins'] = []
    for (const output of outputs) {
      const outputId = this.#outputs.length + 1
      const scriptOffset = raw?.scriptOffsets[output.vout] ?? null
      const txid = raw?.txid ?? null
      const live = kind.transaction !== 'failed'
      const onNetwork = kind.transaction === 'completed' || kind.transaction === 'unproven'
      this.#outputs.push({ ...output, outputId, transactionId, at, txid, scriptOffset, spentBy: null, live, onNetwork })
      if (!output.change && output.basketId !== null)
        this.#insert.tagMap.run(at, at, this.#random.pick(user.tags), outputId, 0)
      if (output.change && txid !== null)
        coins.push({ user, coin: { outputId, txid, vout: output.vout, satoshis: output.satoshis } })
    }
    return coins
  }

  #spend(coins: readonly BulkCoin[], transactionId: number): void {
    for (const { outputId } of coins) {
      const output = this.#outputs[outputId - 1]
      if (output !== undefined) output.spentBy = transactionId
    }
  }

  #inputBeef({ outgoing }: BulkKind, inputs: readonly SpentCoin[]): Buffer {
    // The toolbox leaves out ancestors its storage knows already; a stranger's it cannot know.
    if (outgoing && this.#random.chance(0.5)) return beefOfMined([])
    const parents = new Map(inputs.map(({ txid }) => [txid, this.#mined.get(txid)]))
    return beefOfMined([...parents.values()].filter((parent) => parent !== undefined))
  }

  #closeBlock(): void {
    const height = this.#chain.blocks.length + 1
    const coinbase = coinbaseTransaction(height)
    const stranger = this.#strangersTransaction()
    const txids = [coinbase.txid, stranger.txid, ...this.#waiting.map(({ raw }) => raw.txid)]
    const block = merkleBlock(height, this.#tip, txids, Math.floor(FIRST_TIME / 1000) + height * 600)
    this.#chain.blocks.push({ block, coinbase })
    this.#tip = block.hash
    this.#mined.set(stranger.txid, { bytes: stranger.bytes, merklePath: block.merklePath(1) })
    for (let vout = 0; vout < STRANGERS_COINS; vout++) this.#strangersCoins.push({ txid: stranger.txid, vout })
    for (const [position, { raw, provenTxId, at, coins }] of this.#waiting.entries()) {
      const merklePath = block.merklePath(position + 2)
      this.#insert.proof.run(
        at,
        at,
        provenTxId,
        raw.txid,
        height,
        position + 2,
        merklePath,
        raw.bytes,
        block.hash,
        block.merkleRoot,
      )
      this.#mined.set(raw.txid, { bytes: raw.bytes, merklePath })
      for (const { user, coin } of coins) user.coins.push(coin)
    }
    this.#waiting = []
  }

  #writeOutput(output: StoredOutput): void {
    const { user, derivation, lockingScript, spentBy, change, txid, scriptOffset, at } = output
    const spendable = output.live && spentBy === null
    this.#insert.output.run(
      at,
      at,
      output.outputId,
      user.userId,
      output.transactionId,
      output.basketId,
      spendable ? 1 : 0,
      change ? 1 : 0,
      output.vout,
      output.satoshis,
      change ? 'storage' : 'you',
      change ? 'change' : '',
      change ? 'P2PKH' : 'custom',
      change ? '' : 'Paid by the wallet',
      txid,
      derivation?.derivationPrefix ?? null,
      derivation?.derivationSuffix ?? null,
      null,
      spentBy,
      txid === null ? null : lockingScript.length,
      scriptOffset,
      // The script of planned change is not known before its draft is signed.
      txid === null && change ? null : lockingScript,
    )
    if (spendable && output.basketId !== null && txid !== null && output.onNetwork) {
      this.#chain.unspent.push({ txid, vout: output.vout, satoshis: output.satoshis, lockingScript })
    }
  }

  /** Many coins of one mined transaction, so that a block suffices for many incoming payments. */
  #strangersTransaction(): RawTransaction {
    const outputs = Array.from({ length: STRANGERS_COINS }, () => ({
      satoshis: 2_000_000,
      lockingScript: this.#strangersScript(),
    }))
    const input = { txid: Buffer.from(this.#random.bytes(32)).toString('hex'), vout: 0 }
    return this.#sign([input], outputs)
  }

  #reference(): string {
    return Buffer.from(this.#random.bytes(12)).toString('base64')
  }

  #description({ outgoing }: BulkKind): string {
    return `${outgoing ? 'Paid for order' : 'Payment received for order'} ${this.#random.integer(1, 999_999)}`
  }

  #strangersScript(): Uint8Array {
    return Uint8Array.from([0x76, 0xa9, 0x14, ...this.#random.bytes(20), 0x88, 0xac])
  }

  /** The shape of a P2PKH unlocking script: a signature and a key. */
  #signature(): Uint8Array {
    return Uint8Array.from([0x48, ...this.#random.bytes(72), 0x21, ...this.#random.bytes(33)])
  }
}

function coinbaseTransaction(height: number): RawTransaction {
  const unlockingScript = Uint8Array.from([4, height & 0xff, (height >> 8) & 0xff, (height >> 16) & 0xff, 0])
  return rawTransaction(
    [{ txid: '00'.repeat(32), vout: 0xffff_ffff, unlockingScript }],
    [{ satoshis: COINBASE_SATOSHIS, lockingScript: Uint8Array.from([0x51]) }],
  )
}
