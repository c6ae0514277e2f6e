import {
  InvalidParameterError,
  NotFoundError,
  WITHHELD_REASONS,
  type OutputRow,
  type WithheldReason,
} from '@txkeep/core'
import { outweighs } from './outweighs.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface WithholdRequest {
  readonly outputId: number
  readonly reason: WithheldReason
  /** Only if the coin is this user's. */
  readonly userId?: number
  readonly details?: AuditDetails
}

export interface RestoreRequest {
  readonly outputId: number
  /** Only if this is the reason it is withheld for. */
  readonly reason?: WithheldReason
  /** Only if the coin is this user's. */
  readonly userId?: number
  readonly details?: AuditDetails
}

/**
 * The coin, withheld: not offered until it is restored. Repeating it changes nothing, and neither does a weaker reason than
 * the stored one.
 *
 * @throws {NotFoundError} if there is no such coin, or it is another user's.
 */
export async function withholdOutput(unit: Unit, request: WithholdRequest): Promise<OutputRow> {
  const { reason } = request
  if (!WITHHELD_REASONS.includes(reason)) {
    throw new InvalidParameterError('reason', reason, `one of ${WITHHELD_REASONS.join(', ')}`)
  }
  const output = await findOutput(unit, request)
  return outweighs(reason, output.withheld) ? setWithheld(unit, output, reason, request.details) : output
}

/**
 * The coin, no longer withheld; whether it is spendable is up to the rule. Unchanged when it is not withheld, or for another
 * reason than asked.
 *
 * @throws {NotFoundError} if there is no such coin, or it is another user's.
 */
export async function restoreOutput(unit: Unit, request: RestoreRequest): Promise<OutputRow> {
  const output = await findOutput(unit, request)
  if (output.withheld === null || (request.reason !== undefined && request.reason !== output.withheld)) return output
  return setWithheld(unit, output, null, request.details)
}

async function findOutput(
  unit: Unit,
  { outputId, userId }: { readonly outputId: number; readonly userId?: number },
): Promise<OutputRow> {
  const output = await unit.tx.outputs.findById(outputId)
  if (output === undefined || (userId !== undefined && output.userId !== userId)) {
    throw new NotFoundError('output', outputId)
  }
  return output
}

async function setWithheld(
  unit: Unit,
  output: OutputRow,
  withheld: WithheldReason | null,
  details: AuditDetails | undefined,
): Promise<OutputRow> {
  const { outputId, actionId } = output
  const action = await unit.tx.actions.findById(actionId)
  await unit.tx.outputs.update(outputId, { withheld })
  await unit.tx.audit.append([
    auditRow(unit, {
      event: withheld === null ? 'output.restored' : 'output.withheld',
      actionId,
      transactionId: action?.transactionId ?? null,
      fromState: output.withheld,
      toState: withheld,
      details: { ...details, outputId },
    }),
  ])
  await unit.tx.outputs.refreshSpendable({ outputIds: [outputId] })
  return (await unit.tx.outputs.findById(outputId)) ?? output
}
