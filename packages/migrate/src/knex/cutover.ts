import { InvalidParameterError } from '@txkeep/core'
import { createTableStatements, MIGRATIONS_TABLE, recordMigrationsStatements } from '@txkeep/storage-knex/schema'
import type { Knex } from 'knex'
import { VerificationFailedError } from '../migration-error.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { catchUpUntilQuiet } from '../run-backfill.js'
import { KnexBackfillDriver } from './backfill/knex-backfill-driver.js'
import { dropCapture, missingCaptureTriggers } from './capture.js'
import { assertNoForeignDependants } from './catalogue-checks.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { runTogether } from './run-together.js'
import { nextCommandFrom } from './phase-order.js'
import { keptName, LEGACY_TABLES, newName, REBUILT_TABLES, RETIRED_PREFIX } from './schema/table-names.js'
import type { SqlSession } from './sql-session.js'
import { forgetDrained, hasDrained } from './reverse/drain.js'
import { dialectOf } from './dialect/dialect-of.js'
import type { MigrationDialect } from './dialect/migration-dialect.js'
import { commitSwap } from './swap/commit-swap.js'
import { addFenceMigration, dropTriggersOf, fenceTriggers, HELD_TABLES, reverseTriggers } from './swap/fence.js'
import { legacyChecksums } from './swap/legacy-checksums.js'
import { keepSchemaText } from './swap/schema-text.js'
import { runSwap, type SwapStep } from './swap/swap-step.js'
import { applySyncMapRewrites, planSyncMapRewrites, type SyncMapRewrite } from './swap/sync-maps.js'

export interface CutoverResult {
  readonly phase: MigrationPhase
  /** False when the database had been cut over before. */
  readonly swapped: boolean
  /** How long writers were held, in milliseconds. */
  readonly writersHeldMs: number
  /** Changes of the legacy application that were followed inside the lock. */
  readonly drained: number
}

/**
 * Swaps the names: the new tables take over, the legacy ones stay as `*_legacy`, untouched. Catches up first, and once more inside
 * the lock, so that no write of the legacy application is lost. Atomic: killed anywhere, the database has the old shape or the new.
 *
 * @throws {PhaseError} before `verify`.
 * @throws {VerificationFailedError} when capture was not complete or a reference points nowhere; nothing was changed.
 * @throws {StoreBusyError} when a reader keeps the commit from succeeding; nothing was changed.
 */
export async function cutover(knex: Knex, options: MigrationOptions = {}): Promise<CutoverResult> {
  assertSwaps(dialectOf(knex))
  const phases = ['verified', 'rolled-back', 'cut-over'] as const
  return await runUnderLease(
    knex,
    { command: 'cutover', phases, first: nextCommandFrom },
    options,
    async (run, state) => {
      const swapped = state.phase !== 'cut-over'
      const result = swapped ? await swap(run, state.phase) : { writersHeldMs: 0, drained: 0 }
      await run.session.dialect.settleReferences(run.session)
      await storeChecksums(run)
      return { phase: 'cut-over', swapped, ...result }
    },
  )
}

/** @throws {InvalidParameterError} where this version fills the new tables, but does not swap them in. */
export function assertSwaps({ name, swaps }: MigrationDialect): void {
  if (!swaps)
    throw new InvalidParameterError(
      'knex',
      name,
      `SQLite or Postgres: this version does not swap names on ${name}. Nothing was changed`,
    )
}

async function swap(run: MigrationRun, from: MigrationPhase): Promise<{ writersHeldMs: number; drained: number }> {
  const { session } = run
  await assertGate(run)
  const driver = new KnexBackfillDriver(run)
  await driver.prepareCatchUp()
  await catchUpUntilQuiet(driver, run.options)
  await assertReferences(session)
  const syncMaps = await planSyncMapRewrites(session)
  await session.dialect.beforeSwap(session)
  await run.step('cutover:before-lock')
  await run.emit({ type: 'step-started', step: 'cutover', title: 'Swap the names' })
  let [began, drained] = [performance.now(), 0]
  const { dialect } = session
  await commitSwap(
    run,
    async () => {
      began = performance.now()
      await dialect.lockForSwap(session, HELD_TABLES, false)
      await run.step('cutover:locked')
      drained = await driver.drain()
      await run.step('cutover:drained')
      await dialect.lockForSwap(session, [...LEGACY_TABLES, ...REBUILT_TABLES.map(newName)], true)
      await dialect.hide(session)
      await runSwap(run, 'cutover', planCutover(run, syncMaps))
    },
    () => catchUpUntilQuiet(driver, run.options),
  )
  const writersHeldMs = performance.now() - began
  await run.emit({ type: 'step-finished', step: 'cutover', durationMs: writersHeldMs, count: drained })
  await run.emit({ type: 'phase-changed', from, to: 'cut-over' })
  await run.step('cutover:committed')
  return { writersHeldMs, drained }
}

