import type { Coin, CoinSource } from './coin-source.js'
import { dustSatoshis, feeSatoshis, leastUsefulSatoshis } from './fee-model.js'
import { spreadSatoshis } from './spread-satoshis.js'
import { transactionBytes } from './transaction-size.js'

/** A fixed output of exactly this many satoshis asks for all there is: it is lowered to what the coins can pay. */
export const MAX_POSSIBLE_SATOSHIS = 2_099_999_999_999_999

/** No transaction makes more change outputs than this: its bytes ride along in every BEEF of what follows. */
export const MAX_CHANGE_OUTPUTS = 8

/** Amounts in satoshis, script lengths in bytes. */
export interface ChangeProblem {
  readonly fixedInputs: readonly { readonly satoshis: number; readonly unlockingScriptBytes: number }[]
  readonly fixedOutputs: readonly { readonly satoshis: number; readonly lockingScriptBytes: number }[]
  readonly satoshisPerKb: number
  /** How many coins of change the user should have more (or fewer) than before. */
  readonly targetNetCount: number
  /** What the first change output holds at least. */
  readonly firstSatoshis: number
  /** What every other change output holds at least. */
  readonly initialSatoshis: number
}

export type ChangePlan<C extends Coin = Coin> =
  | {
      readonly outcome: 'funded'
      /** In the order they were granted. */
      readonly inputs: readonly C[]
      /** Satoshis of each change output. */
      readonly outputs: readonly number[]
      readonly bytes: number
      /** What the transaction pays. Exactly what its size costs, except where an overpay too small to be a coin is left to it. */
      readonly feeSatoshis: number
      /** What the fixed output of `MAX_POSSIBLE_SATOSHIS` became. */
      readonly maxPossible?: { readonly index: number; readonly satoshis: number }
    }
  | {
      readonly outcome: 'insufficient'
      readonly totalSatoshisNeeded: number
      readonly moreSatoshisNeeded: number
    }

/**
 * Which coins pay for a transaction, and which change it makes. Pure but for `coins`: no database, no clock.
 * Source: docs/spec/wallet-storage.md §3.4, with its defects D35 (a small overpay is no shortage).
 *
 * @param random 0 ≤ x < 1, for spreading what is left over several outputs.
 */
export async function generateChange<C extends Coin>(
  problem: ChangeProblem,
  coins: CoinSource<C>,
  random: () => number,
): Promise<ChangePlan<C>> {
  const draft = new ChangeDraft<C>(problem)
  draft.planOutputs()
  let mayAdd = true
  for (;;) {
    coins.reset()
    draft.release()
    if (await fund(draft, coins, mayAdd)) break
    // The coins are used up. Fewer change outputs, then: a transaction that pays its way needs none.
    mayAdd = false
    while (draft.excess() < 0 && draft.outputs.length > 0) draft.outputs.pop()
    if (draft.excess() < 0) break
  }
  return settle(draft, coins, random)
}

/** Whether inputs were granted until nothing is missing. */
async function fund<C extends Coin>(draft: ChangeDraft<C>, coins: CoinSource<C>, mayAdd: boolean): Promise<boolean> {
  while (draft.excess() < 0) {
    const coin = await coins.take(draft.nextRequest())
    if (coin === undefined) return false
    const { wantsMoreOutputs } = draft
    draft.grant(coin)
    if (mayAdd && wantsMoreOutputs) draft.addOutput()
  }
  return true
}

function settle<C extends Coin>(draft: ChangeDraft<C>, coins: CoinSource<C>, random: () => number): ChangePlan<C> {
  const maxPossible = draft.lowerMaxPossible()
  if (draft.excess() < 0) {
    coins.reset()
    return {
      outcome: 'insufficient',
      totalSatoshisNeeded: draft.spentSatoshis() + draft.requiredFee(),
      moreSatoshisNeeded: -draft.excess(),
    }
  }
  // Worth a coin of its own after all.
  if (draft.outputs.length === 0 && draft.excess(0, 1) >= draft.dust) draft.outputs.push(draft.dust)
  if (draft.outputs.length > 0) spreadSatoshis(draft.outputs, draft.excess(), draft.initialSatoshis, random)
  return {
    outcome: 'funded',
    inputs: draft.inputs,
    outputs: draft.outputs,
    bytes: draft.bytes(),
    feeSatoshis: draft.requiredFee() + draft.excess(),
    ...(maxPossible === undefined ? {} : { maxPossible }),
  }
}

