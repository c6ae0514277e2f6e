import { MIGRATIONS_TABLE } from '@txkeep/storage-knex/schema'
import type { Knex } from 'knex'
import { VerificationFailedError } from '../migration-error.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { keepChainTip } from './backfill/chain-tip.js'
import { installCapture } from './capture.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { runTogether } from './run-together.js'
import { checkProjection } from './reverse/compare-projection.js'
import { assertUntouched, pendingWrites, ReverseDrain } from './reverse/drain.js'
import { settleNumbers } from './reverse/settle-numbers.js'
import { keptName, FENCE_PREFIX, LEGACY_TABLES, newName, REBUILT_TABLES, REVERSE_PREFIX } from './schema/table-names.js'
import { commitSwap } from './swap/commit-swap.js'
import { dropTriggersOf, HELD_TABLES, removeFenceMigration, retirementTriggers } from './swap/fence.js'
import { restoreSchemaText } from './swap/schema-text.js'
import { runSwap, type SwapStep } from './swap/swap-step.js'
import { restoreSyncMaps } from './swap/sync-maps.js'

export interface RollbackResult {
  readonly phase: MigrationPhase
  /** False when the database had been rolled back before. */
  readonly swapped: boolean
  /** How long the swap kept other writers out. */
  readonly writersHeldMs: number
  /** Writes of the new application that were taken to the legacy tables on the way, beside those of `soak`. */
  readonly drained: number
}

/**
 * Gives the legacy application its tables back, with everything that was written under the new schema as far as the legacy schema
 * has words for it, and follows its writes from the same moment on, so that the next cutover loses none. The new tables stay
 * beside them and keep the rest. Without writes in between the legacy tables are exactly the originals.
 *
 * A new application that is still open is refused from the swap on.
 *
 * @throws {VerificationFailedError} when a legacy table is not as it was left, or a drained row not what it must be. The database
 *   stays cut over; writes that were drained before are in the kept tables and harm nothing.
 */
export async function rollback(knex: Knex, options: MigrationOptions = {}): Promise<RollbackResult> {
  const phases = ['cut-over', 'rolled-back'] as const
  const request = { command: 'rollback', phases, first: commandBeforeRollback }
  return await runUnderLease(knex, request, options, async (run, state) => {
    if (state.phase === 'rolled-back') return { phase: 'rolled-back', swapped: false, writersHeldMs: 0, drained: 0 }
    await assertUntouched(run)
    const drain = new ReverseDrain(run)
    const before = await drainOnline(run, drain)
    await assertProjection(run)
    await run.session.dialect.beforeSwap(run.session)
    await run.step('rollback:before-lock')
    await run.emit({ type: 'step-started', step: 'rollback', title: 'Swap the names back' })
    let [began, rest] = [performance.now(), 0]
    const { dialect } = run.session
    let late = 0
    await commitSwap(
      run,
      async () => {
        began = performance.now()
        await dialect.lockForSwap(run.session, [...HELD_TABLES.map(nameInUse), 'actions', ...REBUILT_TABLES], false)
        await run.step('rollback:locked')
        rest = await drain.rest()
        await run.step('rollback:drained')
        await dialect.lockForSwap(run.session, [...LEGACY_TABLES.map(keptName), ...REBUILT_TABLES], true)
        await dialect.hide(run.session)
        await runSwap(run, 'rollback', planRollback(run))
      },
      async () => {
        late += await drainOnline(run, drain)
      },
    )
    const writersHeldMs = performance.now() - began
    await run.emit({ type: 'step-finished', step: 'rollback', durationMs: writersHeldMs, count: rest })
    await run.emit({ type: 'phase-changed', from: 'cut-over', to: 'rolled-back' })
    await run.step('rollback:committed')
    return { phase: 'rolled-back', swapped: true, writersHeldMs, drained: before + late + rest }
  })
}

/** An application that writes faster than this many batches follow has to be held by the swap itself. */
const MAX_BATCHES = 100_000

/** With writers going on, so that little is left for the lock. */
async function drainOnline(run: MigrationRun, drain: ReverseDrain): Promise<number> {
  await drain.begin()
  if ((await pendingWrites(run.session)) === 0) return 0
  const began = performance.now()
  await run.emit({ type: 'step-started', step: 'drain', title: 'Take new writes to the legacy tables' })
  let drained = 0
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const keys = await drain.batch()
    if (keys === 0) break
    drained += keys
    await run.emit({ type: 'step-progress', step: 'drain', done: drained })
  }
  await run.emit({ type: 'step-finished', step: 'drain', durationMs: performance.now() - began, count: drained })
  return drained
}

/** Before the lock: it reads every drained row. What is drained inside the lock goes the same way. */
async function assertProjection({ session }: MigrationRun): Promise<void> {
  const check = await session.transaction('read', () => checkProjection(session))
  if (check === undefined || check.ok) return
  throw new VerificationFailedError(
    `The kept legacy tables do not say what the new ones do (${check.detail ?? check.id}) Run txkeep-migrate verify; the names were not swapped.`,
  )
}

/** While the new schema is in use a legacy table has its kept name. */
function nameInUse(table: string): string {
  return LEGACY_TABLES.find((name) => name === table) === undefined ? table : `${table}_legacy`
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
    {
      name: 'references',
      run: async () => await runTogether(session, await dialect.withdrawReferences(session)),
    },
    { name: 'settle-numbers', run: () => settleNumbers(session) },
    ...REBUILT_TABLES.map((table) => rename(table, newName(table))),
    ...LEGACY_TABLES.map((table) => rename(keptName(table), table)),
    { name: 'restore-sync-maps', run: () => restoreSyncMaps(session) },
    { name: 'keep-chain-tip', run: () => keepChainTip(session) },
    { name: 'fence-migration', run: () => removeFenceMigration(session) },
    {
      name: 'schema-version',
      run: async () => void (await session.run(`drop table ${dialect.schema.quote(MIGRATIONS_TABLE.name)}`)),
    },
    { name: 'restore-schema-text', run: () => restoreSchemaText(session) },
    {
      name: 'retire',
      run: () =>
        runTogether(
          session,
          retirementTriggers(session).map(({ sql }) => sql),
        ),
    },
    { name: 'capture', run: () => installCapture(session) },
    { name: 'phase', run: () => recordPhase(run) },
  ]
}

async function recordPhase(run: MigrationRun): Promise<void> {
  const { session } = run
  const { now } = session.dialect
  await session.run(`delete from migration_keep where table_name = 'migration' and key = 'cut-over'`)
  await session.run('delete from migration_reverse_outbox')
  await session.run(
    `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, 'migration.rolled-back', '{"who":"operator"}')`,
  )
  await run.save({ phase: 'rolled-back', checksumsJson: null })
}

/** Nothing brings a finalized wallet back. */
export function commandBeforeRollback(phase: MigrationPhase): string | undefined {
  return phase === 'finalized' ? undefined : 'cutover'
}
