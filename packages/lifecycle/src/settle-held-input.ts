import { NotFoundError, type ActionRow, type OutputRow, type TransactionRow } from '@txkeep/core'
import { mayReleaseInput, type ReleaseDecision } from '@txkeep/spendability'
import { auditRow, type AuditDetails, type Unit } from './unit.js'
import { noteLookup, notedLookups, type UtxoAnswer } from './utxo-lookups.js'
import { withholdOutput } from './withhold-output.js'

export interface HeldInputRequest {
  readonly outputId: number
  /** The action that holds the coin, as it was read: another holder by now changes nothing. */
  readonly holderActionId: number
  /** What a look-up of the outpoint just said. Left out: nobody was asked, or nobody answered. */
  readonly answer?: UtxoAnswer
  readonly details?: AuditDetails
}

export interface SettledInput {
  /** `moved`: somebody else holds the coin by now, or nobody. Otherwise what was decided, and done. */
  readonly decision: ReleaseDecision | 'moved'
}

/**
 * What became of an input whose holder failed: free again, kept until the network was asked once more, or withheld as
 * `spent-elsewhere` after two answers. Source: docs/spec/monitor.md §2, `release_inputs`.
 *
 * @throws {NotFoundError} if there is no such coin.
 */
export async function settleHeldInput(unit: Unit, request: HeldInputRequest): Promise<SettledInput> {
  const { outputId, holderActionId, answer, details } = request
  const output = await unit.tx.outputs.findById(outputId)
  if (output === undefined) throw new NotFoundError('output', outputId)
  const holder = await unit.tx.actions.findById(holderActionId)
  if (output.spentByActionId !== holderActionId || holder === undefined) return { decision: 'moved' }
  const spender = await transactionOf(unit, holder)
  const own = await transactionOf(unit, await unit.tx.actions.findById(output.actionId))
  // What was said before the holder failed is about another time.
  const since = spender?.processingChangedAt.getTime() ?? 0
  const noted = (await notedLookups(unit, output)).filter(({ at }) => at.getTime() >= since)
  const lookups = answer === undefined ? noted : [...noted, { at: unit.clock.now(), answer }]
  const decision = mayReleaseInput({
    holder: { processing: spender?.processing, userAborted: holder.userAborted },
    ownProcessing: own?.processing,
    lookups,
  })
  if (answer === 'spent' && decision !== 'keep') await noteLookup(unit, output, answer, details)
  if (decision === 'release') await release(unit, output, holder, { ...details, ...(answer && { answer }) })
  if (decision === 'spent-elsewhere') await keepSpent(unit, output, holder, details)
  return { decision }
}

async function transactionOf(unit: Unit, action: ActionRow | undefined): Promise<TransactionRow | undefined> {
  const transactionId = action?.transactionId ?? null
  return transactionId === null ? undefined : await unit.tx.transactions.findById(transactionId)
}

async function release(unit: Unit, output: OutputRow, holder: ActionRow, details: AuditDetails): Promise<void> {
  const { outputId } = output
  await unit.tx.outputs.releaseSpentBy(holder.actionId, [outputId])
  await unit.tx.audit.append([inputRow(unit, 'input.released', output, holder, details)])
  await unit.tx.outputs.refreshSpendable({ outputIds: [outputId] })
}

/** The dead action keeps the coin: whoever took it, it is not the user's to spend. */
async function keepSpent(
  unit: Unit,
  output: OutputRow,
  holder: ActionRow,
  details: AuditDetails | undefined,
): Promise<void> {
  const why = { ...details, why: 'spent-elsewhere' }
  await withholdOutput(unit, { outputId: output.outputId, reason: 'spent-elsewhere', details: why })
  await unit.tx.audit.append([inputRow(unit, 'input.kept', output, holder, why)])
}

function inputRow(
  unit: Unit,
  event: 'input.released' | 'input.kept',
  { outputId }: OutputRow,
  { actionId, transactionId }: ActionRow,
  details: AuditDetails | undefined,
): ReturnType<typeof auditRow> {
  return auditRow(unit, { event, actionId, transactionId, details: { ...details, outputId } })
}
