import type { AuditRow, OutputRow } from '@txkeep/core'
import type { UtxoLookup } from '@txkeep/spendability'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

/** What the network said about a coin's outpoint. An outage is no answer, and is not noted. */
export type UtxoAnswer = Exclude<UtxoLookup['answer'], 'unknown'>

/** What was noted about this coin before, oldest first. */
export async function notedLookups(unit: Pick<Unit, 'tx'>, output: OutputRow): Promise<UtxoLookup[]> {
  const rows = await unit.tx.audit.findByAction(output.actionId)
  return rows.flatMap((row) => readLookup(row, output.outputId))
}

/** Notes an answer about this coin and gives it back as a look-up of this moment. */
export async function noteLookup(
  unit: Unit,
  { outputId, actionId }: OutputRow,
  answer: UtxoAnswer,
  details: AuditDetails | undefined,
): Promise<UtxoLookup> {
  await unit.tx.audit.append([
    auditRow(unit, { event: 'output.lookup', actionId, details: { ...details, outputId, answer } }),
  ])
  return { at: unit.clock.now(), answer }
}

function readLookup({ event, createdAt, detailsJson }: AuditRow, outputId: number): UtxoLookup[] {
  if (event !== 'output.lookup' || detailsJson === null) return []
  const details = JSON.parse(detailsJson) as { readonly outputId?: unknown; readonly answer?: unknown }
  if (details.outputId !== outputId) return []
  return details.answer === 'spent' || details.answer === 'unspent' ? [{ at: createdAt, answer: details.answer }] : []
}
