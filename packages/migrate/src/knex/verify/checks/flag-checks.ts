import { isProcessingStatus, type WithheldReason } from '@txkeep/core'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'
import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

interface OutputRow {
  readonly outputId: number
  readonly spendable: number
  readonly pending: number
  readonly spentByActionId: number | null
  readonly withheld: WithheldReason | null
  readonly maturesAtHeight: number | null
  readonly scriptLength: number | null
  readonly scriptOffset: number | null
  readonly hasScript: number
  readonly userAborted: number
  readonly processing: string | null
  readonly isCoinbase: number
  readonly rawLength: number | null
}

/**
 * Whether each cached flag of our rows is what the rule gives for our rows: the same sentence `refreshOutputsSpendable` keeps
 * true. Works without the legacy tables, and on rows written since the swap.
 */
export async function checkFlags({ session, db, tipHeight }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const tip = tipHeight === null ? undefined : { height: tipHeight }
  const rows = session.iterate<OutputRow>(
    `SELECT o.outputId, o.spendable, o.pending, o.spentByActionId, o.withheld, o.matures_at_height AS maturesAtHeight,
            o.scriptLength, o.scriptOffset, o.lockingScript IS NOT NULL AS hasScript, coalesce(a.user_aborted, 0) AS userAborted,
            t.processing, coalesce(t.is_coinbase, 0) AS isCoinbase, length(t.raw_tx) AS rawLength
       FROM ${db.ours('outputs')} o
       LEFT JOIN actions a ON a.actionId = o.actionId
       LEFT JOIN ${db.ours('transactions')} t ON t.transactionId = a.transactionId
      ORDER BY o.outputId`,
  )
  for await (const row of rows) {
    const output = {
      ...row,
      spendable: row.spendable === 1,
      pending: row.pending === 1,
      lockingScript: row.hasScript === 1 ? { length: 1 } : null,
      userAborted: row.userAborted === 1,
    }
    const transaction = isProcessingStatus(row.processing)
      ? {
          processing: row.processing,
          isCoinbase: row.isCoinbase === 1,
          rawTx: row.rawLength === null ? null : { length: row.rawLength },
        }
      : undefined
    const key = String(row.outputId)
    const spendable = isOutputSpendable(output, transaction, tip)
    if (spendable !== output.spendable)
      differences.add({
        table: 'outputs',
        key,
        column: 'spendable',
        expected: String(spendable),
        actual: String(output.spendable),
      })
    const pending = isOutputPending(output, transaction, tip)
    if (pending !== output.pending)
      differences.add({
        table: 'outputs',
        key,
        column: 'pending',
        expected: String(pending),
        actual: String(output.pending),
      })
  }
  return differences.toCheck(
    'coins.rule',
    'Every spendable and pending flag is what the rule gives for the stored rows.',
  )
}
