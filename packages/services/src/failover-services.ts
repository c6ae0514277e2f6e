import {
  InvalidParameterError,
  checkTxid,
  wholeBeef,
  type BlockHeader,
  type NetworkServices,
  type PostBeefResult,
  type PostTxidResult,
  type StatusForTxid,
  type StopSignal,
} from '@txkeep/core'
import { Beef } from '@bsv/sdk'
import { isLockTimeFinal, readLockTime } from './checks/lock-time.js'
import type { ProviderHealth } from './health.js'
import { isHash } from './http/json.js'
import { mergeStatuses, type StatusAnswer } from './merge-statuses.js'
import { parentsFirst } from './post-transactions.js'
import type { Posted, ServiceProvider } from './provider.js'
import { ask, type Circle, type Question } from './question.js'
import { ServiceUnavailableError } from './service-error.js'
import { rowOf } from './verdict.js'

/** A provider that offers a question for sure. */
type Offering<Q extends Question> = ServiceProvider & Required<Pick<ServiceProvider, Q>>

/** Everything that one value of `FailoverServices` is made of. */
export interface FailoverParts {
  readonly circle: Circle
  /** Asked about broadcasts, statuses and merkle paths: what each provider answers from its own knowledge. */
  readonly witnesses: readonly ServiceProvider[]
  /** Asked for what can be checked or belongs to the chain: raw transactions, coins, headers. */
  readonly sources: readonly ServiceProvider[]
  /** How long a provider has for one broadcast of so many bytes, in ms. */
  readonly postTimeoutMs: (beefBytes: number) => number
}

/**
 * `NetworkServices` over providers that are asked one after the other, the one that failed last at the end. Look-ups that fail say so
 * in their result, as the port wants it; header look-ups, where the port has no place for it, throw.
 */
export class FailoverServices implements NetworkServices {
  /**
   * One value per provider that takes broadcasts: it posts to this one alone, and asks it alone what it knows. Who has headers only is
   * a source of each, and not among them: it would stand for an outage. In the order to ask them when this value was made:
   * `withSignal` puts the one that failed last at the end.
   */
  readonly providers: readonly FailoverServices[]
  readonly #parts: FailoverParts

  constructor(parts: FailoverParts) {
    this.#parts = parts
    const { witnesses } = parts
    const others = (own: ServiceProvider): ServiceProvider[] => parts.sources.filter((source) => source !== own)
    const posting = witnesses.filter(({ postBeef }) => postBeef !== undefined)
    this.providers =
      witnesses.length < 2
        ? [this]
        : parts.circle.health
            .order(posting.length > 0 ? posting : witnesses)
            .map((own) => new FailoverServices({ ...parts, witnesses: [own], sources: [own, ...others(own)] }))
  }

  /** The name of the one provider behind it; of several, all their names. */
  get name(): string {
    return this.#parts.witnesses.map(({ name }) => name).join(' + ')
  }

  /** How each provider has been doing. */
  health(): readonly ProviderHealth[] {
    const { circle, witnesses, sources } = this.#parts
    const names = new Set([...witnesses, ...sources].map(({ name }) => name))
    return [...names].map((name) => circle.health.report(name))
  }

