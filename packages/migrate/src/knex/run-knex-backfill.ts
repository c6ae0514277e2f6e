import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationStats } from '../migration-stats.js'
import { runBackfill } from '../run-backfill.js'
import { KnexBackfillDriver } from './backfill/knex-backfill-driver.js'
import { runUnderLease } from './migration-run.js'
import { nextCommandFrom } from './phase-order.js'

/**
 * Fills the new tables and catches up with what the legacy application wrote meanwhile. Killed anywhere, the next call goes on
 * from the last commit; on a database that is backfilled it only catches up.
 *
 * @throws {PhaseError} when capture is not on yet, or the swap is done.
 */
export async function runKnexBackfill(knex: Knex, options: MigrationOptions = {}): Promise<MigrationStats> {
  const phases = ['capturing', 'backfilled', 'verified', 'rolled-back'] as const
  const request = { command: 'backfill', phases, first: nextCommandFrom }
  return await runUnderLease(
    knex,
    request,
    options,
    async (run) => await runBackfill(new KnexBackfillDriver(run), options),
  )
}
