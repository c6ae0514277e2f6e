import { ConflictError } from '@txkeep/core'
import type { Knex } from 'knex'
import { VerificationFailedError } from '../migration-error.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { nextCommandFrom } from './phase-order.js'
import { MIGRATION_FINDINGS, MIGRATION_TABLES } from './schema/migration-tables.js'
import { FENCE_PREFIX, keptName, REVERSE_PREFIX, type LegacyTable } from './schema/table-names.js'
import { dropTriggersOf } from './swap/fence.js'
import { verifyMigration } from './verify/verify-migration.js'

export interface DropLegacyOptions extends MigrationOptions {
  /** How many days the new schema must have been in use. Default 30; 0 drops at once. */
  readonly afterDays?: number
  /** Gives the freed space back to the disk, which takes as long as copying the database. Default false. */
  readonly vacuum?: boolean
}

const DAY_MS = 86_400_000

/**
 * Drops the kept legacy tables and everything that only a way back needs. There is no way back afterwards. One transaction;
 * findings stay, because they say what was done to the data.
 *
 * @throws {ConflictError} before `afterDays` have passed.
 * @throws {VerificationFailedError} when the last comparison with the legacy tables is not green.
 */
export async function dropLegacy(
  knex: Knex,
  options: DropLegacyOptions = {},
): Promise<{ readonly phase: MigrationPhase }> {
  const phases = ['cut-over', 'finalized'] as const
  const request = { command: 'drop-legacy', phases, first: nextCommandFrom }
  const isDone = await runUnderLease(knex, request, options, async (run, state) => {
    if (state.phase === 'finalized') return true
    await assertOldEnough(run, options.afterDays ?? 30)
    return false
  })
  if (!isDone) {
    const { ok, checks } = await verifyMigration(knex)
    if (!ok) {
      const failed = checks.filter((check) => !check.ok).map(({ id }) => id)
      throw new VerificationFailedError(
        `The legacy tables can still be compared with, and ${failed.join(', ')} failed. Run txkeep-migrate verify; nothing was dropped.`,
      )
    }
  }
  return await runUnderLease(knex, request, options, async (run, state) => {
    if (state.phase === 'cut-over') await drop(run)
    if (options.vacuum === true) {
      await run.step('drop-legacy:vacuum')
      await run.session.dialect.giveBackSpace(run.session)
    }
    return { phase: 'finalized' }
  })
}

async function drop(run: MigrationRun): Promise<void> {
  const { session } = run
  await run.step('drop-legacy:begin')
  await run.commit(async () => {
    await dropTriggersOf(session, FENCE_PREFIX)
    await dropTriggersOf(session, REVERSE_PREFIX)
    const helpers = MIGRATION_TABLES.map(({ name }) => name).filter((name) => name !== MIGRATION_FINDINGS.name)
    // Children before parents, for engines that hold references at once.
    for (const table of [...CHILDREN_FIRST.map(keptName), ...helpers]) {
      await run.step(`drop-legacy:${table}`)
      await session.run(`drop table ${session.dialect.schema.quote(table)}`)
    }
    const { now } = session.dialect
    await session.run(
      `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, 'migration.finalized', '{"who":"operator"}')`,
    )
    await run.save({ phase: 'finalized', pass: null, cursorJson: null })
    await run.step('drop-legacy:before-commit')
  })
  await run.emit({ type: 'phase-changed', from: 'cut-over', to: 'finalized' })
  await run.step('drop-legacy:done')
}

const CHILDREN_FIRST: readonly LegacyTable[] = [
  'output_tags_map',
  'tx_labels_map',
  'commissions',
  'outputs',
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
]

async function assertOldEnough({ session }: MigrationRun, afterDays: number): Promise<void> {
  const row = await session.get<{ state: string; nowMs: number }>(
    `select state_json as state, ${session.dialect.nowMs} as nowMs from migration_keep where table_name = 'migration' and key = 'cut-over'`,
  )
  if (row === undefined) return
  const { atMs } = JSON.parse(row.state) as { atMs: number }
  const days = (row.nowMs - atMs) / DAY_MS
  if (days >= afterDays) return
  throw new ConflictError(
    `The new schema has been in use for ${Math.floor(days)} of ${afterDays} days. Wait, or say --after ${Math.floor(days)}; nothing was dropped.`,
  )
}
