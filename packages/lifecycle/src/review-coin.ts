import { NotFoundError, type OutputRow, type WithheldReason } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { utxoVerdict } from '@txkeep/spendability'
import type { AuditDetails, Unit } from './unit.js'
import { noteLookup, notedLookups, type UtxoAnswer } from './utxo-lookups.js'
import { restoreOutput, withholdOutput } from './withhold-output.js'

export interface CoinReview {
  readonly outputId: number
  /** What a look-up of the outpoint just said; an outage is no answer. */
  readonly answer: UtxoAnswer
  readonly details?: AuditDetails
}

export interface ReviewedCoin {
  /**
   * `in-doubt`: called spent once, ask again in ten minutes. `withheld` as `not-utxo`: called spent twice. `restored`: no longer
   * withheld. `unchanged`: as it should be, or the coin is not one to ask about any more.
   */
  readonly outcome: 'unchanged' | 'in-doubt' | 'withheld' | 'restored'
}

/**
 * What an answer about a coin of an accepted transaction came to. Two successful answers, at least ten minutes apart with no other
 * between, withhold it; one that calls it unspent gives it back. Source: docs/spec/lifecycle.md §4.
 *
 * @throws {NotFoundError} if there is no such coin.
 */
export async function reviewCoin(unit: Unit, { outputId, answer, details }: CoinReview): Promise<ReviewedCoin> {
  const output = await unit.tx.outputs.findById(outputId)
  if (output === undefined) throw new NotFoundError('output', outputId)
  if (!(await isAccepted(unit, output))) return { outcome: 'unchanged' }
  if (answer === 'unspent') return giveBack(unit, output, details)
  if (output.spentByActionId !== null || output.withheld !== null) return { outcome: 'unchanged' }
  const before = await notedLookups(unit, output)
  const now = await noteLookup(unit, output, answer, details)
  if (utxoVerdict([...before, now]) !== 'spent') return { outcome: 'in-doubt' }
  await withholdOutput(unit, { outputId, reason: 'not-utxo', ...(details && { details }) })
  return { outcome: 'withheld' }
}

/** What a look-up may take back: the other reasons are not the network's to judge. */
const BY_LOOK_UP: readonly (WithheldReason | null)[] = ['not-utxo', 'spent-elsewhere', 'legacy']

async function giveBack(unit: Unit, output: OutputRow, details: AuditDetails | undefined): Promise<ReviewedCoin> {
  const before = await notedLookups(unit, output)
  // Most coins are as they should be: only what was in doubt is noted again.
  if (before.at(-1)?.answer === 'spent') await noteLookup(unit, output, 'unspent', details)
  if (!BY_LOOK_UP.includes(output.withheld)) return { outcome: 'unchanged' }
  await restoreOutput(unit, { outputId: output.outputId, ...(details && { details }) })
  return { outcome: 'restored' }
}

async function isAccepted(unit: Unit, { actionId }: OutputRow): Promise<boolean> {
  const transactionId = (await unit.tx.actions.findById(actionId))?.transactionId ?? null
  const transaction = transactionId === null ? undefined : await unit.tx.transactions.findById(transactionId)
  return transaction !== undefined && isSpendableStatus(transaction.processing)
}
