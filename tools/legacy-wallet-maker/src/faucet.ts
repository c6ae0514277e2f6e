import { Beef, KeyDeriver, LockingScript, PrivateKey, Transaction, UnlockingScript, Utils } from '@bsv/sdk'
import type { FaultyServices } from './faulty-services.js'
import type { SeededRandom } from './seeded-random.js'
import { ScriptTemplateBRC29 } from './toolbox.js'

/** A payment from outside the store, ready to be internalized. */
export interface Payment {
  txid: string
  /** AtomicBEEF, as the receiving wallet wants it. */
  tx: number[]
  outputs: { outputIndex: number; satoshis: number; derivationPrefix: string; derivationSuffix: string }[]
  senderIdentityKey: string
}

export interface PaymentRequest {
  /** The receiver's compressed public key, hex. */
  identityKey: string
  /** One output per value. */
  satoshis: readonly number[]
  /** Mined before it is handed over: its AtomicBEEF then carries the payment's own merkle path. */
  proven: boolean
}

const ANYONE_CAN_SPEND = LockingScript.fromHex('51')
const SPLIT_OUTPUTS = 250
const SPLIT_SATOSHIS = 19_000_000
const COINBASE_MATURITY = 100

/** Somebody with coins outside the store: pays users from mined coinbase outputs, by BRC-29. */
export class Faucet {
  readonly #services: FaultyServices
  readonly #random: SeededRandom
  readonly #key: PrivateKey
  readonly #coins: { source: Transaction; vout: number }[] = []

  constructor(services: FaultyServices, keyHex: string, random: SeededRandom) {
    this.#services = services
    this.#key = PrivateKey.fromHex(keyHex)
    this.#random = random
  }

  /** Pays in one transaction. The network always knows it; a proof is only there when asked for. */
  async pay({ identityKey, satoshis, proven }: PaymentRequest): Promise<Payment> {
    const coin = await this.#takeCoin()
    const transaction = new Transaction()
    transaction.addInput({
      sourceTransaction: coin.source,
      sourceOutputIndex: coin.vout,
      unlockingScript: new UnlockingScript([]),
      sequence: 0xffff_ffff,
    })

    const outputs = satoshis.map((value, outputIndex) => {
      const derivationPrefix = Utils.toBase64([...this.#random.bytes(10)])
      const derivationSuffix = Utils.toBase64([...this.#random.bytes(10)])
      const template = new ScriptTemplateBRC29({
        derivationPrefix,
        derivationSuffix,
        keyDeriver: new KeyDeriver(this.#key),
      })
      transaction.addOutput({ satoshis: value, lockingScript: template.lock(this.#key.toHex(), identityKey) })
      return { outputIndex, satoshis: value, derivationPrefix, derivationSuffix }
    })

    await this.#broadcast(transaction)
    if (proven) await this.#services.mineBlock()
    const senderIdentityKey = this.#key.toPublicKey().toString()
    return { txid: transaction.id('hex'), tx: await this.#atomicBeef(transaction), outputs, senderIdentityKey }
  }

  /** The coinbase transaction of a block as AtomicBEEF with its proof, for a user who mines. */
  async coinbase(height: number): Promise<{ txid: string; tx: number[]; satoshis: number }> {
    const [row] = await this.#services.storage.getTransactionsInBlock(height)
    if (row === undefined) throw new RangeError(`The mock chain has no block at height ${height}.`)
    const transaction = Transaction.fromBinary(Array.from(row.rawTx))
    const satoshis = transaction.outputs[0]?.satoshis ?? 0
    return { txid: row.txid, tx: await this.#atomicBeef(transaction), satoshis }
  }

  async #takeCoin(): Promise<{ source: Transaction; vout: number }> {
    const coin = this.#coins.pop()
    if (coin !== undefined) return coin
    await this.#splitCoinbase()
    return await this.#takeCoin()
  }

  /** Makes many small mined coins of one coinbase, so that payments need no unproven ancestor. */
  async #splitCoinbase(): Promise<void> {
    const utxo = await this.#matureCoinbase()
    const row = await this.#services.storage.getTransaction(utxo)
    if (row === undefined) throw new RangeError(`The mock chain lost its coinbase ${utxo}.`)
    const split = new Transaction()
    split.addInput({
      sourceTransaction: Transaction.fromBinary(Array.from(row.rawTx)),
      sourceOutputIndex: 0,
      unlockingScript: new UnlockingScript([]),
      sequence: 0xffff_ffff,
    })
    for (let vout = 0; vout < SPLIT_OUTPUTS; vout++) {
      split.addOutput({ satoshis: SPLIT_SATOSHIS, lockingScript: ANYONE_CAN_SPEND })
    }
    await this.#broadcast(split)
    await this.#services.mineBlock()
    for (let vout = SPLIT_OUTPUTS - 1; vout >= 0; vout--) this.#coins.push({ source: split, vout })
  }

  async #matureCoinbase(): Promise<string> {
    let tip = await this.#services.getHeight()
    while (tip < COINBASE_MATURITY + 1) tip = (await this.#services.mineBlock()).height
    const coinbase: { txid: string } | undefined = await this.#services
      .knex('mockchain_utxos')
      .where({ isCoinbase: true })
      .whereNull('spentByTxid')
      .where('blockHeight', '<=', tip - COINBASE_MATURITY)
      .orderBy('blockHeight')
      .first('txid')
    if (coinbase !== undefined) return coinbase.txid
    await this.#services.mineBlock()
    return await this.#matureCoinbase()
  }

  async #broadcast(transaction: Transaction): Promise<void> {
    const beef = new Beef()
    beef.mergeTransaction(transaction)
    const [result] = await this.#services.postBeef(beef, [transaction.id('hex')])
    if (result?.status !== 'success') throw new Error(`The mock chain refused a payment: ${result?.error?.message}`)
  }

  /** The transaction with the shortest proof there is: its own merkle path, else those of its inputs. */
  async #atomicBeef(transaction: Transaction): Promise<number[]> {
    const beef = new Beef()
    await this.#mergeWithProof(beef, transaction)
    return beef.toBinaryAtomic(transaction.id('hex'))
  }

  async #mergeWithProof(beef: Beef, transaction: Transaction): Promise<void> {
    const txid = transaction.id('hex')
    const { merklePath } = await this.#services.getMerklePath(txid)
    if (merklePath !== undefined) {
      beef.mergeBump(merklePath)
    } else {
      for (const { sourceTransaction } of transaction.inputs) {
        if (sourceTransaction !== undefined) await this.#mergeWithProof(beef, sourceTransaction)
      }
    }
    beef.mergeRawTx(transaction.toBinary())
  }
}
