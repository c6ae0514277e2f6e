import type { ActionRow } from '@txkeep/core'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

/** How many inputs a draft gave back: a draft was never signed, so nobody can have spent them with it. */
export async function abortDraft(unit: Unit, draft: ActionRow, details: AuditDetails): Promise<number> {
  const { tx } = unit
  const held = (await tx.outputs.findSpentBy([draft.actionId])).map((output) => output.outputId)
  await tx.actions.update(draft.actionId, { userAborted: true })
  const released = held.length === 0 ? 0 : await tx.outputs.releaseSpentBy(draft.actionId)
  await tx.audit.append([
    auditRow(unit, { event: 'action.aborted', actionId: draft.actionId, details: { ...details, released: held } }),
  ])
  if (held.length > 0) await tx.outputs.refreshSpendable({ outputIds: held })
  await tx.outputs.refreshSpendable({ actionIds: [draft.actionId] })
  return released
}
