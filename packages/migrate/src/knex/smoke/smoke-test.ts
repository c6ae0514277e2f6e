import { createStore } from '@txkeep/storage-knex'
import type { Knex } from 'knex'
import type { CheckResult } from '../../check-result.js'
import type { FindingSummary } from '../../finding.js'
import { PhaseError } from '../../migration-error.js'
import type { MigrationEvent } from '../../migration-event.js'
import { describeDatabase } from '../inspect/database-kind.js'
import type { SqlSession } from '../sql-session.js'
import { readCatalogue } from '../verify/catalogue.js'
import { checkActions } from '../verify/checks/action-checks.js'
import { checkOrphans } from '../verify/checks/link-checks.js'
import { checkOutputs, type VerifiedCoins } from '../verify/checks/output-checks.js'
import { checkRows } from '../verify/checks/row-checks.js'
import { collectDirtyKeys, dropDirtyKeys } from '../verify/dirty-keys.js'
import { openLegacyDatabase } from '../verify/legacy-database.js'
import { buildLegacyModel, dropLegacyModel } from '../verify/legacy-model.js'
import { readFindings } from '../verify/read-findings.js'
import { withReadSession } from '../verify/read-session.js'
import type { VerifyContext } from '../verify/verify-context.js'
import type { VerifyReport } from '../verify/verify-migration.js'
import { checkHotQueryLatency, checkHotQueryPlan, findHotBasket } from './hot-query-check.js'
import type { HotBasket, Latency } from './latency.js'
import { checkSample } from './sample-check.js'
import { checkSettledCoins, checkSettledRows, readSettledRows, type SettledRows } from './settled-rows.js'
import { checkLease, checkRefresh } from './store-checks.js'

export interface SmokeOptions {
  /** How many transactions are looked at one by one. Default 200. */
  readonly sample?: number
  /** Which ones: the same number picks the same. Default 1. */
  readonly seed?: number
  /** The hot query's p95 before the move, in milliseconds, as `preflight` measured it. */
  readonly baselineP95Ms?: number
  /**
   * What `verifyMigration` found before the swap in this process. As long as nothing was written since, its comparison of rows is
   * taken over; what only the swap could change is looked at all the same.
   */
  readonly verified?: VerifyReport
  readonly signal?: AbortSignal
  readonly on?: (event: MigrationEvent) => void | Promise<void>
}

export interface SmokeReport {
  readonly ok: boolean
  /** In order of docs/spec/rollout.md §2; ids begin with `smoke.` and the number of the check there. */
  readonly checks: readonly CheckResult[]
  readonly findings: readonly FindingSummary[]
  readonly coins: VerifiedCoins
  /** How fast the hot query is now; undefined when no basket has coins. */
  readonly hotQuery: Latency | undefined
}

const DEFAULT_SAMPLE = 200
const DEFAULT_SEED = 1

/**
 * The ten checks right after the swap: the rows, the coins, and the new code at work on them. What is written on the way is
 * rolled back. Source: docs/spec/rollout.md §2.
 *
 * @throws {PhaseError} when the names have not been swapped.
 */
export async function smokeTest(knex: Knex, options: SmokeOptions = {}): Promise<SmokeReport> {
  await options.on?.({ type: 'step-started', step: 'smoke', title: 'Try the new tables out', total: 10 })
  const rows = await withReadSession(knex, async (session) => await checkStoredRows(session, options))
  options.signal?.throwIfAborted()
  const work = await checkWork(knex, rows.basket, options)
  const checks = [...rows.checks, ...work.checks].sort((a, b) => numberOf(a) - numberOf(b))
  await options.on?.({ type: 'step-progress', step: 'smoke', done: 10, total: 10 })
  const { findings, coins } = rows
  return { ok: checks.every(({ ok }) => ok), checks, findings, coins, hotQuery: work.hotQuery }
}

interface StoredRows {
  readonly checks: readonly CheckResult[]
  readonly findings: readonly FindingSummary[]
  readonly coins: VerifiedCoins
  readonly basket: HotBasket | undefined
}

