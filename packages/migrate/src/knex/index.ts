// A database to work on
export {
  openMigrationDatabase,
  type MigrationDatabase,
  type OpenMigrationDatabaseOptions,
} from './open-migration-database.js'
export { migrationStatus, readMigrationPhase, type MigrationStatus } from './migration-status.js'

// Looking at it
export {
  inspectLegacy,
  type AnomalyExample,
  type AnomalySummary,
  type LegacyInspection,
  type LegacyVersion,
} from './inspect/inspect-legacy.js'
export type { DatabaseKind } from './inspect/database-kind.js'
export type { LegacyBalance } from './inspect/legacy-balances.js'
export type { MigrationEstimate } from './inspect/estimate.js'
export type { StatusCell } from './inspect/status-crosstab.js'
export { expectedCoins, type CoinComparison, type ExpectedCoins } from './verify/expected-coins.js'
export type { CoinSet, Holding } from './verify/coin-set.js'
export type { CoinDifference, CoinDifferenceClass } from './verify/coin-difference.js'

// The whole move
export { runSchemaCutover, type RunSchemaCutoverOptions, type SchemaCutoverResult } from './run-schema-cutover.js'

// Before it
export { preflight, type PreflightOptions, type PreflightReport } from './preflight/preflight.js'
export type { PreflightCheck, PreflightOutcome } from './preflight/preflight-check.js'
export type { Baseline } from './preflight/baseline.js'
export type { CutoverSnapshot } from './preflight/snapshot.js'

// Step by step
export { expand } from './expand.js'
export { captureStatus, startCapture, stopCapture, type CaptureStatus } from './capture.js'
export { runKnexBackfill } from './run-knex-backfill.js'
export { verifyMigration, type VerifyOptions, type VerifyReport } from './verify/verify-migration.js'
export { markVerified } from './mark-verified.js'
export { cutover, type CutoverResult } from './cutover.js'
export { smokeTest, type SmokeOptions, type SmokeReport } from './smoke/smoke-test.js'
export { soak, type SoakOptions, type SoakResult } from './reverse/soak.js'
export { rollback, rollback as rollbackSchemaCutover, type RollbackResult } from './rollback.js'
export { rehearseRollback, type RollbackRehearsal } from './rehearse-rollback.js'
export { dropLegacy, type DropLegacyOptions } from './drop-legacy.js'
export { contract } from './contract.js'
export { backfillCoinbaseMaturity, type CoinbaseMaturityResult } from './backfill-coinbase-maturity.js'

// Below the commands
export { KnexBackfillDriver } from './backfill/knex-backfill-driver.js'
export { legacyChecksums, type LegacyChecksums } from './swap/legacy-checksums.js'
export { openSqlSession, withSqlSession, type SqlBinding, type SqlSession } from './sql-session.js'
export { runUnderLease, MIGRATION_LEASE_MS, type MigrationRun } from './migration-run.js'

// Telling others
export { collectReport, type CollectReportOptions } from './report/collect-report.js'
export { StepTimings } from './report/step-timings.js'
export { renderReport } from '../report/render-report.js'
export type { ReportData } from '../report/report-data.js'
