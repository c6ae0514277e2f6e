// Running a backfill over any engine
export { runBackfill } from './run-backfill.js'
export type { BackfillDriver, BackfillPosition, BackfillStage, RangeResult } from './backfill-driver.js'
export type { MigrationOptions } from './migration-options.js'
export type { MigrationStats } from './migration-stats.js'

// What a migration tells
export { MIGRATION_PHASES, type MigrationPhase } from './migration-phase.js'
export type { MigrationEvent } from './migration-event.js'
export type { CheckResult, Difference } from './check-result.js'
export type { Finding, FindingSummary } from './finding.js'
export { FINDING_CLASSES, type FindingClass } from './finding-class.js'

// Errors
export { MigrationAbortedError, MigrationBusyError, PhaseError, VerificationFailedError } from './migration-error.js'
