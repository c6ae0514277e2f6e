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

// Step by step
export { expand } from './expand.js'
export { captureStatus, startCapture, stopCapture, type CaptureStatus } from './capture.js'

// Telling others
export { collectReport, type CollectReportOptions } from './report/collect-report.js'
export { recordTimings } from './report/timings.js'
export { renderReport } from '../report/render-report.js'
export type { ReportData } from '../report/report-data.js'
