import type { BlockHeader, NetworkServices, PostBeefResult, PostTxidResult, StatusForTxid } from '@txkeep/core'
import { Beef } from '@bsv/sdk'
import { describeTransaction, type BuiltTransaction } from '../builders/build-transaction.js'
import type { MockChain } from './mock-chain.js'
import { answerOf, answerRow, doesRelay, type AnswerKind, type ScriptedAnswer } from './scripted-answer.js'

/** Whether a provider's look-ups answer: truly, with an error, or as if it had never heard of anything. */
export type LookUps = 'up' | 'down' | 'blind'

/** One broadcaster and explorer of a `MockChain`, with a name and a will of its own. */
export class MockProvider implements NetworkServices {
  readonly name: string
  /** What its look-ups do; broadcasts have scripts. */
  lookUps: LookUps = 'up'
  /** How many times each method was called. */
  readonly calls: Map<keyof NetworkServices, number> = new Map()
  readonly #chain: MockChain
  readonly #byTxid: Map<string, ScriptedAnswer> = new Map()
  readonly #next: ScriptedAnswer[] = []
  readonly #proofs: Map<string, Uint8Array | undefined> = new Map()
  #always: ScriptedAnswer = { answer: 'follow' }

  constructor(chain: MockChain, name: string) {
    this.#chain = chain
    this.name = name
  }

  /** How it answers every broadcast from now on. */
  always(answer: AnswerKind | ScriptedAnswer): this {
    this.#always = toScript(answer)
    return this
  }

  /** How it answers the next broadcast, and the ones after it, before it goes on as `always` says. */
  next(...answers: readonly (AnswerKind | ScriptedAnswer)[]): this {
    this.#next.push(...answers.map(toScript))
    return this
  }

  /** How it answers this transaction, before anything else. */
  answers(txid: string, answer: AnswerKind | ScriptedAnswer): this {
    this.#byTxid.set(txid, toScript(answer))
    return this
  }

  /** What it gives as the merkle path of this transaction instead of the true one; undefined is "none yet". */
  provesWith(txid: string, merklePath: Uint8Array | undefined): this {
    this.#proofs.set(txid, merklePath)
    return this
  }

