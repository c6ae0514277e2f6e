import type { DatabaseKind } from '../knex/index.js'
import type { MigrationPhase } from '../migration-phase.js'

/** What a database is, as the beginning of a sentence. */
export function sentenceAboutKind(kind: DatabaseKind): string {
  return KINDS[kind]
}

/** Which command an operator runs next, and why. */
export function sentenceAboutNext(phase: MigrationPhase): string {
  return NEXT[phase]
}

const KINDS: Readonly<Record<DatabaseKind, string>> = {
  legacy: 'a legacy wallet that was not touched yet.',
  'half-migrated': 'a legacy wallet with the new tables beside it, not cut over yet.',
  migrated: 'a wallet that was moved; the legacy tables are kept.',
  finalized: 'a wallet of the new schema; the legacy tables are gone.',
  empty: 'an empty database.',
  'not-a-wallet': 'a database, but no wallet.',
}

const NEXT: Readonly<Record<MigrationPhase, string>> = {
  none: 'Next: txkeep-migrate run for the whole move, or txkeep-migrate expand for its first step.',
  expanded: 'Next: txkeep-migrate capture start, which follows what the application writes.',
  capturing: 'Next: txkeep-migrate backfill, which fills the new tables.',
  backfilled: 'Next: txkeep-migrate verify, which compares every row.',
  verified: 'Next: txkeep-migrate cutover, which swaps the names.',
  'cut-over':
    'Next: txkeep-migrate smoke, then start the new application. txkeep-migrate soak keeps the way back short; rollback goes back with everything written until then.',
  'rolled-back':
    'The legacy wallet is in use again. Next: txkeep-migrate cutover to move it anew, or contract to remove the new tables.',
  finalized: 'Nothing is left to do.',
}
