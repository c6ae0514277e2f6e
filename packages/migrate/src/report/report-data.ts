import type { CheckResult } from '../check-result.js'
import type { MigrationPhase } from '../migration-phase.js'

/** Everything the report says, gathered from one database. Text in it may be hostile: it comes from wallets. */
export interface ReportData {
  /** The database as it was named, without a password. */
  readonly database: string
  /** ISO-8601, UTC. */
  readonly generatedAt: string
  readonly version: string
  readonly phase: MigrationPhase
  readonly sizeBytes: number
  /** One row per user, in order of `userId`. */
  readonly users: readonly ReportUser[]
  readonly tables: readonly ReportTable[]
  /** Why coins are listed or spendable on one side only. Empty when both sides are equal. */
  readonly differences: readonly ReportDifference[]
  /** One entry per pair of statuses before and after that occurs. */
  readonly statusFlows: readonly StatusFlow[]
  /** How many transactions hold each status in the new tables now; undefined while they are not filled. */
  readonly statusesNow: readonly { readonly status: string; readonly count: number }[] | undefined
  readonly findings: readonly ReportFinding[]
  /** What `verify` said when the report was made; undefined in phases where there is nothing to compare. */
  readonly verification: ReportVerification | undefined
  readonly timings: readonly ReportTiming[]
  /** What a move would take, while it is ahead. */
  readonly estimate: { readonly durationMs: number; readonly extraBytes: number } | undefined
}

export interface ReportVerification {
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
  /** Whether an application wrote to the side in use and the other side does not know yet: those rows were left out. */
  readonly pending: boolean
}

/** Coins and what they are worth. */
export interface Amount {
  readonly coins: number
  readonly satoshis: number
}

/** What one user has. `after` is what the new tables hold, or what they must hold while they are not filled. */
export interface ReportUser {
  readonly userId: number
  readonly identityKey: string | null
  /** Every output ever, spent or not: nothing may be missing here. Undefined after the legacy tables are gone. */
  readonly all: BeforeAndAfter
  /** What wallets list as their balance. */
  readonly listed: BeforeAndAfter
  /** What can be spent at once. */
  readonly spendable: BeforeAndAfter
}

export interface BeforeAndAfter {
  /** Undefined when the legacy tables are gone. */
  readonly before: Amount | undefined
  readonly after: Amount
}

/** One kind of row that moves. */
export interface ReportTable {
  readonly title: string
  /** Where the rows stand in the legacy schema, e.g. `proven_txs`. */
  readonly from: string
  readonly to: string
  readonly before: number | undefined
  /** Undefined while the new tables are not filled. */
  readonly after: number | undefined
}

export interface ReportDifference {
  readonly kind: 'listed' | 'spendable'
  readonly direction: 'left' | 'joined'
  readonly class: string
  readonly coins: number
  readonly satoshis: number
}

export interface StatusFlow {
  readonly from: string
  readonly to: string
  readonly count: number
}

export interface ReportFinding {
  readonly class: string
  readonly title: string
  readonly repair: string
  readonly count: number
  readonly examples: readonly { readonly table: string; readonly key: string; readonly note: string | null }[]
}

export interface ReportTiming {
  readonly step: string
  readonly durationMs: number
  readonly count: number | undefined
}
