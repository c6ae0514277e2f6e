import { chooseProofs } from '../scan/choose-proofs.js'
import { scanPlannedTransactions } from '../scan/scan-planned-transactions.js'
import { scanWrittenTransactions } from '../scan/scan-written-transactions.js'
import { lockingScriptAt } from '../scan/raw-transaction.js'
import type { SqlBinding, SqlSession } from '../sql-session.js'
import { planActions, writeActions, writePlainActions } from '../statements/derive-actions.js'
import { writeCommissions, writeLabels, writeTags } from '../statements/derive-attachments.js'
import {
  abortRobbedDrafts,
  PLAN_CONSUMER_ACTIONS,
  PLAN_WITHHELD,
  planConsumers,
  planPlacements,
  writeOutputs,
  writePlainOutputs,
  writePlaceholders,
  writeTwinPlaceholders,
} from '../statements/derive-outputs.js'
import { OUTPUT_ANOMALIES, planOutputs } from '../statements/plan-outputs.js'
import { planOddCases, planTransactions, type TransactionPlan } from '../statements/plan-transactions.js'
import {
  FORGET_UNSOUND,
  planTwins,
  writeHistories,
  writePlainTransactions,
  writeTransactions,
} from '../statements/derive-transactions.js'
import type { StatementContext } from '../statements/statement-context.js'
import {
  actionFindings,
  attachmentFindings,
  historyFindings,
  outputFindings,
  transactionFindings,
  type FindingStatement,
} from '../statements/write-findings.js'

/** `insert` for rows that are not there yet, `replace` for rows that may be (catch-up). The derivation is the same. */
export type DeriveMode = 'insert' | 'replace'

/**
 * Each function turns the keys of one `txk_work_*` table into rows of the new schema and into findings. What a row becomes is a
 * pure function of the legacy rows, so deriving it twice, or in another order, changes nothing. Call inside a transaction.
 * `numbered`: the table whose keys number the work.
 */
export async function deriveTransactions(
  session: SqlSession,
  context: StatementContext,
  mode: DeriveMode,
  numbered?: TransactionPlan['numbered'],
): Promise<void> {
  await empty(session, 'txk_odd_tx', 'txk_plan_tx', 'txk_scan')
  const isOdd = (await session.get('select 1 from migration_scan_cases limit 1')) !== undefined
  if (isOdd) {
    for (const sql of planOddCases(context)) await session.run(sql)
    await chooseProofs(session)
  }
  await session.run(planTransactions(context, { isOdd, numbered }))
  if (await scanPlannedTransactions(session, mode === 'replace')) {
    await session.run(FORGET_UNSOUND)
    await session.run(planTransactions(context, { isOdd, numbered, only: 'unsound' }))
  }
  const before = mode === 'insert' ? await lastTransactionId(session) : 0
  for (const sql of writeTransactions(context, mode)) await session.run(sql)
  await keepHistories(session, context, mode, { before, isOdd })
  await session.run(planTwins(context))
  await writeFindings(session, 'txk_plan_tx', transactionFindings(context))
}

/** The work of a range that is derived without a plan: a relation of numbers `n` and txids, with what it binds. */
export interface PlainWork {
  readonly from: string
  readonly bindings: readonly SqlBinding[]
  readonly numbered?: TransactionPlan['numbered']
  /** Whether a txid may be of several users' rows. */
  readonly areShared: boolean
}

/**
 * Transactions that have nothing wrong with them and belong to no more than one user's row, when no txids differ in case only;
 * resolves to how many they are, and the number they lie above.
 */
export async function derivePlainTransactions(
  session: SqlSession,
  context: StatementContext,
  { from, bindings, ...how }: PlainWork,
): Promise<{ readonly written: number; readonly above: number }> {
  const above = await lastTransactionId(session)
  const { changes } = await session.run(writePlainTransactions(context, from, how), bindings)
  const odd = await scanWrittenTransactions(session, above)
  for (const id of odd) await session.run('delete from transactions_new where "transactionId" = ?', [id])
  await keepHistories(session, context, 'insert', { before: above, isOdd: false })
  return { written: changes - odd.length, above }
}

async function keepHistories(
  session: SqlSession,
  context: StatementContext,
  mode: DeriveMode,
  { before, isOdd }: { readonly before: number; readonly isOdd: boolean },
): Promise<void> {
  const audit = await session.get<{ last: number | null }>('select max("auditId") as last from tx_audit')
  const histories = writeHistories(context, mode)
  await session.run(histories.own, [before])
  if (isOdd) await session.run(histories.others, [before])
  await session.run(historyFindings(context), [audit?.last ?? 0])
}

export async function deriveActions(session: SqlSession, context: StatementContext, mode: DeriveMode): Promise<void> {
  await empty(session, 'txk_plan_action')
  await session.run(planActions(context))
  for (const sql of writeActions(context, mode)) await session.run(sql)
  await writeFindings(session, 'txk_plan_action', actionFindings(context))
}

export async function deriveOutputs(session: SqlSession, context: StatementContext): Promise<void> {
  await empty(session, 'txk_placement', 'txk_plan_output')
  for (const sql of writePlaceholders(context)) await session.run(sql)
  await session.run(planPlacements(context))
  for (const sql of writeTwinPlaceholders(context)) await session.run(sql)
  await session.run(planOutputs(context))
  await withholdForeignScripts(session)
  await session.run(planConsumers(context))
  await session.run(PLAN_CONSUMER_ACTIONS)
  await session.run(PLAN_WITHHELD)
  await session.run(writeOutputs(context))
  await session.run(abortRobbedDrafts(context))
  await writeFindings(session, 'txk_plan_output', outputFindings(context))
}

/** Actions above `after` up to `upTo` that have nothing wrong with them; resolves to how many. */
export async function derivePlainActions(
  session: SqlSession,
  context: StatementContext,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<number> {
  const { changes } = await session.run(writePlainActions(context), [after, upTo])
  return changes
}

/** Outputs above `after` up to `upTo` that have nothing wrong with them; resolves to how many. */
export async function derivePlainOutputs(
  session: SqlSession,
  context: StatementContext,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<number> {
  const { changes } = await session.run(writePlainOutputs(context), [after, upTo])
  return changes
}

export async function deriveCommissions(session: SqlSession, context: StatementContext): Promise<void> {
  await session.run(writeCommissions(context))
  for (const sql of attachmentFindings(context).commissions) await session.run(sql)
}

export async function deriveLabels(session: SqlSession, context: StatementContext): Promise<void> {
  await session.run(writeLabels(context))
  for (const sql of attachmentFindings(context).labels) await session.run(sql)
}

export async function deriveTags(session: SqlSession, context: StatementContext): Promise<void> {
  await session.run(writeTags(context))
  for (const sql of attachmentFindings(context).tags) await session.run(sql)
}

async function empty(session: SqlSession, ...plans: readonly string[]): Promise<void> {
  for (const sql of session.dialect.emptyTemporaryTables(plans)) await session.run(sql)
}

async function lastTransactionId(session: SqlSession): Promise<number> {
  const row = await session.get<{ last: number | null }>('select max("transactionId") as last from transactions_new')
  return row?.last ?? 0
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
