import { ConflictError } from '@txkeep/core'
import { MIGRATIONS_TABLE } from '@txkeep/storage-knex/schema'
import type { Knex } from 'knex'
import { VerificationFailedError } from '../migration-error.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { installCapture } from './capture.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { keptName, FENCE_PREFIX, LEGACY_TABLES, newName, REBUILT_TABLES, REVERSE_PREFIX } from './schema/table-names.js'
import { dropTriggersOf, removeFenceMigration } from './swap/fence.js'
import { changedTables, legacyChecksums, type LegacyChecksums } from './swap/legacy-checksums.js'
import { restoreSchemaText } from './swap/schema-text.js'
import { runSwap, type SwapStep } from './swap/swap-step.js'
import { restoreSyncMaps } from './swap/sync-maps.js'

export interface RollbackResult {
  readonly phase: MigrationPhase
  /** False when the database had been rolled back before. */
  readonly swapped: boolean
  /** How long the swap kept other writers out. */
  readonly writersHeldMs: number
}

/**
 * Gives the legacy application its tables back exactly as they were, and follows its writes from the same moment on, so that the
 * next cutover loses none. The new tables stay beside them.
 *
 * @throws {ConflictError} when something was written under the new schema: the legacy tables do not know of it.
 * @throws {VerificationFailedError} when a legacy table is not as it was left. Nothing was changed either way.
 */
export async function rollback(knex: Knex, options: MigrationOptions = {}): Promise<RollbackResult> {
  const phases = ['cut-over', 'rolled-back'] as const
  const request = { command: 'rollback', phases, first: commandBeforeRollback }
  return await runUnderLease(knex, request, options, async (run, state) => {
    if (state.phase === 'rolled-back') return { phase: 'rolled-back', swapped: false, writersHeldMs: 0 }
    await assertUntouched(run, state.checksumsJson)
    await run.step('rollback:before-lock')
    await run.emit({ type: 'step-started', step: 'rollback', title: 'Swap the names back' })
    const began = performance.now()
    await run.commit(async () => {
      await assertNothingWritten(run)
      await runSwap(run, 'rollback', planRollback(run))
    })
    const writersHeldMs = performance.now() - began
    await run.emit({ type: 'step-finished', step: 'rollback', durationMs: writersHeldMs })
    await run.emit({ type: 'phase-changed', from: 'cut-over', to: 'rolled-back' })
    await run.step('rollback:committed')
    return { phase: 'rolled-back', swapped: true, writersHeldMs }
  })
}

/** Every step of the way back, in order. All of them run in one transaction. */
function planRollback(run: MigrationRun): SwapStep[] {
  const { session } = run
  const { dialect } = session
  const rename = (from: string, to: string): SwapStep => ({
    name: `rename-${from}`,
    run: async () => void (await session.run(dialect.renameTable(from, to))),
  })
  return [
    { name: 'drop-fence', run: () => dropTriggersOf(session, FENCE_PREFIX) },
    { name: 'drop-reverse-capture', run: () => dropTriggersOf(session, REVERSE_PREFIX) },
    ...REBUILT_TABLES.map((table) => rename(table, newName(table))),
    ...LEGACY_TABLES.map((table) => rename(keptName(table), table)),
    { name: 'restore-sync-maps', run: () => assertRestored(run) },
    { name: 'fence-migration', run: () => removeFenceMigration(session) },
    {
      name: 'schema-version',
      run: async () => void (await session.run(`drop table ${dialect.schema.quote(MIGRATIONS_TABLE.name)}`)),
    },
    { name: 'restore-schema-text', run: () => restoreSchemaText(session) },
    { name: 'capture', run: () => installCapture(session) },
    { name: 'phase', run: () => recordPhase(run) },
  ]
}

async function assertNothingWritten({ session }: MigrationRun): Promise<void> {
  const written = await session.all<{ table: string; n: number }>(
    'select table_name as "table", count(*) as n from migration_reverse_outbox group by table_name order by table_name',
  )
  if (written.length === 0) return
  throw new ConflictError(
    `The new application has written to this wallet since the cutover (${written.map(({ table, n }) => `${n} × ${table}`).join(', ')}), ` +
      'and the legacy tables do not know of it, so going back would lose it. Restore a backup if the legacy state is what you want; nothing was changed.',
  )
}

/** The legacy tables are what goes into use again: not one byte may have changed. */
async function assertUntouched(run: MigrationRun, checksumsJson: string | null): Promise<void> {
  if (checksumsJson === null) return
  const now = await legacyChecksums(run.session, keptName)
  const changed = changedTables(JSON.parse(checksumsJson) as LegacyChecksums, now)
  if (changed.length === 0) return
  throw new VerificationFailedError(
    `The kept legacy tables ${changed.map(keptName).join(', ')} are not as they were at the cutover. Find out who wrote to them before going back; nothing was changed.`,
  )
}

async function assertRestored({ session }: MigrationRun): Promise<void> {
  const changed = await restoreSyncMaps(session)
  if (changed.length === 0) return
  throw new ConflictError(
    `The synchronization state ${changed.join(', ')} was changed since the cutover, so its legacy numbers cannot be put back. Nothing was changed.`,
  )
}

async function recordPhase(run: MigrationRun): Promise<void> {
  const { session } = run
  const { now } = session.dialect
  await session.run(`delete from migration_keep where table_name = 'migration' and key = 'cut-over'`)
  await session.run(
    `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, 'migration.rolled-back', '{"who":"operator"}')`,
  )
  await run.save({ phase: 'rolled-back', checksumsJson: null })
}

/** Nothing brings a finalized wallet back. */
export function commandBeforeRollback(phase: MigrationPhase): string | undefined {
  return phase === 'finalized' ? undefined : 'cutover'
}