/** Every step of the swap, in order. All of them run in one transaction. */
function planCutover(run: MigrationRun, syncMaps: readonly SyncMapRewrite[]): SwapStep[] {
  const { session } = run
  const { dialect } = session
  const rename = (from: string, to: string): SwapStep => ({
    name: `rename-${from}`,
    run: async () => void (await session.run(dialect.renameTable(from, to))),
  })
  return [
    { name: 'keep-schema-text', run: () => keepSchemaText(session) },
    { name: 'carry-sequences', run: () => carrySequences(session) },
    {
      name: 'drop-capture',
      run: async () => {
        await dropCapture(session)
        await dropTriggersOf(session, RETIRED_PREFIX)
      },
    },
    { name: 'rewrite-sync-maps', run: () => applySyncMapRewrites(session, syncMaps) },
    ...LEGACY_TABLES.map((table) => rename(table, keptName(table))),
    ...REBUILT_TABLES.map((table) => rename(newName(table), table)),
    {
      name: 'references',
      run: () => runTogether(session, dialect.declareReferences()),
    },
    { name: 'reverse-capture', run: () => install(session, reverseTriggers(session)) },
    { name: 'fence', run: () => install(session, fenceTriggers(session)) },
    { name: 'fence-migration', run: () => addFenceMigration(session) },
    { name: 'schema-version', run: () => recordSchemaVersion(session) },
    { name: 'phase', run: () => recordPhase(run) },
  ]
}

async function assertGate({ session }: MigrationRun): Promise<void> {
  const missing = await missingCaptureTriggers(session)
  if (missing.length > 0) {
    throw new VerificationFailedError(
      `Capture triggers are missing (${missing.slice(0, 3).join(', ')}), so writes may have been lost. Run txkeep-migrate capture stop, capture start, backfill and verify again.`,
    )
  }
  await assertNoForeignDependants(session)
}

/** Before the lock: it reads every row. What is drained inside the lock is derived with references that exist. */
async function assertReferences(session: SqlSession): Promise<void> {
  for (const table of [...REBUILT_TABLES.map(newName), 'actions']) {
    const broken = await session.dialect.brokenReferences(session, table)
    const ours = broken.filter(({ parent }) => [...REBUILT_TABLES.map(newName), 'actions'].includes(parent))
    if (ours.length > 0) {
      throw new VerificationFailedError(
        `${ours.length} rows of ${table} point to rows of ${String(ours[0]?.parent)} that are not there, the first with number ${String(ours[0]?.rowid)}. Run txkeep-migrate verify.`,
      )
    }
  }
}

async function carrySequences(session: SqlSession): Promise<void> {
  for (const [legacy, legacyKey, table, key] of [
    ['transactions', 'transactionId', 'actions', 'actionId'],
    ['outputs', 'outputId', newName('outputs'), 'outputId'],
    ['commissions', 'commissionId', newName('commissions'), 'commissionId'],
  ] as const) {
    const highest = await session.dialect.readSequence(session, legacy, legacyKey)
    await session.dialect.raiseSequence(session, table, key, highest)
  }
}

async function recordSchemaVersion(session: SqlSession): Promise<void> {
  const { schema } = session.dialect
  for (const sql of [...createTableStatements(schema, MIGRATIONS_TABLE), ...recordMigrationsStatements(schema)])
    await session.run(sql)
}

async function recordPhase(run: MigrationRun): Promise<void> {
  const { session } = run
  const { now, nowMs } = session.dialect
  await session.run(`delete from migration_keep where table_name = 'migration' and key = 'cut-over'`)
  await forgetDrained(session)
  await session.run(
    `insert into migration_keep (table_name, key, state_json) select 'migration', 'cut-over', '{"atMs":' || ${nowMs} || '}'`,
  )
  await session.run(
    `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, 'migration.cut-over', '{"who":"operator"}')`,
  )
  await run.save({ phase: 'cut-over', checksumsJson: null })
}

async function install(session: SqlSession, triggers: readonly { readonly sql: string }[]): Promise<void> {
  await runTogether(
    session,
    triggers.map(({ sql }) => sql),
  )
}

/** Until the first drained write nobody writes the legacy tables, so this needs no lock. Done again by the next call when it was interrupted. */
async function storeChecksums(run: MigrationRun): Promise<void> {
  if ((await run.state()).checksumsJson !== null || (await hasDrained(run.session))) return
  const checksums = await legacyChecksums(run.session, keptName)
  await run.commit(() => run.save({ checksumsJson: JSON.stringify(checksums) }))
  await run.step('cutover:checksums')
}
