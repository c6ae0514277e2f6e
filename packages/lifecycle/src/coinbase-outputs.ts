import type { OutputRow, TransactionRow } from '@txkeep/core'
import type { Unit } from './unit.js'

/** Every output here of these transactions, of every user. */
export async function findOwnOutputs(
  unit: Unit,
  rows: readonly Pick<TransactionRow, 'transactionId'>[],
): Promise<OutputRow[]> {
  const actions = await unit.tx.actions.findByTransactions(rows.map((row) => row.transactionId))
  const outputs: OutputRow[] = []
  for (const { actionId } of actions) outputs.push(...(await unit.tx.outputs.findByAction(actionId)))
  return outputs
}

/** Writes from which height on the outputs of these transactions may be spent; null when that is not known. */
export async function setMaturity(
  unit: Unit,
  rows: readonly Pick<TransactionRow, 'transactionId'>[],
  maturesAtHeight: number | null,
): Promise<void> {
  const outputs = await findOwnOutputs(unit, rows)
  const wrong = outputs.filter((output) => output.maturesAtHeight !== maturesAtHeight)
  if (wrong.length === 0) return
  await unit.tx.outputs.updateMany(
    wrong.map((output) => output.outputId),
    { maturesAtHeight },
  )
}

/** A coinbase without a proof has no height to count from. */
export async function clearMaturity(unit: Unit, rows: readonly TransactionRow[]): Promise<void> {
  await setMaturity(unit, rows, null)
}