  async postBeef(beef: Uint8Array, txids: readonly string[]): Promise<readonly PostBeefResult[]> {
    this.#count('postBeef')
    const transactions = readBeef(beef)
    const round = this.#next.shift() ?? this.#always
    const scripts = txids.map((txid) => this.#byTxid.get(txid) ?? round)
    const rows = txids.map((txid, index) => this.#post(txid, scripts[index] ?? round, transactions))
    if (scripts.some(({ answer }) => answer === 'timeout')) return new Promise(() => undefined)
    if (scripts.some(({ answer }) => answer === 'throw')) throw new Error(`${this.name} cannot be reached`)
    const isOutage = scripts.some(({ answer }) => answer === 'outage' || answer === 'unavailable')
    return [answerOf(this.name, rows, isOutage)]
  }

  async getMerklePath(
    txid: string,
  ): Promise<{ name?: string; merklePath?: Uint8Array; header?: BlockHeader; error?: unknown }> {
    this.#count('getMerklePath')
    const { name } = this
    if (this.lookUps === 'down') return { name, error: this.#outage() }
    if (this.#proofs.has(txid)) {
      const merklePath = this.#proofs.get(txid)
      return merklePath === undefined ? { name } : { name, merklePath }
    }
    const merklePath = this.#chain.merklePathOf(txid)
    const block = this.#chain.blockOf(txid)
    if (this.lookUps === 'blind' || merklePath === undefined || block === undefined) return { name }
    return { name, merklePath, header: block.header }
  }

  async getStatusForTxids(
    txids: readonly string[],
  ): Promise<{ name: string; status: 'success' | 'error'; error?: unknown; results: readonly StatusForTxid[] }> {
    this.#count('getStatusForTxids')
    const { name } = this
    if (this.lookUps === 'down') return { name, status: 'error', error: this.#outage(), results: [] }
    return { name, status: 'success', results: txids.map((txid) => this.#statusOf(txid)) }
  }

  async getRawTx(txid: string): Promise<{ txid: string; rawTx?: Uint8Array; name?: string; error?: unknown }> {
    this.#count('getRawTx')
    const { name } = this
    if (this.lookUps === 'down') return { txid, name, error: this.#outage() }
    const rawTx = this.lookUps === 'blind' ? undefined : this.#chain.transaction(txid)?.rawTx
    return rawTx === undefined ? { txid, name } : { txid, name, rawTx: rawTx.slice() }
  }

  /** `outpoint` as `txid.vout`; the script hash is not looked at. An outpoint nobody knows is no UTXO. */
  async getUtxoStatus(
    _scriptHash: string,
    outpoint: string,
  ): Promise<{ status: 'success' | 'error'; isUtxo?: boolean; error?: unknown }> {
    this.#count('getUtxoStatus')
    if (this.lookUps === 'down') return { status: 'error', error: this.#outage() }
    const [txid = '', vout = ''] = outpoint.split('.')
    const isUtxo = this.lookUps === 'up' && this.#chain.isUnspent({ txid, vout: Number(vout) })
    return { status: 'success', isUtxo }
  }

  async nLockTimeIsFinal(rawTx: Uint8Array): Promise<boolean> {
    this.#count('nLockTimeIsFinal')
    return this.#chain.nLockTimeIsFinal(rawTx)
  }

  isValidRootForHeight(root: string, height: number): Promise<boolean> {
    this.#count('isValidRootForHeight')
    return this.#chain.isValidRootForHeight(root, height)
  }

  currentHeight(): Promise<number> {
    this.#count('currentHeight')
    return this.#chain.currentHeight()
  }

  findChainTipHeader(): Promise<BlockHeader> {
    this.#count('findChainTipHeader')
    return this.#chain.findChainTipHeader()
  }

  findHeaderForHeight(height: number): Promise<BlockHeader | undefined> {
    this.#count('findHeaderForHeight')
    return this.#chain.findHeaderForHeight(height)
  }

  findHeaderForBlockHash(hash: string): Promise<BlockHeader | undefined> {
    this.#count('findHeaderForBlockHash')
    return this.#chain.findHeaderForBlockHash(hash)
  }

  #post(txid: string, script: ScriptedAnswer, transactions: ReadonlyMap<string, BuiltTransaction>): PostTxidResult {
    const followed = (): PostTxidResult => this.#chain.judge(txid, transactions)
    const row = answerRow(txid, script, followed)
    if (doesRelay(script)) this.#chain.relay(txid, transactions)
    return row
  }

  #statusOf(txid: string): StatusForTxid {
    if (this.lookUps === 'blind' || this.#chain.transaction(txid) === undefined) {
      return { txid, status: 'unknown', depth: undefined }
    }
    const block = this.#chain.blockOf(txid)
    if (block === undefined) return { txid, status: 'known', depth: 0 }
    return { txid, status: 'mined', depth: this.#chain.tip.height - block.height + 1 }
  }

  #outage(): Error {
    return new Error(`${this.name} cannot be reached`)
  }

  #count(method: keyof NetworkServices): void {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1)
  }
}

function toScript(answer: AnswerKind | ScriptedAnswer): ScriptedAnswer {
  return typeof answer === 'string' ? { answer } : answer
}

function readBeef(bytes: Uint8Array): ReadonlyMap<string, BuiltTransaction> {
  const transactions = new Map<string, BuiltTransaction>()
  for (const { rawTxUint8Array: rawTx } of Beef.fromBinary(bytes).txs) {
    if (rawTx === undefined) continue
    const transaction = describeTransaction(Uint8Array.from(rawTx))
    transactions.set(transaction.txid, transaction)
  }
  return transactions
}
