import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { dropCapture } from './capture.js'
import { runUnderLease, type MigrationRun } from './migration-run.js'
import { MIGRATION_STATE, MIGRATION_TABLES } from './schema/migration-tables.js'
import { ADDED_TABLES, newName, REBUILT_TABLES } from './schema/table-names.js'

/** Takes back what `expand` made, before a swap or after a rollback: only the legacy wallet is left. One transaction. */
export async function contract(
  knex: Knex,
  options: MigrationOptions = {},
): Promise<{ readonly phase: MigrationPhase }> {
  const phases = ['none', 'expanded', 'capturing', 'backfilled', 'verified', 'rolled-back'] as const
  const first = (phase: MigrationPhase): string | undefined => (phase === 'cut-over' ? 'rollback' : undefined)
  return await runUnderLease(knex, { command: 'contract', phases, first }, options, async (run, state) => {
    await run.step('contract:begin')
    await run.session.transaction('immediate', async () => {
      // Triggers first: a legacy write between the steps must never meet a trigger without its table.
      await dropCapture(run.session)
      await dropNewTables(run)
      await run.session.run(`drop table ${run.session.dialect.schema.quote(MIGRATION_STATE.name)}`)
      await run.step('contract:before-commit')
    })
    if (state.phase !== 'none') await run.emit({ type: 'phase-changed', from: state.phase, to: 'none' })
    return { phase: 'none' }
  })
}

/** Everything `expand` made beside `migration_state`, as far as it is there. */
export async function dropNewTables(run: MigrationRun): Promise<void> {
  const tables = [
    ...[...REBUILT_TABLES].reverse().map(newName),
    ...ADDED_TABLES,
    ...MIGRATION_TABLES.map(({ name }) => name),
  ]
  for (const table of tables) {
    await run.step(`contract:${table}`)
    await run.session.run(`drop table if exists ${run.session.dialect.schema.quote(table)}`)
  }
}
