import { type Beef, type ChainTracker, LockingScript, Spend, Transaction } from '@bsv/sdk'
import { createHash } from 'node:crypto'
import { MockServices } from './toolbox.js'

/**
 * How the network answers the next broadcasts. `crash` and `crashBeforeQueue` throw, as a dying process would; `lostAnswer` takes the
 * transactions and then throws, so that nobody learns of it.
 */
export type NetworkMood = 'healthy' | 'unavailable' | 'rejecting' | 'crash' | 'crashBeforeQueue' | 'lostAnswer'

type PostBeefResults = Awaited<ReturnType<MockServices['postBeef']>>
type PostBeefResult = PostBeefResults[number]
interface Verdict {
  serviceError?: true
  doubleSpend?: true
  competingTxs?: string[]
  /** The node's own words. */
  data?: string
}

const COINBASE_MATURITY = 100

/**
 * The toolbox's mock network, with two differences. It has moods: this is how failed, doubly spent and stuck transactions
 * come about. And it accepts chains of unmined transactions: the toolbox's own looks only one ancestor deep and refuses
 * the grandchild of a mined transaction.
 */
export class FaultyServices extends MockServices {
  mood: NetworkMood = 'healthy'
  /** Transactions whose inputs somebody else is said to have spent. */
  readonly doomed: Set<string> = new Set()

  /** Runs `work` while the network is in this mood, and makes it healthy again whatever happens. */
  async during<Result>(mood: NetworkMood, work: () => Promise<Result>): Promise<Result> {
    this.mood = mood
    try {
      return await work()
    } finally {
      this.mood = 'healthy'
    }
  }

  override async postBeef(beef: Beef, txids: string[]): Promise<PostBeefResults> {
    switch (this.mood) {
      case 'healthy':
        return [await this.#post(beef, txids)]
      case 'crash':
      case 'crashBeforeQueue':
        throw new Error('The process died before the network answered.')
      case 'lostAnswer':
        await this.#post(beef, txids)
        throw new Error('The process died before it read the answer.')
      case 'unavailable':
        return [refusal(txids, { serviceError: true })]
      case 'rejecting':
        return [refusal(txids, { data: 'mandatory-script-verify-flag-failed' })]
    }
  }

  override async getChainTracker(): Promise<ChainTracker> {
    if (this.mood === 'crashBeforeQueue') throw new Error('The process died before the transaction was queued.')
    return await super.getChainTracker()
  }

  async #post(beef: Beef, txids: readonly string[]): Promise<PostBeefResult> {
    const txidResults: PostBeefResult['txidResults'] = []
    for (const txid of txids) {
      const rawTx = beef.findTxid(txid)?.rawTx
      const verdict = rawTx === undefined ? {} : await this.#accept(txid, Transaction.fromBinary(Array.from(rawTx)))
      txidResults.push(verdict === undefined ? { txid, status: 'success' } : { txid, status: 'error', ...verdict })
    }
    const status = txidResults.every((result) => result.status === 'success') ? 'success' : 'error'
    return { name: 'FaultyServices', status, txidResults }
  }

  /** Takes the transaction into the unmined ones, or says why not. Known already is accepted, as on a real network. */
  async #accept(txid: string, transaction: Transaction): Promise<Verdict | undefined> {
    if (this.doomed.has(txid)) return { doubleSpend: true }
    if ((await this.storage.getTransaction(txid)) !== undefined) return undefined
    const height = await this.getHeight()
    for (const [inputIndex, { sourceTXID, sourceTransaction, sourceOutputIndex }] of transaction.inputs.entries()) {
      const source = sourceTXID ?? sourceTransaction?.id('hex') ?? ''
      const coin = await this.storage.getUtxo(source, sourceOutputIndex)
      if (coin === undefined) return { data: 'Missing inputs' }
      if (coin.spentByTxid !== null) return { doubleSpend: true, competingTxs: [coin.spentByTxid] }
      if (coin.isCoinbase && height - (coin.blockHeight ?? height) < COINBASE_MATURITY) return {}
      if (!unlocks(transaction, inputIndex, source, Array.from(coin.lockingScript), Number(coin.satoshis))) return {}
    }

    await this.storage.insertTransaction(txid, transaction.toBinary())
    for (const [vout, { lockingScript, satoshis = 0 }] of transaction.outputs.entries()) {
      const script = lockingScript.toBinary()
      const scriptHash = createHash('sha256').update(Uint8Array.from(script)).digest('hex')
      await this.storage.insertUtxo(txid, vout, script, satoshis, scriptHash)
    }
    for (const { sourceTXID, sourceTransaction, sourceOutputIndex } of transaction.inputs) {
      await this.storage.markUtxoSpent(sourceTXID ?? sourceTransaction?.id('hex') ?? '', sourceOutputIndex, txid)
    }
    return undefined
  }
}

function unlocks(
  transaction: Transaction,
  inputIndex: number,
  sourceTXID: string,
  lockingScript: number[],
  sourceSatoshis: number,
): boolean {
  const input = transaction.inputs[inputIndex]
  if (input?.unlockingScript === undefined) return false
  try {
    return new Spend({
      sourceTXID,
      sourceOutputIndex: input.sourceOutputIndex,
      sourceSatoshis,
      lockingScript: LockingScript.fromBinary(lockingScript),
      transactionVersion: transaction.version,
      otherInputs: transaction.inputs.filter((_, index) => index !== inputIndex),
      outputs: transaction.outputs,
      inputIndex,
      unlockingScript: input.unlockingScript,
      inputSequence: input.sequence ?? 0xffff_ffff,
      lockTime: transaction.lockTime,
    }).validate()
  } catch {
    return false
  }
}

function refusal(txids: readonly string[], verdict: Verdict): PostBeefResult {
  const when = new Date().toISOString()
  return {
    name: 'FaultyServices',
    status: 'error',
    txidResults: txids.map((txid) => ({
      txid,
      status: 'error',
      ...verdict,
      notes: [{ what: 'postBeefRefused', name: 'FaultyServices', when }],
    })),
  }
}
