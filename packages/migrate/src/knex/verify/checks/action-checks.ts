import type { CheckResult } from '../../../check-result.js'
import { compareColumnGroups, copied, copiedTimestamp } from '../compare-columns.js'
import type { VerifyContext } from '../verify-context.js'

const NOT_DIRTY = 'NOT EXISTS (SELECT 1 FROM dirty_action d WHERE d.id = t.transactionId)'

/** Whether a row keeps its txid: it has one, and no better row of the same user does. */
const HOLDS_TXID = `(t.txid <> '' AND l.transactionId IS NULL)`

/** A user's own reference, unless there is none or another row of his has it. */
const REFERENCE = `CASE WHEN rr.transactionId IS NOT NULL THEN 'duplicate-reference-' || t.transactionId
  ELSE coalesce(t.reference, 'missing-reference-' || t.transactionId) END`

/** What each action must say: the user's row word for word, its transaction or none, and whether it is aborted. */
export async function checkActions({ session, db }: VerifyContext): Promise<CheckResult[]> {
  const from = `FROM ${db.legacy('transactions')} t
    JOIN actions a ON a.actionId = t.transactionId
    LEFT JOIN model_loser l ON l.transactionId = t.transactionId
    LEFT JOIN model_action ma ON ma.transactionId = t.transactionId
    LEFT JOIN model_txid m ON m.model = ma.model
    LEFT JOIN model_repeated_reference rr ON rr.transactionId = t.transactionId
    LEFT JOIN model_robbed rb ON rb.actionId = t.transactionId
    LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = m.requestId
    LEFT JOIN ${db.ours('transactions')} n ON n.transactionId = a.transactionId
   WHERE ${NOT_DIRTY}`
  const { columns, drafts, flags } = await compareColumnGroups(session, {
    table: 'actions',
    key: 't.transactionId',
    from,
    groups: {
      columns: [
        copied('t', 'a', 'userId'),
        { column: 'reference', expected: REFERENCE, actual: 'a.reference' },
        copied('t', 'a', 'description'),
        { column: 'isOutgoing', expected: 'coalesce(t.isOutgoing, 0)', actual: 'a.isOutgoing' },
        { column: 'satoshis_delta', expected: 'coalesce(t.satoshis, 0)', actual: 'a.satoshis_delta' },
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
          expected: `CASE WHEN ${HOLDS_TXID} THEN m.txid END`,
          actual: `coalesce(n.txid, 'number ' || a.transactionId)`,
        },
        {
          column: 'draft_input_beef',
          expected: `CASE WHEN NOT ${HOLDS_TXID} OR t.txid IS NULL THEN t.inputBEEF END`,
          actual: 'a.draft_input_beef',
        },
      ],
      flags: [
        { column: 'user_nosend', expected: `CASE WHEN t.status = 'nosend' THEN 1 ELSE 0 END`, actual: 'a.user_nosend' },
        {
          column: 'user_aborted',
          expected: `CASE WHEN l.transactionId IS NOT NULL OR rb.actionId IS NOT NULL THEN 1
            ELSE ma.aborted END`,
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
