/** Where a database stands between the legacy schema and ours, as `migration_state.phase` says. Source: docs/spec/migration.md §1. */
export const MIGRATION_PHASES = [
  'none',
  'expanded',
  'capturing',
  'backfilled',
  'verified',
  'cut-over',
  'finalized',
  'rolled-back',
] as const

export type MigrationPhase = (typeof MIGRATION_PHASES)[number]

/** Whether `text` names a phase; a database written by a newer build can hold one that this build does not know. */
export function isMigrationPhase(text: unknown): text is MigrationPhase {
  return MIGRATION_PHASES.some((phase) => phase === text)
}
