import { isMigrationPhase, type MigrationPhase } from '../../migration-phase.js'
import type { SqlSession } from '../sql-session.js'
import type { Catalogue } from '../verify/catalogue.js'

/**
 * What a database is: `legacy` (untouched), `half-migrated` (our tables stand beside the legacy ones), `migrated` (the names
 * are swapped, the legacy tables kept), `finalized` (only our tables), `empty`, or `not-a-wallet`.
 */
export type DatabaseKind = 'legacy' | 'half-migrated' | 'migrated' | 'finalized' | 'empty' | 'not-a-wallet'

export interface DatabaseDescription {
  readonly kind: DatabaseKind
  readonly phase: MigrationPhase
}

/** Decides by the catalogue, which is the truth, and by the phase the migration wrote down. Reads one row at most. */
export async function describeDatabase(session: SqlSession, catalogue: Catalogue): Promise<DatabaseDescription> {
  const phase = catalogue.has('migration_state') ? await readPhase(session) : 'none'
  return { kind: kindOf(catalogue, phase), phase }
}

function kindOf(catalogue: Catalogue, phase: MigrationPhase): DatabaseKind {
  if (catalogue.size === 0) return 'empty'
  if (catalogue.has('transactions_legacy')) return 'migrated'
  if (catalogue.get('transactions')?.has('processing') === true) return 'finalized'
  const isLegacy = catalogue.get('transactions')?.has('status') === true && catalogue.has('proven_tx_reqs')
  if (!isLegacy) return 'not-a-wallet'
  return phase === 'none' && !catalogue.has('transactions_new') ? 'legacy' : 'half-migrated'
}

async function readPhase(session: SqlSession): Promise<MigrationPhase> {
  const row = await session.get<{ phase: string }>(`SELECT phase FROM migration_state WHERE id = 1`)
  return row !== undefined && isMigrationPhase(row.phase) ? row.phase : 'none'
}
