import type { Knex } from 'knex'
import type { Difference } from '../check-result.js'
import { PhaseError } from '../migration-error.js'
import { readMigrationState } from './migration-state.js'
import { commandBeforeRollback } from './rollback.js'
import { checkProjection } from './reverse/compare-projection.js'
import { keptName } from './schema/table-names.js'
import { changedTables, legacyChecksums, type LegacyChecksums } from './swap/legacy-checksums.js'
import { withReadSession } from './verify/read-session.js'

/** What a rollback would meet. */
export interface RollbackRehearsal {
  readonly isPossible: boolean
  /** Whether the database has been rolled back already. */
  readonly isDone: boolean
  /** How often the new application wrote to which table since it was drained last: rollback takes that along. */
  readonly written: readonly { readonly table: string; readonly rows: number }[]
  /** Kept legacy tables that are not as the cutover left them. */
  readonly changed: readonly string[]
  /** Rows that were drained, and whose legacy rows do not say what they must. */
  readonly differences: readonly Difference[]
}

/**
 * Whether `rollback` would work now, and what is in its way. Reads only.
 *
 * @throws {PhaseError} where there is nothing to go back from.
 */
export async function rehearseRollback(knex: Knex): Promise<RollbackRehearsal> {
  return await withReadSession(knex, async (session) => {
    const { phase, checksumsJson } = await readMigrationState(session)
    if (phase === 'rolled-back') return { isPossible: true, isDone: true, written: [], changed: [], differences: [] }
    if (phase !== 'cut-over') {
      throw new PhaseError('rollback', phase, ['cut-over', 'rolled-back'], commandBeforeRollback(phase))
    }
    const written = await session.all<{ table: string; rows: number }>(
      'select table_name as "table", count(*) as rows from migration_reverse_outbox group by table_name order by table_name',
    )
    const changed =
      checksumsJson === null
        ? []
        : changedTables(JSON.parse(checksumsJson) as LegacyChecksums, await legacyChecksums(session, keptName)).map(
            keptName,
          )
    const projection = await checkProjection(session)
    const differences = projection?.differences ?? []
    const isPossible = changed.length === 0 && projection?.ok !== false
    return { isPossible, isDone: false, written, changed, differences }
  })
}
