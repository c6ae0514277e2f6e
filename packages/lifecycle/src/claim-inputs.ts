import { ConflictError, InvalidParameterError, NotFoundError, formatOutpoint, type OutputRow } from '@txkeep/core'
import { isUsable, type UsePurpose } from '@txkeep/spendability'
import type { Unit } from './unit.js'

/** A coin of the user that an action takes. */
export interface ActionInput {
  readonly outputId: number
  /** What makes the coin usable (docs/spec/lifecycle.md §4). Default `immediate`: only what is spendable now. */
  readonly purpose?: UsePurpose
  readonly spendingDescription?: string
  readonly sequenceNumber?: number
}

/**
 * Locks these coins for an action: all of them or, by the error, none.
 *
 * @throws {NotFoundError} if a coin is not there, or is another user's.
 * @throws {ConflictError} if a coin is spent, withheld or not usable.
 */
export async function claimInputs(
  unit: Unit,
  userId: number,
  actionId: number,
  inputs: readonly ActionInput[],
): Promise<void> {
  if (inputs.length === 0) return
  const wanted = new Map(inputs.map((input) => [input.outputId, input]))
  if (wanted.size !== inputs.length) {
    throw new InvalidParameterError('inputs', `${inputs.length} coins`, 'a list that names no coin twice')
  }
  const outputs = await unit.tx.outputs.findByIds([...wanted.keys()], userId)
  const known = new Map(outputs.map((output) => [output.outputId, output]))
  for (const outputId of wanted.keys()) if (!known.has(outputId)) throw new NotFoundError('output', outputId)

  for (const purpose of ['immediate', 'delayed', 'named'] as const) {
    const outputIds = inputs
      .filter((input) => (input.purpose ?? 'immediate') === purpose)
      .map((input) => input.outputId)
    if (outputIds.length === 0) continue
    if (purpose === 'named') {
      const unusable = await findUnusable(
        unit,
        outputs.filter((output) => outputIds.includes(output.outputId)),
      )
      if (unusable.length > 0) throw notUsable(unusable)
    }
    const taken = new Set(
      await unit.tx.outputs.claim({
        outputIds,
        actionId,
        allowPending: purpose !== 'immediate',
        allowAny: purpose === 'named',
      }),
    )
    const lost = outputIds.filter((outputId) => !taken.has(outputId))
    if (lost.length > 0) throw notUsable(lost.map((outputId) => known.get(outputId)))
  }
  for (const { outputId, spendingDescription, sequenceNumber } of inputs) {
    if (spendingDescription === undefined && sequenceNumber === undefined) continue
    await unit.tx.outputs.update(outputId, {
      ...(spendingDescription === undefined ? {} : { spendingDescription }),
      ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
    })
  }
}

/** A named coin has more statuses to be in than the flags know: the rule itself decides, the claim guards the rest. */
async function findUnusable(unit: Unit, outputs: readonly OutputRow[]): Promise<OutputRow[]> {
  const { tx } = unit
  const tip = await tx.chainTip.get()
  const actions = new Map(
    (await tx.actions.findByIds(outputs.map((output) => output.actionId))).map((action) => [action.actionId, action]),
  )
  const transactionIds = new Set<number>()
  for (const { transactionId } of actions.values()) if (transactionId !== null) transactionIds.add(transactionId)
  const transactions = new Map(
    (await tx.transactions.findByIds([...transactionIds])).map((row) => [row.transactionId, row]),
  )
  return outputs.filter((output) => {
    const action = actions.get(output.actionId)
    const transaction = transactions.get(action?.transactionId ?? 0)
    return !isUsable({ ...output, userAborted: action?.userAborted ?? true }, transaction, tip, 'named')
  })
}

function notUsable(outputs: readonly (OutputRow | undefined)[]): ConflictError {
  const names = outputs.map((output) => formatOutpoint({ txid: output?.txid ?? 'draft', vout: output?.vout ?? 0 }))
  return new ConflictError(
    `These coins are spent, withheld or not usable: ${names.join(', ')}. Nothing was locked; choose other coins.`,
  )
}
