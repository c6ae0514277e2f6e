import type { CheckResult } from '../../../check-result.js'
import { DifferenceList, showValue } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

interface HistoryRow {
  readonly requestId: number
  readonly history: unknown
  readonly copies: number
  readonly found: string | null
}

/** Every request's history is in the audit trail of its transaction, verbatim, also when it is no JSON. */
export async function checkHistories({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const rows = session.iterate<HistoryRow>(
    `SELECT r.provenTxReqId AS requestId, r.history, count(a.auditId) AS copies, min(a.details_json) AS found
       FROM ${db.legacy('proven_tx_reqs')} r
       JOIN ${db.ours('transactions')} n ON n.txid = lower(r.txid)
       LEFT JOIN tx_audit a ON a.transactionId = n.transactionId AND a.event = 'legacy.history'
            AND (a.details_json = r.history OR a.details_json = json_quote(CAST(r.history AS TEXT)))
      WHERE NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = n.txid)
      GROUP BY r.provenTxReqId HAVING count(a.auditId) <> 1`,
  )
  for await (const { requestId, history, copies } of rows) {
    differences.add({
      table: 'tx_audit',
      key: `request ${requestId}`,
      expected: `1 copy of ${showValue(history)}`,
      actual: `${copies} copies`,
    })
  }
  return differences.toCheck('history.requests', 'Every request’s history is in the audit trail once, word for word.')
}
