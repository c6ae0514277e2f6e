import type { Knex } from 'knex'
import { VerificationFailedError } from '../migration-error.js'
import type { MigrationEvent } from '../migration-event.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import type { MigrationStats } from '../migration-stats.js'
import { startCapture } from './capture.js'
import { assertSwaps, cutover, type CutoverResult } from './cutover.js'
import { dialectOf } from './dialect/dialect-of.js'
import { expand } from './expand.js'
import { StepTimings } from './report/step-timings.js'
import { markVerified } from './mark-verified.js'
import { readMigrationPhase } from './migration-status.js'
import { rollback } from './rollback.js'
import { runKnexBackfill } from './run-knex-backfill.js'
import { recordTriedOut, wasTriedOut } from './smoke/tried-out.js'
import { smokeTest, type SmokeReport } from './smoke/smoke-test.js'
import { verifyMigration, type VerifyReport } from './verify/verify-migration.js'

export interface RunSchemaCutoverOptions extends MigrationOptions {
  /** Also lets the engine check every page of the file while verifying. Default false. */
  readonly deep?: boolean
  /** Leaves the new tables in use when a smoke check fails, instead of going back at once. Default false. */
  readonly hold?: boolean
  /** The hot query's p95 before the move, in milliseconds: one that is over 15 % slower afterwards is a failed smoke check. */
  readonly baselineP95Ms?: number
}

/** How far a whole move got, and what it saw on the way. A part is undefined when the move ended before it. */
export interface SchemaCutoverResult {
  /** Whether the wallet stands under the new schema with every check right. */
  readonly ok: boolean
  readonly phase: MigrationPhase
  /** The wallet had been moved before: nothing was done. */
  readonly wasDone: boolean
  /** A smoke check failed, so the legacy tables were given their names back. */
  readonly wentBack: boolean
  readonly stats: MigrationStats | undefined
  readonly verification: VerifyReport | undefined
  readonly swap: CutoverResult | undefined
  readonly smoke: SmokeReport | undefined
}

/**
 * The whole move: expand, capture, backfill, verify, cutover and smoke, stopping at the first thing that is not right. Killed
 * anywhere, the next call goes on from there, with the smoke checks if only they are missing; on a moved wallet it does nothing. A check that fails is an answer, not an error.
 *
 * @throws {TxkeepError} what the commands throw; the database is in the phase the last one left.
 * @example const { ok, verification } = await runSchemaCutover(knex)
 */
export async function runSchemaCutover(
  knex: Knex,
  options: RunSchemaCutoverOptions = {},
): Promise<SchemaCutoverResult> {
  assertSwaps(dialectOf(knex))
  const before = await readMigrationPhase(knex)
  if (before === 'finalized' || (before === 'cut-over' && (await wasTriedOut(knex))))
    return { ...NOTHING, ok: true, phase: before, wasDone: true }
  const timings = new StepTimings()
  const on = async (event: MigrationEvent): Promise<void> => {
    timings.hear(event)
    await options.on?.(event)
  }
  const result = await move(knex, { ...options, on }, before)
  await timings.save(knex, 'run', { hasWorked: true })
  return result
}

async function move(
  knex: Knex,
  options: RunSchemaCutoverOptions,
  before: MigrationPhase,
): Promise<SchemaCutoverResult> {
  if (before === 'rolled-back') return await cutOver(knex, options, NOTHING)
  if (before === 'cut-over') return await tryOut(knex, options, NOTHING)

  if (before === 'none') await timed(options, 'expand', 'Make the new tables', (timing) => expand(knex, timing))
  if (before === 'none' || before === 'expanded') await startCapture(knex, options)
  const stats = await runKnexBackfill(knex, options)
  const verification = await timed(options, 'verify', 'Compare everything', (timing) => verifyMigration(knex, timing))
  if (!verification.ok) return { ...NOTHING, phase: 'backfilled', stats, verification }
  await markVerified(knex, options)
  return await cutOver(knex, options, { ...NOTHING, stats, verification })
}

const NOTHING: SchemaCutoverResult = {
  ok: false,
  phase: 'none',
  wasDone: false,
  wentBack: false,
  stats: undefined,
  verification: undefined,
  swap: undefined,
  smoke: undefined,
}

async function cutOver(
  knex: Knex,
  options: RunSchemaCutoverOptions,
  soFar: SchemaCutoverResult,
): Promise<SchemaCutoverResult> {
  const swap = await cutover(knex, options)
  return await tryOut(knex, options, { ...soFar, swap })
}

/** No interruption from here on: a wallet is either proven under the new schema or back under the old one. */
async function tryOut(
  knex: Knex,
  { signal: _ignored, ...uninterrupted }: RunSchemaCutoverOptions,
  soFar: SchemaCutoverResult,
): Promise<SchemaCutoverResult> {
  const { hold } = uninterrupted
  let smoke: SmokeReport | undefined
  try {
    const { verification } = soFar
    smoke = await timed(uninterrupted, 'smoke', 'Try the new tables out', (timing) =>
      smokeTest(knex, { ...timing, ...(verification === undefined ? {} : { verified: verification }) }),
    )
  } catch (error) {
    if (hold !== true) await goBack(knex, uninterrupted)
    throw error
  }
  if (smoke.ok) await recordTriedOut(knex)
  const wentBack = !smoke.ok && hold !== true && (await goBack(knex, uninterrupted))
  return { ...soFar, ok: smoke.ok, phase: wentBack ? 'rolled-back' : 'cut-over', wentBack, smoke }
}

/** Whether it was possible: not when the kept tables are not what they must be. */
async function goBack(knex: Knex, options: MigrationOptions): Promise<boolean> {
  try {
    await rollback(knex, options)
    return true
  } catch (error) {
    if (error instanceof VerificationFailedError) return false
    throw error
  }
}

/** Tells of `work` as one step. Steps it starts itself are parts of this one and not told of. */
async function timed<T, O extends MigrationOptions>(
  options: O,
  step: string,
  title: string,
  work: (options: O) => Promise<T>,
): Promise<T> {
  const began = performance.now()
  await options.on?.({ type: 'step-started', step, title })
  const on = async (event: MigrationEvent): Promise<void> => {
    if (event.type !== 'step-started' && event.type !== 'step-finished') await options.on?.(event)
  }
  const result = await work({ ...options, on })
  await options.on?.({ type: 'step-finished', step, durationMs: performance.now() - began })
  return result
}
