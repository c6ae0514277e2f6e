import type { Knex } from 'knex'
import type { ReportTiming } from '../../report/report-data.js'
import { tableExists } from '../migration-state.js'
import { withSqlSession, type SqlSession } from '../sql-session.js'

const EVENT = 'migration.timing'

/** Writes down how long steps took, for the report. Does nothing where `tx_audit` does not stand. One transaction. */
export async function recordTimings(knex: Knex, timings: readonly ReportTiming[]): Promise<void> {
  if (timings.length === 0) return
  await withSqlSession(knex, async (session) => {
    if (!(await tableExists(session, 'tx_audit'))) return
    const { now } = session.dialect
    await session.transaction('immediate', async () => {
      for (const { step, durationMs, count } of timings) {
        await session.run(
          `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, '${EVENT}', ?)`,
          [JSON.stringify({ who: 'operator', step, durationMs, count })],
        )
      }
    })
  })
}

/** What was written down, oldest first. A step that was done again counts once, with its last time. */
export async function readTimings(session: SqlSession): Promise<ReportTiming[]> {
  if (!(await tableExists(session, 'tx_audit'))) return []
  const rows = await session.all<{ details: string | null }>(
    `select details_json as details from tx_audit where event = '${EVENT}' order by auditId`,
  )
  const timings = new Map<string, ReportTiming>()
  for (const { details } of rows) {
    const timing = parseTiming(details)
    if (timing !== undefined) timings.set(timing.step, timing)
  }
  return [...timings.values()]
}

function parseTiming(details: string | null): ReportTiming | undefined {
  const value: unknown = JSON.parse(details ?? 'null')
  if (typeof value !== 'object' || value === null || !('step' in value) || !('durationMs' in value)) return undefined
  const count = 'count' in value && typeof value.count === 'number' ? value.count : undefined
  return { step: String(value.step), durationMs: Number(value.durationMs), count }
}