/** A transaction in the making, and what it costs so far. */
class ChangeDraft<C extends Coin> {
  inputs: C[] = []
  readonly outputs: number[] = []
  readonly dust: number
  readonly initialSatoshis: number
  readonly #problem: ChangeProblem
  readonly #firstSatoshis: number
  readonly #target: number
  readonly #unlockingScriptBytes: readonly number[]
  readonly #lockingScriptBytes: readonly number[]
  readonly #fixedInputSatoshis: number
  #inputSatoshis: number
  #fixedOutputSatoshis: number

  constructor(problem: ChangeProblem) {
    this.#problem = problem
    this.dust = dustSatoshis(problem.satoshisPerKb)
    this.initialSatoshis = Math.max(this.dust, problem.initialSatoshis)
    this.#firstSatoshis = Math.max(this.dust, problem.firstSatoshis)
    this.#target = Math.min(MAX_CHANGE_OUTPUTS, problem.targetNetCount)
    this.#unlockingScriptBytes = problem.fixedInputs.map((input) => input.unlockingScriptBytes)
    this.#lockingScriptBytes = problem.fixedOutputs.map((output) => output.lockingScriptBytes)
    this.#fixedInputSatoshis = sum(problem.fixedInputs.map((input) => input.satoshis))
    this.#inputSatoshis = this.#fixedInputSatoshis
    this.#fixedOutputSatoshis = sum(problem.fixedOutputs.map((output) => output.satoshis))
  }

  grant(coin: C): void {
    this.inputs.push(coin)
    this.#inputSatoshis += coin.satoshis
  }

  release(): void {
    this.inputs = []
    this.#inputSatoshis = this.#fixedInputSatoshis
  }

  bytes(moreInputs = 0, moreOutputs = 0): number {
    return transactionBytes({
      unlockingScriptBytes: this.#unlockingScriptBytes,
      lockingScriptBytes: this.#lockingScriptBytes,
      changeInputs: this.inputs.length + moreInputs,
      changeOutputs: this.outputs.length + moreOutputs,
    })
  }

  requiredFee(moreInputs = 0, moreOutputs = 0): number {
    return feeSatoshis(this.bytes(moreInputs, moreOutputs), this.#problem.satoshisPerKb)
  }

  /** Satoshis of every output, change included. */
  spentSatoshis(): number {
    return this.#fixedOutputSatoshis + sum(this.outputs)
  }

  /** What the inputs hold beyond outputs and fee; negative when something is missing. New inputs and outputs hold nothing. */
  excess(moreInputs = 0, moreOutputs = 0): number {
    return this.#inputSatoshis - this.spentSatoshis() - this.requiredFee(moreInputs, moreOutputs)
  }

  /** The change outputs the user's number of coins asks for, and one where something is left anyway. */
  planOutputs(): void {
    const wantsMore = (): boolean =>
      this.#target > this.outputs.length || (this.outputs.length === 0 && this.excess() > 0)
    while (this.outputs.length < MAX_CHANGE_OUTPUTS && wantsMore()) this.outputs.push(this.#leastOutput())
  }

  /** Whether one more input should bring one more output along: else the user's number of coins would fall too far. */
  get #isBalancing(): boolean {
    return this.outputs.length < MAX_CHANGE_OUTPUTS && this.outputs.length - this.inputs.length - 1 < this.#target
  }

  get wantsMoreOutputs(): boolean {
    return this.#isBalancing || this.outputs.length === 0
  }

  nextRequest(): { targetSatoshis: number; leastSatoshis: number } {
    const leastSatoshis = leastUsefulSatoshis(this.#problem.satoshisPerKb)
    if (this.#isBalancing)
      return { targetSatoshis: 2 * this.#problem.initialSatoshis - this.excess(1, 1), leastSatoshis }
    const room = this.outputs.length === 0 ? this.dust + this.requiredFee(1, 1) - this.requiredFee(1) : 0
    return { targetSatoshis: room - this.excess(1), leastSatoshis }
  }

  /** One more change output, where what is left pays for one that is no dust. */
  addOutput(): void {
    if (this.outputs.length >= MAX_CHANGE_OUTPUTS) return
    const satoshis = Math.min(this.excess(0, 1), this.#leastOutput())
    if (satoshis >= this.dust) this.outputs.push(satoshis)
  }

  /** Lowers the fixed output that asks for everything by what is missing, where that leaves something. */
  lowerMaxPossible(): { index: number; satoshis: number } | undefined {
    const index = this.#problem.fixedOutputs.findIndex((output) => output.satoshis === MAX_POSSIBLE_SATOSHIS)
    const satoshis = MAX_POSSIBLE_SATOSHIS + this.excess()
    if (index < 0 || this.excess() >= 0 || satoshis < 1) return undefined
    this.#fixedOutputSatoshis += this.excess()
    return { index, satoshis }
  }

  #leastOutput(): number {
    return this.outputs.length === 0 ? this.#firstSatoshis : this.initialSatoshis
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
