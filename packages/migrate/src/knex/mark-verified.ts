import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import { runUnderLease } from './migration-run.js'
import { nextCommandFrom } from './phase-order.js'

/** Advances a backfilled database to `verified` after a green `verifyMigration`. Later phases stay as they are. */
export async function markVerified(knex: Knex, options: MigrationOptions = {}): Promise<void> {
  const phases = ['backfilled', 'verified', 'rolled-back', 'cut-over', 'finalized'] as const
  await runUnderLease(knex, { command: 'verify', phases, first: nextCommandFrom }, options, async (run, state) => {
    if (state.phase !== 'backfilled') return
    await run.commit(() => run.save({ phase: 'verified' }))
    await run.emit({ type: 'phase-changed', from: 'backfilled', to: 'verified' })
  })
}
