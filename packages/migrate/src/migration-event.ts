import type { MigrationPhase } from './migration-phase.js'

/** What a running command tells whoever shows its progress. */
export type MigrationEvent =
  | { readonly type: 'step-started'; readonly step: string; readonly title: string; readonly total?: number }
  | { readonly type: 'step-progress'; readonly step: string; readonly done: number; readonly total?: number }
  | { readonly type: 'step-finished'; readonly step: string; readonly durationMs: number; readonly count?: number }
  | { readonly type: 'phase-changed'; readonly from: MigrationPhase; readonly to: MigrationPhase }
  /** A point at which the database is in order, passed in order; killing the process there loses nothing. */
  | { readonly type: 'checkpoint'; readonly name: string }
  | { readonly type: 'note'; readonly text: string }