  withSignal(signal: StopSignal): FailoverServices {
    return new FailoverServices({ ...this.#parts, circle: { ...this.#parts.circle, signal } })
  }

  /** Each provider is asked about what none before it took. @throws {InvalidParameterError} if `beef` is none or lacks a txid. */
  async postBeef(beef: Uint8Array, txids: readonly string[]): Promise<readonly PostBeefResult[]> {
    const ordered = parentsFirst(readBeef(beef, txids), txids)
    const timeoutMs = this.#parts.postTimeoutMs(beef.length)
    const results: PostBeefResult[] = []
    let open = ordered
    for (const provider of this.#witnesses('postBeef')) {
      if (open.length === 0) break
      const result = await this.#post(provider, beef, open, timeoutMs)
      results.push(result)
      const taken = new Set(result.txidResults.filter(({ status }) => status === 'success').map(({ txid }) => txid))
      open = open.filter((txid) => !taken.has(txid))
    }
    return results.length > 0 ? results : [this.#notPosted(txids)]
  }

  async getMerklePath(txid: string): Promise<Awaited<ReturnType<NetworkServices['getMerklePath']>>> {
    checkTxid('txid', txid)
    let failed: { readonly name: string; readonly error: unknown } | undefined
    let name = this.name
    for (const provider of this.#witnesses('getMerklePath')) {
      try {
        const found = await this.#ask(provider, 'getMerklePath', () => provider.getMerklePath(txid, this.#parts.circle))
        if (found !== undefined) return { name: provider.name, ...found }
        name = provider.name
      } catch (error) {
        failed ??= { name: provider.name, error }
      }
    }
    if (failed !== undefined) return failed
    return this.#witnesses('getMerklePath').length > 0 ? { name } : { name, error: this.#notOffered('getMerklePath') }
  }

  /** Known to one is known; unknown is only what every provider that can tell calls unknown. Everything else is left out. */
  async getStatusForTxids(txids: readonly string[]): Promise<{
    readonly name: string
    readonly status: 'success' | 'error'
    readonly error?: unknown
    readonly results: readonly StatusForTxid[]
  }> {
    for (const txid of txids) checkTxid('txids', txid)
    const answers: StatusAnswer[] = []
    for (const provider of this.#witnesses('getStatusForTxids')) {
      try {
        const put = (): Promise<readonly StatusForTxid[]> => provider.getStatusForTxids(txids, this.#parts.circle)
        answers.push({ name: provider.name, results: await this.#ask(provider, 'getStatusForTxids', put) })
      } catch (error) {
        answers.push({ name: provider.name, error })
      }
    }
    if (answers.length === 0) answers.push({ name: this.name, error: this.#notOffered('getStatusForTxids') })
    return mergeStatuses(txids, answers)
  }

  async getRawTx(txid: string): Promise<Awaited<ReturnType<NetworkServices['getRawTx']>>> {
    checkTxid('txid', txid)
    try {
      const found = await this.#firstFound('getRawTx', (provider) => provider.getRawTx(txid, this.#parts.circle))
      return found === undefined ? { txid } : { txid, rawTx: found.value, name: found.name }
    } catch (error) {
      return { txid, error }
    }
  }

  async getUtxoStatus(
    scriptHash: string,
    outpoint: string,
  ): Promise<{ readonly status: 'success' | 'error'; readonly isUtxo?: boolean; readonly error?: unknown }> {
    if (!isHash(scriptHash)) throw new InvalidParameterError('scriptHash', scriptHash, '64 hex digits')
    if (!/^[0-9a-f]{64}\.\d{1,10}$/.test(outpoint)) throw new InvalidParameterError('outpoint', outpoint, 'txid.vout')
    try {
      const found = await this.#firstFound('getUtxoStatus', (provider) =>
        provider.getUtxoStatus(scriptHash, outpoint, this.#parts.circle),
      )
      return found === undefined ? { status: 'error' } : { status: 'success', isUtxo: found.value }
    } catch (error) {
      return { status: 'error', error }
    }
  }

  /** @throws {InvalidParameterError} if `rawTx` is none; whatever `findChainTipHeader` throws. */
  async nLockTimeIsFinal(rawTx: Uint8Array): Promise<boolean> {
    const limits = readLockTime(rawTx)
    if (limits === undefined) throw new InvalidParameterError('rawTx', rawTx, 'a raw transaction')
    return isLockTimeFinal(limits, { height: 0, time: 0 }) || isLockTimeFinal(limits, await this.findChainTipHeader())
  }

  /** @throws {ServiceUnavailableError} if no header could be had: an unknown root is not a false one. */
  async isValidRootForHeight(root: string, height: number): Promise<boolean> {
    return (await this.findHeaderForHeight(height))?.merkleRoot === root
  }

  async currentHeight(): Promise<number> {
    return (await this.findChainTipHeader()).height
  }

  /** The tip of the first provider that answers. It may be lower than a tip told before. */
  async findChainTipHeader(): Promise<BlockHeader> {
    const { circle } = this.#parts
    const found = await this.#firstFound('findChainTipHeader', (provider) => provider.findChainTipHeader(circle))
    if (found === undefined) throw this.#notOffered('findChainTipHeader')
    return found.value
  }

  async findHeaderForHeight(height: number): Promise<BlockHeader | undefined> {
    if (!Number.isSafeInteger(height) || height < 0) {
      throw new InvalidParameterError('height', height, 'a whole number from 0')
    }
    const { circle } = this.#parts
    return (await this.#firstFound('findHeaderForHeight', (provider) => provider.findHeaderForHeight(height, circle)))
      ?.value
  }

  async findHeaderForBlockHash(hash: string): Promise<BlockHeader | undefined> {
    if (!isHash(hash)) throw new InvalidParameterError('hash', hash, '64 hex digits')
    const { circle } = this.#parts
    return (
      await this.#firstFound('findHeaderForBlockHash', (provider) => provider.findHeaderForBlockHash(hash, circle))
    )?.value
  }

  async #post(
    provider: Offering<'postBeef'>,
    beef: Uint8Array,
    txids: readonly string[],
    timeoutMs: number,
  ): Promise<PostBeefResult> {
    const { name } = provider
    const refused = (error: unknown): PostBeefResult => ({
      name,
      status: 'error',
      error,
      txidResults: txids.map((txid) => rowOf(txid, 'uncertain')),
    })
    try {
      const { rows, error } = await this.#ask(provider, 'postBeef', () =>
        this.#postRows(provider, beef, txids, timeoutMs),
      )
      // Gone in the middle: what it took it took, but it is asked last next time.
      if (error instanceof ServiceUnavailableError) this.#parts.circle.health.failed(name, error)
      const txidResults = txids.map((txid) => rows.find((row) => row.txid === txid) ?? rowOf(txid, 'uncertain'))
      const status = txidResults.every((row) => row.status === 'success') ? 'success' : 'error'
      return { name, status, txidResults, ...(error === undefined ? {} : { error }) }
    } catch (error) {
      return refused(error)
    }
  }

  /** @throws what kept every row from being an answer. */
  async #postRows(
    provider: Offering<'postBeef'>,
    beef: Uint8Array,
    txids: readonly string[],
    timeoutMs: number,
  ): Promise<Posted> {
    const { signal } = this.#parts.circle
    const posted = await provider.postBeef(Beef.fromBinary(beef), txids, { timeoutMs, signal })
    const isAnswer = (row: PostTxidResult): boolean => row.serviceError !== true || row.missingInputs === true
    if (posted.error !== undefined && !posted.rows.some(isAnswer)) throw posted.error
    return posted
  }

  #notPosted(txids: readonly string[]): PostBeefResult {
    const error = this.#notOffered('postBeef')
    return { name: this.name, status: 'error', error, txidResults: txids.map((txid) => rowOf(txid, 'uncertain')) }
  }

  /**
   * What the first provider that has an answer says, with its name; undefined when all say there is none.
   *
   * @throws the first failure, unless somebody has an answer: absence needs everybody.
   */
  async #firstFound<Q extends Question, T>(
    question: Q,
    put: (provider: Offering<Q>) => Promise<T | undefined>,
  ): Promise<{ readonly name: string; readonly value: T } | undefined> {
    const offering = this.#offering(question, this.#parts.sources)
    if (offering.length === 0) throw this.#notOffered(question)
    let failure: { readonly error: unknown } | undefined
    for (const provider of offering) {
      try {
        const value = await this.#ask(provider, question, () => put(provider))
        if (value !== undefined) return { name: provider.name, value }
      } catch (error) {
        failure ??= { error }
      }
    }
    if (failure !== undefined) throw failure.error
    return undefined
  }

  #witnesses<Q extends Question>(question: Q): readonly Offering<Q>[] {
    return this.#offering(question, this.#parts.witnesses)
  }

  #offering<Q extends Question>(question: Q, among: readonly ServiceProvider[]): readonly Offering<Q>[] {
    const offers = (provider: ServiceProvider): provider is Offering<Q> => provider[question] !== undefined
    return this.#parts.circle.health.order(among.filter(offers))
  }

  #ask<T>(provider: ServiceProvider, question: Question, put: () => Promise<T>): Promise<T> {
    return ask(this.#parts.circle, provider, question, put)
  }

  #notOffered(question: Question): ServiceUnavailableError {
    return new ServiceUnavailableError(this.name, 'not-offered', `none of its providers offers ${question}`)
  }
}

function readBeef(bytes: Uint8Array, txids: readonly string[]): Beef {
  const beef = parse(bytes)
  for (const txid of txids) {
    checkTxid('txids', txid)
    if (beef.findTxid(txid)?.tx === undefined)
      throw new InvalidParameterError('txids', txid, 'in the BEEF, with its bytes')
  }
  return beef
}

function parse(bytes: Uint8Array): Beef {
  try {
    return Beef.fromBinary(wholeBeef(bytes))
  } catch {
    throw new InvalidParameterError('beef', bytes, 'BEEF (BRC-62) bytes')
  }
}
