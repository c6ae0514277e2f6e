import type { Validation } from '@bsv/sdk'
import type { ActionOutput } from '@txkeep/lifecycle'
import { fromHex } from '../hex.js'
import { randomBase64, type RandomBytes } from '../random.js'
import { DEFAULT_BASKET } from '../users/find-or-insert-user.js'
import type { CommissionOutput } from './commission.js'

export interface OutputPlan {
  readonly user: readonly Validation.ValidCreateActionOutput[]
  readonly commission: CommissionOutput | undefined
  /** Satoshis of each change output. */
  readonly change: readonly number[]
  readonly derivationPrefix: string
}

/** An output of the new action, with what its caller gets to see of it. */
export interface PlannedOutput extends ActionOutput {
  readonly basket?: string
  readonly tags?: readonly string[]
}

/**
 * The outputs of a new action: the caller's, the commission, the change. Source: docs/spec/wallet-storage.md §3.5.
 *
 * @param shuffle permutes their places in the transaction; the order of the list stays.
 */
export function plannedOutputs(
  plan: OutputPlan,
  random: RandomBytes,
  shuffle: (vouts: number[]) => number[],
): readonly PlannedOutput[] {
  const outputs: Omit<PlannedOutput, 'vout'>[] = [
    ...plan.user.map(userOutput),
    ...(plan.commission === undefined ? [] : [commissionRow(plan.commission)]),
    ...plan.change.map((satoshis) => changeOutput(satoshis, plan.derivationPrefix, random)),
  ]
  const vouts = shuffle(outputs.map((_, index) => index))
  return outputs.map((output, index) => ({ ...output, vout: vouts[index] ?? index }))
}

/** A random permutation. @param random 0 ≤ x < 1. */
export function shuffled(vouts: number[], random: () => number): number[] {
  const result = [...vouts]
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [result[last] ?? 0, result[other] ?? 0]
    result[last] = b
    result[other] = a
  }
  return result
}

function userOutput(output: Validation.ValidCreateActionOutput): Omit<PlannedOutput, 'vout'> {
  return {
    satoshis: output.satoshis,
    providedBy: 'you',
    purpose: '',
    type: 'custom',
    change: false,
    lockingScript: fromHex(output.lockingScript),
    outputDescription: output.outputDescription,
    customInstructions: output.customInstructions ?? null,
    ...(output.basket === undefined ? {} : { basket: output.basket }),
    tags: [...new Set(output.tags)],
  }
}

/** Not the user's: it is withheld for good. */
function commissionRow({ satoshis, lockingScript }: CommissionOutput): Omit<PlannedOutput, 'vout'> {
  return {
    satoshis,
    providedBy: 'storage',
    purpose: 'storage-commission',
    type: 'custom',
    change: false,
    withheld: 'commission',
    lockingScript,
    outputDescription: '',
  }
}

/** The wallet derives its locking script, and tells it by signing. */
function changeOutput(satoshis: number, derivationPrefix: string, random: RandomBytes): Omit<PlannedOutput, 'vout'> {
  return {
    satoshis,
    providedBy: 'storage',
    purpose: 'change',
    type: 'P2PKH',
    change: true,
    outputDescription: '',
    basket: DEFAULT_BASKET,
    derivationPrefix,
    derivationSuffix: randomBase64(random, DERIVATION_BYTES),
  }
}

export const DERIVATION_BYTES = 16
