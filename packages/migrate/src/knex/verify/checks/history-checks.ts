import type { CheckResult } from '../../../check-result.js'
import type { SqlSession } from '../../sql-session.js'
import { DifferenceList, showValue } from '../differences.js'
import type { LegacyDatabase } from '../legacy-database.js'
import type { VerifyContext } from '../verify-context.js'

interface HistoryRow {
  readonly requestId: number
  readonly txid: string
  readonly history: string | null
  readonly copies: number
}

/** Every request's history is in the audit trail of its transaction, verbatim, also when it is no JSON. */
export async function checkHistories({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const rows = session.iterate<HistoryRow>(
    `SELECT r.provenTxReqId AS requestId, min(n.txid) AS txid, min(r.history) AS history, count(a.auditId) AS copies
       FROM ${db.legacy('proven_tx_reqs')} r
       JOIN ${db.ours('transactions')} n ON n.txid = lower(r.txid)
       LEFT JOIN tx_audit a ON a.transactionId = n.transactionId AND a.event = 'legacy.history'
            AND (a.details_json = coalesce(r.history, '{}') OR a.details_json = ${session.dialect.reading.jsonString('r.history')})
      WHERE NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = n.txid)
      GROUP BY r.provenTxReqId HAVING count(a.auditId) <> 1`,
  )
  for await (const { requestId, txid, history, copies } of rows) {
    // Two requests whose txids differ only in case can have told the same story.
    const tellers = copies > 1 ? await countRequests(session, db, txid, history) : 1
    if (copies === tellers) continue
    differences.add({
      table: 'tx_audit',
      key: `request ${requestId}`,
      expected: `${tellers} × ${showValue(history)}`,
      actual: `${copies} ×`,
    })
  }
  return differences.toCheck('history.requests', 'Every request’s history is in the audit trail once, word for word.')
}

async function countRequests(
  session: SqlSession,
  db: LegacyDatabase,
  txid: string,
  history: string | null,
): Promise<number> {
  const row = await session.get<{ count: number }>(
    `SELECT count(*) AS count FROM ${db.legacy('proven_tx_reqs')} WHERE lower(txid) = ? AND coalesce(history, '') = coalesce(?, '')`,
    [txid, history],
  )
  return row?.count ?? 0
}
