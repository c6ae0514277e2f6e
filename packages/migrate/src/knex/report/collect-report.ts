import type { Knex } from 'knex'
import { FINDING_CLASSES } from '../../finding-class.js'
import type { FindingSummary } from '../../finding.js'
import type { MigrationEvent } from '../../migration-event.js'
import type { MigrationPhase } from '../../migration-phase.js'
import type { ReportData, ReportDifference, ReportFinding, StatusFlow } from '../../report/report-data.js'
import { inspectLegacy, type LegacyInspection } from '../inspect/inspect-legacy.js'
import { withReadSession } from '../verify/read-session.js'
import type { CoinComparison, ExpectedCoins } from '../verify/expected-coins.js'
import { expectedCoins } from '../verify/expected-coins.js'
import { verifyMigration, type VerifyReport } from '../verify/verify-migration.js'
import { readReportRows, type ReportRows } from './report-rows.js'
import { collectUsers } from './report-users.js'

export interface CollectReportOptions {
  /** How the report names the database; a path, without a password. */
  readonly database: string
  /** The version of the program that makes the report. */
  readonly version: string
  readonly generatedAt?: Date
  readonly signal?: AbortSignal
  readonly on?: (event: MigrationEvent) => void | Promise<void>
}

const COMPARABLE: readonly MigrationPhase[] = ['backfilled', 'verified', 'cut-over', 'rolled-back']

/**
 * Everything a report says, in any phase. Reads only. Where legacy and new rows stand side by side it verifies anew, so that
 * the report never repeats an old answer.
 */
export async function collectReport(knex: Knex, options: CollectReportOptions): Promise<ReportData> {
  const inspection = await inspectLegacy(knex, options)
  const isFinalized = inspection.kind === 'finalized'
  const phase = isFinalized ? 'finalized' : inspection.phase
  const verification = COMPARABLE.includes(phase) ? await verifyMigration(knex, options) : undefined
  const coins = isFinalized ? undefined : (verification?.coins ?? (await expectedCoins(knex, options)))
  const rows = await withReadSession(knex, (session) => readReportRows(session, phase))
  return {
    database: options.database,
    generatedAt: (options.generatedAt ?? new Date()).toISOString(),
    version: options.version,
    phase,
    sizeBytes: inspection.sizeBytes,
    users: collectUsers(rows, coins, verification?.coins),
    tables: rows.tables,
    differences: coins === undefined ? [] : collectDifferences(coins),
    statusFlows: collectFlows(inspection, rows),
    statusesNow: rows.statusesNow,
    findings: collectFindings(inspection, verification),
    verification: verification && { ok: verification.ok, checks: verification.checks, pending: verification.pending },
    timings: rows.timings,
    estimate: inspection.estimate,
  }
}

function collectDifferences({ listed, spendable }: ExpectedCoins): ReportDifference[] {
  const of = (kind: ReportDifference['kind'], comparison: CoinComparison): ReportDifference[] =>
    comparison.differences.map((difference) => ({ kind, ...difference }))
  return [...of('listed', listed), ...of('spendable', spendable)]
}

function collectFlows({ statuses }: LegacyInspection, { drafts }: ReportRows): StatusFlow[] {
  const flows = new Map<string, StatusFlow>()
  const add = (from: string, to: string, count: number): void => {
    const key = JSON.stringify([from, to])
    flows.set(key, { from, to, count: (flows.get(key)?.count ?? 0) + count })
  }
  for (const { transaction, request, hasProof, processing, count } of statuses) {
    const own = transaction.length === 0 ? 'no user' : transaction.join(' + ')
    add(
      request === null || request === own
        ? own === 'no user' && hasProof
          ? 'proof only'
          : own
        : `${own} · ${request}`,
      processing,
      count,
    )
  }
  for (const { status, count } of drafts) add(`${status}, not signed`, 'draft', count)
  return [...flows.values()].sort((a, b) => b.count - a.count)
}

/** Before the backfill what was looked for, after it what was written down. */
function collectFindings({ anomalies }: LegacyInspection, verification: VerifyReport | undefined): ReportFinding[] {
  if (verification !== undefined) return verification.findings.map(findingOf)
  return anomalies.map(({ class: name, title, repair, count, examples }) => ({
    class: name,
    title,
    repair,
    count,
    examples: examples.map(({ table, key1, key2, note }) => ({ table, key: keyOf(key1, key2), note })),
  }))
}

function findingOf({ class: name, count, examples }: FindingSummary): ReportFinding {
  const known: { title: string; repair: string } | undefined = Object.hasOwn(FINDING_CLASSES, name)
    ? FINDING_CLASSES[name as keyof typeof FINDING_CLASSES]
    : undefined
  return {
    class: name,
    title: known?.title ?? name,
    repair: known?.repair ?? examples[0]?.action ?? '',
    count,
    examples: examples.map(({ table, key1, key2, action }) => ({ table, key: keyOf(key1, key2), note: action })),
  }
}

function keyOf(key1: string, key2: string | null): string {
  return key2 === null ? key1 : `${key1} / ${key2}`
}
