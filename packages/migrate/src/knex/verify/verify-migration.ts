import type { HeaderServices } from '@txkeep/core'
import type { Knex } from 'knex'
import type { CheckResult } from '../../check-result.js'
import type { FindingSummary } from '../../finding.js'
import { PhaseError } from '../../migration-error.js'
import type { MigrationEvent } from '../../migration-event.js'
import type { MigrationPhase } from '../../migration-phase.js'
import type { MigrationStats } from '../../migration-stats.js'
import { describeDatabase } from '../inspect/database-kind.js'
import type { SqlSession } from '../sql-session.js'
import { readCatalogue } from './catalogue.js'
import { checkActions } from './checks/action-checks.js'
import { checkAttachments } from './checks/attachment-checks.js'
import { checkCatalogue } from './checks/catalogue-checks.js'
import { checkIntegrity } from './checks/deep-checks.js'
import { checkFindings } from './checks/finding-checks.js'
import { checkFlags } from './checks/flag-checks.js'
import { checkHeaders } from './checks/header-checks.js'
import { checkHistories } from './checks/history-checks.js'
import { checkLegacyUnchanged } from './checks/legacy-unchanged.js'
import { checkLinks } from './checks/link-checks.js'
import { checkOutputs, type VerifiedCoins } from './checks/output-checks.js'
import { checkRows } from './checks/row-checks.js'
import { checkSyncMaps } from './checks/sync-map-checks.js'
import { checkTransactions } from './checks/transaction-checks.js'
import { checkProjection } from '../reverse/compare-projection.js'
import { collectDirtyKeys, dropDirtyKeys, hasWaitingWrites } from './dirty-keys.js'
import { openLegacyDatabase } from './legacy-database.js'
import { buildLegacyModel, dropLegacyModel } from './legacy-model.js'
import { readProvenRows, type ProvenRows } from './proven-rows.js'
import { readFindings } from './read-findings.js'
import { withReadSession } from './read-session.js'
import { readStats } from './read-stats.js'
import type { VerifyContext } from './verify-context.js'

export interface VerifyOptions {
  /** Also lets the engine check every page of the file and every reference. Reads the whole database once more. */
  readonly deep?: boolean
  /** Where block headers come from: then each proof's root is compared with its block's. Asked outside the snapshot. */
  readonly headers?: Pick<HeaderServices, 'isValidRootForHeight'>
  readonly signal?: AbortSignal
  readonly on?: (event: MigrationEvent) => void | Promise<void>
}

export interface VerifyReport {
  readonly ok: boolean
  readonly phase: MigrationPhase
  readonly checks: readonly CheckResult[]
  readonly findings: readonly FindingSummary[]
  readonly coins: VerifiedCoins
  readonly stats: MigrationStats
  /** Whether writes were waiting in an outbox: rows they touch were left out of the comparison. */
  readonly pending: boolean
  /** What was compared, for a smoke test of the same process. Undefined while writes wait, and after the swap. */
  readonly proven: ProvenRows | undefined
}

const READY: readonly MigrationPhase[] = ['backfilled', 'verified', 'cut-over', 'rolled-back']

/**
 * Compares a migrated database with its legacy rows, and with the rules, in one snapshot. It reads only, and derives nothing
 * through the code that wrote the rows: what must be there is worked out a second time, from the legacy tables.
 *
 * @throws {PhaseError} before the backfill is done and after the legacy tables are gone.
 * @throws {NotAWalletError} if the database holds no legacy wallet.
 */
export async function verifyMigration(knex: Knex, options: VerifyOptions = {}): Promise<VerifyReport> {
  const report = await withReadSession(knex, async (session) => {
    const phase = await assertReady(session)
    const db = await openLegacyDatabase(session)
    await options.on?.({ type: 'step-started', step: 'verify', title: 'Working out what must be there' })
    await buildLegacyModel(session, db, options)
    const isDirty = await collectDirtyKeys(session, db)
    const context: VerifyContext = { session, db, isDirty, tipHeight: await readTip(session), signal: options.signal }
    const { checks, coins } = await runChecks(context, options)
    const rest = { findings: await readFindings(session, db.catalogue), stats: await readStats(session, db) }
    const pending = await hasWaitingWrites(session, db)
    const proven = db.swapped || isDirty ? undefined : await readProvenRows(session)
    await dropDirtyKeys(session)
    await dropLegacyModel(session)
    const projection = db.swapped ? await checkProjection(session) : undefined
    if (projection !== undefined) checks.push(projection)
    return { phase, checks, coins, pending, proven, ...rest }
  })
  const checks =
    options.headers === undefined
      ? report.checks
      : [...report.checks, await checkHeaders(knex, options.headers, options.signal)]
  return { ok: checks.every(({ ok }) => ok), ...report, checks }
}

async function assertReady(session: SqlSession): Promise<MigrationPhase> {
  const { phase } = await describeDatabase(session, await readCatalogue(session))
  if (!READY.includes(phase))
    throw new PhaseError('verify', phase, READY, phase === 'finalized' ? undefined : 'backfill')
  return phase
}

async function readTip(session: SqlSession): Promise<number | null> {
  const row = await session.get<{ height: number }>(`SELECT height FROM chain_tip WHERE id = 1`)
  return row?.height ?? null
}

type Check = (context: VerifyContext) => Promise<CheckResult | readonly CheckResult[]>

const BEFORE_COINS: readonly Check[] = [checkRows, checkTransactions, checkActions, checkAttachments]
const AFTER_COINS: readonly Check[] = [
  checkFlags,
  checkLinks,
  checkCatalogue,
  checkSyncMaps,
  checkHistories,
  checkFindings,
  checkLegacyUnchanged,
]

async function runChecks(
  context: VerifyContext,
  options: VerifyOptions,
): Promise<{ checks: CheckResult[]; coins: VerifiedCoins }> {
  const checks: CheckResult[] = []
  const run = async (steps: readonly Check[]): Promise<void> => {
    for (const step of steps) {
      context.signal?.throwIfAborted()
      checks.push(...[await step(context)].flat())
      await options.on?.({ type: 'step-progress', step: 'verify', done: checks.length })
    }
  }
  await run(BEFORE_COINS)
  const outputs = await checkOutputs(context)
  checks.push(...outputs.checks)
  await run(options.deep === true ? [...AFTER_COINS, checkIntegrity] : AFTER_COINS)
  return { checks, coins: outputs.coins }
}
