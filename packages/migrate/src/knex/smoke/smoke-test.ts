import type { Knex } from 'knex'
import type { CheckResult } from '../../check-result.js'
import type { FindingSummary } from '../../finding.js'
import { verifyMigration, type VerifyOptions } from '../verify/verify-migration.js'

export interface SmokeOptions extends VerifyOptions {
  readonly sample?: number
  readonly seed?: number
}

export interface SmokeReport {
  readonly ok: boolean
  readonly checks: readonly CheckResult[]
  readonly findings: readonly FindingSummary[]
}

// Placeholder of cli until prove's smoke test stands: it compares as verify does.
export async function smokeTest(knex: Knex, options: SmokeOptions = {}): Promise<SmokeReport> {
  const { ok, findings } = await verifyMigration(knex, options)
  return { ok, checks: [], findings }
}
