import type { MigrationPhase } from '../migration-phase.js'

/** The command that brings a database out of a phase towards the cutover. */
export function nextCommandFrom(phase: MigrationPhase): string | undefined {
  return NEXT[phase]
}

const NEXT: Readonly<Record<MigrationPhase, string | undefined>> = {
  none: 'expand',
  expanded: 'capture start',
  capturing: 'backfill',
  backfilled: 'verify',
  verified: 'cutover',
  'cut-over': 'smoke',
  'rolled-back': 'cutover',
  finalized: undefined,
}