/** Checks 1 to 5, 9, and the plan of 10: one snapshot, reads only. */
async function checkStoredRows(session: SqlSession, options: SmokeOptions): Promise<StoredRows> {
  const { phase } = await describeDatabase(session, await readCatalogue(session))
  if (phase !== 'cut-over')
    throw new PhaseError('smoke', phase, ['cut-over'], phase === 'finalized' ? undefined : 'cutover')
  const db = await openLegacyDatabase(session)
  const settled = await readSettledRows(session, options.verified)
  const tip = await session.get<{ height: number }>(`SELECT height FROM chain_tip WHERE id = 1`)
  const unchanged = { session, db, isDirty: false, tipHeight: tip?.height ?? null, signal: options.signal }
  const { checks, coins } =
    settled === undefined
      ? await compareStoredRows(unchanged, options)
      : await takeOverStoredRows(unchanged, settled, options)
  return {
    checks: [...checks, await checkHotQueryPlan(session)],
    coins,
    findings: await readFindings(session, db.catalogue),
    basket: await findHotBasket(session, db.ours('outputs')),
  }
}

type StoredRowChecks = Pick<StoredRows, 'checks' | 'coins'>

/** Against what verify proved in this process: counts, coins, references and a sample. */
async function takeOverStoredRows(
  context: VerifyContext,
  settled: SettledRows,
  options: SmokeOptions,
): Promise<StoredRowChecks> {
  const { checks, coins } = await checkSettledCoins(context.session, settled)
  const sample = await checkSample(context, options.sample ?? DEFAULT_SAMPLE, options.seed ?? DEFAULT_SEED)
  const orphans = { ...(await checkOrphans(context)), id: 'smoke.4-orphans' }
  return { checks: [...checkSettledRows(settled), sample, orphans, ...checks], coins }
}

/** Against the legacy rows, one by one. */
async function compareStoredRows(unchanged: VerifyContext, options: SmokeOptions): Promise<StoredRowChecks> {
  const { session, db } = unchanged
  await buildLegacyModel(session, db, options)
  const context: VerifyContext = { ...unchanged, isDirty: await collectDirtyKeys(session, db) }
  const rows = await checkRows(context)
  const actions = await checkActions(context)
  const outputs = await checkOutputs(context)
  const checks = [
    ...renumber(rows, { 'rows.transactions': 'smoke.1-transactions', 'rows.actions': 'smoke.2-actions' }),
    await checkSample(context, options.sample ?? DEFAULT_SAMPLE, options.seed ?? DEFAULT_SEED),
    { ...(await checkOrphans(context)), id: 'smoke.4-orphans' },
    ...renumber(actions, { drafts: 'smoke.4-drafts' }),
    ...renumber(rows, {
      'rows.tx_labels_map': 'smoke.5-labels',
      'rows.output_tags_map': 'smoke.5-tags',
      'rows.commissions': 'smoke.5-commissions',
    }),
    ...renumber(outputs.checks, {
      'coins.spendable-set': 'smoke.9-spendable-set',
      'coins.spendable-holdings': 'smoke.9-spendable-holdings',
      'coins.listed-set': 'smoke.9-listed-set',
      'coins.listed-holdings': 'smoke.9-listed-holdings',
    }),
  ]
  await dropDirtyKeys(session)
  await dropLegacyModel(session)
  return { checks, coins: outputs.coins }
}

/** Checks 6, 7, 8 and the speed of 10: the store and the service at work. */
async function checkWork(
  knex: Knex,
  basket: HotBasket | undefined,
  options: SmokeOptions,
): Promise<{ checks: CheckResult[]; hotQuery: Latency | undefined }> {
  const store = await createStore(knex)
  try {
    // Loaded only here: it brings the SDK, some 9 MB that no other step needs.
    const { checkLifecycle } = await import('./lifecycle-check.js')
    const lifecycle = await checkLifecycle(store)
    const refresh = await checkRefresh(store)
    const lease = await checkLease(store)
    const { check, latency } = await checkHotQueryLatency(store, basket, options.baselineP95Ms)
    return { checks: [lifecycle, refresh, lease, check], hotQuery: latency }
  } finally {
    await store.close()
  }
}

/** The checks with these ids, under their number in the list of smoke checks. */
function renumber(checks: readonly CheckResult[], ids: Readonly<Record<string, string>>): CheckResult[] {
  return checks.flatMap((check) => {
    const id = ids[check.id]
    return id === undefined ? [] : [{ ...check, id }]
  })
}

function numberOf({ id }: CheckResult): number {
  return Number(/^smoke\.(\d+)/.exec(id)?.[1] ?? 0)
}
