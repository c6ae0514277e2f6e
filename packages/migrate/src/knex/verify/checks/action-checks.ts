import type { CheckResult } from '../../../check-result.js'
import { compareColumnGroups, copied, copiedTimestamp } from '../compare-columns.js'
import type { VerifyContext } from '../verify-context.js'

const NOT_DIRTY = 'NOT EXISTS (SELECT 1 FROM dirty_action d WHERE d.id = t.transactionId)'

/** Whether a row keeps its txid: it has one, and no better row of the same user does. */
const HOLDS_TXID = `(t.txid <> '' AND l.transactionId IS NULL)`

/** What each action must say: the user's row word for word, its transaction or none, and whether it is aborted. */
export async function checkActions({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const from = `FROM ${db.legacy('transactions')} t
    JOIN actions a ON a.actionId = t.transactionId
    LEFT JOIN model_loser l ON l.transactionId = t.transactionId
    LEFT JOIN model_txid m ON m.txid = lower(t.txid)
    LEFT JOIN model_abort ab ON ab.cell = m.cell AND ab.status = t.status
    LEFT JOIN model_robbed rb ON rb.actionId = t.transactionId
    LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = m.requestId
    LEFT JOIN ${db.ours('transactions')} n ON n.txid = lower(t.txid)
   WHERE ${NOT_DIRTY}`
  const { columns, drafts, flags } = await compareColumnGroups(session, {
    table: 'actions',
    key: 't.transactionId',
    from,
    groups: {
      columns: [
        copied('t', 'a', 'userId'),
        copied('t', 'a', 'reference'),
        copied('t', 'a', 'description'),
        copied('t', 'a', 'isOutgoing'),
        copied('t', 'a', 'satoshis', 'satoshis_delta'),
        copied('t', 'a', 'version'),
        copied('t', 'a', 'lockTime', 'lock_time'),
        copiedTimestamp('t', 'a', 'created_at'),
        copiedTimestamp('t', 'a', 'updated_at'),
        { column: 'notify_json', expected: `CASE WHEN ${HOLDS_TXID} THEN r.notify END`, actual: 'a.notify_json' },
        { column: 'hidden', expected: '0', actual: 'a.hidden' },
        { column: 'plan_json', expected: 'NULL', actual: 'a.plan_json' },
      ],
      drafts: [
        {
          column: 'transactionId',
          expected: `CASE WHEN ${HOLDS_TXID} THEN n.transactionId END`,
          actual: 'a.transactionId',
        },
        {
          column: 'draft_input_beef',
          expected: `CASE WHEN NOT ${HOLDS_TXID} OR t.txid IS NULL THEN t.inputBEEF END`,
          actual: 'a.draft_input_beef',
        },
      ],
      flags: [
        { column: 'user_nosend', expected: `t.status = 'nosend'`, actual: 'a.user_nosend' },
        {
          column: 'user_aborted',
          expected: `CASE WHEN l.transactionId IS NOT NULL OR rb.actionId IS NOT NULL THEN 1
            WHEN m.txid IS NULL THEN t.status = 'failed' ELSE coalesce(ab.aborted, 0) END`,
          actual: 'a.user_aborted',
        },
      ],
    },
  })
  return [
    columns.toCheck('columns.actions', 'Every action says what the user’s row said, word for word.'),
    drafts.toCheck(
      'drafts',
      'Exactly the actions without a txid of their own are drafts, and drafts keep their input BEEF.',
    ),
    flags.toCheck('flags.actions', 'Exactly those actions are marked nosend or aborted that the legacy statuses say.'),
  ]
}
