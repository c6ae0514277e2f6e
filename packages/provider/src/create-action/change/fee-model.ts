import { WERR_INVALID_PARAMETER } from '../../errors/werr.js'
import type { StorageFeeModel } from '../../published/arguments.js'
import { CHANGE_INPUT_BYTES } from './transaction-size.js'

/** What a transaction pays unless the fee model says otherwise. */
export const DEFAULT_SATOSHIS_PER_KB = 1

/**
 * Satoshis per 1000 bytes.
 *
 * @throws {WERR_INVALID_PARAMETER} if the model is another one, or its value no amount that can be paid.
 */
export function readFeeRate({ model, value = DEFAULT_SATOSHIS_PER_KB }: StorageFeeModel): number {
  if (model !== 'sat/kb') {
    throw new WERR_INVALID_PARAMETER('feeModel.model', `"sat/kb", the only one there is. It was ${String(model)}.`)
  }
  if (!Number.isFinite(value) || value < 0 || value > MAX_SATOSHIS_PER_KB) {
    throw new WERR_INVALID_PARAMETER(
      'feeModel.value',
      `from 0 to ${MAX_SATOSHIS_PER_KB} satoshis per kB. It was ${value}.`,
    )
  }
  return value
}

/** The fee in satoshis of a transaction of so many bytes, rounded up. */
export function feeSatoshis(bytes: number, satoshisPerKb: number): number {
  // Multiplied first: bytes / 1000 · rate loses a unit where the quotient has no exact double.
  return Math.ceil((bytes * satoshisPerKb) / 1000)
}

/** A change output below this costs more to spend than it is worth, in satoshis. Source: docs/spec/wallet-storage.md §3.4. */
export function dustSatoshis(satoshisPerKb: number): number {
  return Math.max(1, 2 * feeSatoshis(SPENT_COIN_BYTES, satoshisPerKb))
}

/** The least a coin must hold to bring more than its own input costs, in satoshis. */
export function leastUsefulSatoshis(satoshisPerKb: number): number {
  return Math.floor((CHANGE_INPUT_BYTES * satoshisPerKb) / 1000) + 1
}

/** A transaction with one input and one output of ours. */
const SPENT_COIN_BYTES = 192

/** A whole coin per kB: far beyond any fee, and every product stays exact in a double. */
const MAX_SATOSHIS_PER_KB = 100_000_000
