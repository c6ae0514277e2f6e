import { scanPlannedTransactions } from '../scan/scan-planned-transactions.js'
import { lockingScriptAt } from '../scan/raw-transaction.js'
import type { SqlSession } from '../sql-session.js'
import { planActions, writeActions } from '../statements/derive-actions.js'
import { writeCommissions, writeLabels, writeTags } from '../statements/derive-attachments.js'
import {
  ABORT_ROBBED_DRAFTS,
  OUTPUT_ANOMALIES,
  PLAN_CONSUMER_ACTIONS,
  PLAN_WITHHELD,
  planConsumers,
  planOutputs,
  planPlacements,
  writeOutputs,
  writePlaceholders,
  writeTwinPlaceholders,
} from '../statements/derive-outputs.js'
import {
  planTransactionSources,
  planTransactionState,
  planTwins,
  writeHistories,
  writeTransactions,
} from '../statements/derive-transactions.js'
import type { StatementContext } from '../statements/statement-context.js'
import {
  actionFindings,
  historyFindings,
  orphanFindings,
  outputFindings,
  transactionFindings,
  type FindingStatement,
} from '../statements/write-findings.js'

/** `insert` for rows that are not there yet, `replace` for rows that may be (catch-up). The derivation is the same. */
export type DeriveMode = 'insert' | 'replace'

/**
 * Each function turns the keys of one `txk_work_*` table into rows of the new schema and into findings. What a row becomes is a
 * pure function of the legacy rows, so deriving it twice, or in another order, changes nothing. Call inside a transaction.
 */
export async function deriveTransactions(
  session: SqlSession,
  context: StatementContext,
  mode: DeriveMode,
): Promise<number> {
  await session.run('delete from txk_plan_tx')
  await session.run('delete from txk_plan_state')
  for (const sql of planTransactionSources(context)) await session.run(sql)
  await scanPlannedTransactions(session, mode === 'replace')
  await session.run(planTransactionState(context))
  const { changes } = await session.run(writeTransactions(context, mode))
  const audit = await session.get<{ last: number | null }>('select max("auditId") as last from tx_audit')
  for (const sql of writeHistories(context)) await session.run(sql)
  await session.run(planTwins(context))
  await session.run(historyFindings(context), [audit?.last ?? 0])
  await writeFindings(session, 'txk_plan_state', transactionFindings(context))
  return changes
}

export async function deriveActions(session: SqlSession, context: StatementContext, mode: DeriveMode): Promise<number> {
  await session.run('delete from txk_plan_action')
  await session.run(planActions(context))
  const { changes } = await session.run(writeActions(context, mode))
  await writeFindings(session, 'txk_plan_action', actionFindings(context))
  return changes
}

export async function deriveOutputs(session: SqlSession, context: StatementContext): Promise<number> {
  await session.run('delete from txk_placement')
  await session.run('delete from txk_plan_output')
  for (const sql of writePlaceholders(context)) await session.run(sql)
  await session.run(planPlacements(context))
  for (const sql of writeTwinPlaceholders(context)) await session.run(sql)
  await session.run(planOutputs(context))
  await withholdForeignScripts(session)
  await session.run(planConsumers(context))
  await session.run(PLAN_CONSUMER_ACTIONS)
  await session.run(PLAN_WITHHELD)
  const { changes } = await session.run(writeOutputs(context))
  await session.run(ABORT_ROBBED_DRAFTS)
  await writeFindings(session, 'txk_plan_output', outputFindings(context))
  return changes
}

export async function deriveCommissions(session: SqlSession, context: StatementContext): Promise<number> {
  const { changes } = await session.run(writeCommissions(context))
  await session.run(orphanFindings(context).commissions)
  return changes
}

export async function deriveLabels(session: SqlSession, context: StatementContext): Promise<number> {
  const { changes } = await session.run(writeLabels(context))
  await session.run(orphanFindings(context).labels)
  return changes
}

export async function deriveTags(session: SqlSession, context: StatementContext): Promise<number> {
  const { changes } = await session.run(writeTags(context))
  await session.run(orphanFindings(context).tags)
  return changes
}

/** Only classes that occur are written: most ranges have none. */
async function writeFindings(
  session: SqlSession,
  plan: string,
  statements: readonly FindingStatement[],
): Promise<void> {
  const rows = await session.all<{ anomalies: number }>(`select distinct anomalies from ${plan} where anomalies <> 0`)
  const present = rows.reduce((bits, { anomalies }) => bits | anomalies, 0)
  for (const { bit, sql } of statements) if ((present & bit) !== 0) await session.run(sql)
}

interface Suspect {
  readonly id: number
  readonly vout: number
  readonly lockingScript: Buffer | null
  readonly scriptOffset: number | null
  readonly scriptLength: number | null
  readonly rawTx: Buffer | null
}

/** An output that named another txid than its transaction's may only be offered when its script is really there. */
async function withholdForeignScripts(session: SqlSession): Promise<void> {
  const suspects = await session.all<Suspect>(
    `select q.id, q.vout, o."lockingScript" as lockingScript, o."scriptOffset" as scriptOffset, o."scriptLength" as scriptLength,
       case when coalesce(sc.raw_ok, 1) = 1 then t.raw_tx end as rawTx
     from txk_plan_output q ${session.dialect.joinInOrder} outputs o on o."outputId" = q.id ${session.dialect.joinInOrder} transactions_new t on t."transactionId" = q.transaction_id
     left join migration_scan sc on sc.txid = t.txid
     where (q.anomalies & ${OUTPUT_ANOMALIES['output-txid-mismatch']}) <> 0 and q.forced is null`,
  )
  for (const suspect of suspects) {
    if (isScriptInPlace(suspect)) continue
    await session.run(`update txk_plan_output set forced = 'legacy' where id = ?`, [suspect.id])
  }
}

function isScriptInPlace({ rawTx, vout, lockingScript, scriptOffset, scriptLength }: Suspect): boolean {
  const actual = rawTx === null ? undefined : lockingScriptAt(rawTx, vout)
  if (rawTx === null || actual === undefined) return false
  if (lockingScript !== null) return actual.equals(lockingScript)
  return (
    scriptOffset === null || (actual.byteOffset - rawTx.byteOffset === scriptOffset && actual.length === scriptLength)
  )
}
