import type { TransactionRow } from '@txkeep/core'
import { auditRow, type Unit } from './unit.js'

/** Clears `user_aborted` on every action of a transaction the network accepted: that abort did not happen. */
export async function reviveActions(unit: Unit, rows: readonly TransactionRow[]): Promise<void> {
  if (rows.length === 0) return
  const actions = await unit.tx.actions.findByTransactions(rows.map((row) => row.transactionId))
  const aborted = actions.filter((action) => action.userAborted)
  for (const { actionId } of aborted) await unit.tx.actions.update(actionId, { userAborted: false })
  await unit.tx.audit.append(
    aborted.map(({ actionId, transactionId }) =>
      auditRow(unit, { event: 'action.revived', actionId, transactionId, details: { why: 'accepted' } }),
    ),
  )
}
