import { NotAWalletError } from '@txkeep/core'
import { createTableStatements } from '@txkeep/storage-knex/schema'
import type { MigrationPhase } from '../migration-phase.js'
import { MIGRATION_STATE } from './schema/migration-tables.js'
import type { SqlSession } from './sql-session.js'

/** The row of `migration_state`. */
export interface MigrationState {
  readonly phase: MigrationPhase
  readonly step: string | null
  readonly pass: string | null
  readonly cursorJson: string | null
  readonly captureEpoch: string | null
  readonly owner: string | null
  readonly fence: number
  /** Milliseconds since 1970, database time. */
  readonly leaseUntil: number | null
  readonly checksumsJson: string | null
  readonly lastError: string | null
}

/** The row, or a fresh state of phase `none` when no migration has touched the database. */
export async function readMigrationState(session: SqlSession): Promise<MigrationState> {
  if (!(await tableExists(session, MIGRATION_STATE.name))) return UNTOUCHED
  const row = await session.get<MigrationState>(
    `select phase, step, pass, cursor_json as cursorJson, capture_epoch as captureEpoch, owner, fence,
       lease_until as leaseUntil, checksums_json as checksumsJson, last_error as lastError
     from migration_state where id = 1`,
  )
  return row ?? UNTOUCHED
}

/** Makes table and row, unless they are there. */
export async function createMigrationState(session: SqlSession): Promise<void> {
  await session.transaction('immediate', async () => {
    if (!(await tableExists(session, 'users'))) {
      throw new NotAWalletError(
        'The database has no table users, so it is no wallet. Check the path; nothing was changed.',
      )
    }
    if (!(await tableExists(session, MIGRATION_STATE.name))) {
      for (const sql of createTableStatements(session.dialect.schema, MIGRATION_STATE)) await session.run(sql)
    }
    await session.run(
      `insert into migration_state (id, phase) select 1, 'none' where not exists (select 1 from migration_state)`,
    )
  })
}

export async function tableExists(session: SqlSession, name: string): Promise<boolean> {
  return (await session.dialect.columnNames(session, name)).length > 0
}

const UNTOUCHED: MigrationState = {
  phase: 'none',
  step: null,
  pass: null,
  cursorJson: null,
  captureEpoch: null,
  owner: null,
  fence: 0,
  leaseUntil: null,
  checksumsJson: null,
  lastError: null,
}
