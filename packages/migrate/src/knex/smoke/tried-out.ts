import type { Knex } from 'knex'
import { withSqlSession } from '../sql-session.js'

const EVENT = 'migration.smoke-passed'

/** Writes down that the smoke checks passed after the cutover, so that a run killed before them does not count as done. */
export async function recordTriedOut(knex: Knex): Promise<void> {
  await withSqlSession(knex, async (session) => {
    const { now } = session.dialect
    await session.transaction('immediate', async () => {
      await session.run(
        `insert into tx_audit (created_at, updated_at, event, details_json) values (${now}, ${now}, '${EVENT}', '{"who":"operator"}')`,
      )
    })
  })
}

/** Whether the smoke checks passed since the names were swapped last. */
export async function wasTriedOut(knex: Knex): Promise<boolean> {
  return await withSqlSession(knex, async (session) => {
    const last = await session.get<{ event: string }>(
      `select event from tx_audit where event in ('migration.cut-over', '${EVENT}') order by ${session.dialect.schema.quote('auditId')} desc limit 1`,
    )
    return last?.event === EVENT
  })
}
