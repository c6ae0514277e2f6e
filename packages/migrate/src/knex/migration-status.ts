import type { Knex } from 'knex'
import type { MigrationPhase } from '../migration-phase.js'
import { captureStatus, type CaptureStatus } from './capture.js'
import { describeDatabase, type DatabaseKind } from './inspect/database-kind.js'
import { isDeadOwner } from './lease-owner.js'
import { readMigrationState, tableExists } from './migration-state.js'
import { nextCommandFrom } from './phase-order.js'
import { withSqlSession, type SqlSession } from './sql-session.js'
import { readCatalogue } from './verify/catalogue.js'

/** Where a database stands, and what comes next. */
export interface MigrationStatus {
  readonly kind: DatabaseKind
  readonly phase: MigrationPhase
  /** What a command that was stopped was doing, for support; running it again goes on from there. */
  readonly step: string | null
  /** The command that brings it towards the cutover, or undefined when there is none left. */
  readonly nextCommand: string | undefined
  /** Undefined where the legacy tables are not in use any more. */
  readonly capture: CaptureStatus | undefined
  /** Whether another migrator is at work on it now, and who. */
  readonly busy: { readonly owner: string; readonly leaseUntil: string } | null
  /** How many findings were written down, by class. */
  readonly findings: Readonly<Record<string, number>>
  readonly lastError: string | null
}

/** Reads it; changes nothing. Works in every phase. */
export async function migrationStatus(knex: Knex): Promise<MigrationStatus> {
  const read = await withSqlSession(knex, async (session) => {
    const { kind, phase } = await readPhaseOf(session)
    const state = await readMigrationState(session)
    const isHeld = state.owner !== null && state.leaseUntil !== null && !isDeadOwner(state.owner)
    return {
      kind,
      phase,
      step: state.step,
      nextCommand: nextCommandFrom(phase),
      busy: isHeld ? { owner: state.owner, leaseUntil: new Date(state.leaseUntil).toISOString() } : null,
      findings: await countFindings(session),
      lastError: state.lastError,
    }
  })
  const isLegacyInUse = read.kind === 'legacy' || read.kind === 'half-migrated'
  return { ...read, capture: isLegacyInUse ? await captureStatus(knex) : undefined }
}

/** Only the phase. A wallet that was never legacy counts as finalized: there is nothing to move. */
export async function readMigrationPhase(knex: Knex): Promise<MigrationPhase> {
  return await withSqlSession(knex, async (session) => (await readPhaseOf(session)).phase)
}

async function readPhaseOf(session: SqlSession): Promise<{ kind: DatabaseKind; phase: MigrationPhase }> {
  const { kind, phase } = await describeDatabase(session, await readCatalogue(session))
  return { kind, phase: kind === 'finalized' && phase === 'none' ? 'finalized' : phase }
}

async function countFindings(session: SqlSession): Promise<Record<string, number>> {
  if (!(await tableExists(session, 'migration_findings'))) return {}
  const rows = await session.all<{ class: string; count: number }>(
    'select class, count(*) as count from migration_findings group by class order by class',
  )
  return Object.fromEntries(rows.map((row) => [row.class, row.count]))
}
