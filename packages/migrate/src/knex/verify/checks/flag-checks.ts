import { isProcessingStatus, type WithheldReason } from '@txkeep/core'
import { isOutputPending, isOutputSpendable, type OutputFacts, type TransactionFacts } from '@txkeep/spendability'
import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import { readMark, rowMarks } from '../row-marks.js'
import type { VerifyContext } from '../verify-context.js'

type OutputRow = readonly [
  outputId: number,
  marks: number,
  spentByActionId: number | null,
  withheld: WithheldReason | null,
  maturesAtHeight: number | null,
  scriptLength: number | null,
  scriptOffset: number | null,
  processing: string | null,
  rawLength: number | null,
]

const { sql: MARKS, bits: BIT } = rowMarks({
  spendable: 'o.spendable = 1',
  pending: 'o.pending = 1',
  hasScript: 'o.lockingScript IS NOT NULL',
  userAborted: 'a.user_aborted = 1',
  isCoinbase: 't.is_coinbase = 1',
})

/**
 * Whether each cached flag of our rows is what the rule gives for our rows: the same sentence `refreshOutputsSpendable` keeps
 * true. Works without the legacy tables, and on rows written since the swap.
 */
export async function checkFlags({ session, db, tipHeight }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const tip = tipHeight === null ? undefined : { height: tipHeight }
  await session.each<OutputRow>(
    `SELECT o.outputId, ${MARKS}, o.spentByActionId, o.withheld, o.matures_at_height, o.scriptLength, o.scriptOffset,
            t.processing, length(t.raw_tx)
       FROM ${db.ours('outputs')} o
       LEFT JOIN actions a ON a.actionId = o.actionId
       LEFT JOIN ${db.ours('transactions')} t ON t.transactionId = a.transactionId
      ORDER BY o.outputId`,
    (row) => {
      const { output, transaction } = factsOf(row)
      const [outputId] = row
      compareFlag(differences, outputId, 'spendable', isOutputSpendable(output, transaction, tip), output.spendable)
      compareFlag(differences, outputId, 'pending', isOutputPending(output, transaction, tip), output.pending)
    },
  )
  return differences.toCheck(
    'coins.rule',
    'Every spendable and pending flag is what the rule gives for the stored rows.',
  )
}

function factsOf(row: OutputRow): { output: OutputFacts; transaction: TransactionFacts | undefined } {
  const [, marks, spentByActionId, withheld, maturesAtHeight, scriptLength, scriptOffset, processing, rawLength] = row
  return {
    output: {
      spendable: readMark(marks, BIT.spendable) === 1,
      pending: readMark(marks, BIT.pending) === 1,
      lockingScript: readMark(marks, BIT.hasScript) === 1 ? { length: 1 } : null,
      userAborted: readMark(marks, BIT.userAborted) === 1,
      spentByActionId,
      withheld,
      maturesAtHeight,
      scriptLength,
      scriptOffset,
    },
    transaction: isProcessingStatus(processing)
      ? {
          processing,
          isCoinbase: readMark(marks, BIT.isCoinbase) === 1,
          rawTx: rawLength === null ? null : { length: rawLength },
        }
      : undefined,
  }
}

function compareFlag(
  differences: DifferenceList,
  outputId: number,
  column: 'spendable' | 'pending',
  expected: boolean,
  actual: boolean,
): void {
  if (expected === actual) return
  differences.add({
    table: 'outputs',
    key: String(outputId),
    column,
    expected: String(expected),
    actual: String(actual),
  })
}
