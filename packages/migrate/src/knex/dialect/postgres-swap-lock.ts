import { postgresSchema } from '@txkeep/storage-knex/schema'
import type { SqlSession } from '../sql-session.js'

const { quote } = postgresSchema

/** How long the swap waits for one lock while it holds others. Longer, and one slow reader would stall everybody behind it. */
const LOCK_TIMEOUT_MS = 75

/**
 * First statements of the transaction of a swap. Writers are kept out first, in the order of the names given, while readers go on; then
 * `exclusively` keeps readers out as well.
 *
 * @throws {StoreBusyError} when somebody holds one of the tables for longer: roll back, follow what was written, and try again.
 */
export async function lockForSwap(session: SqlSession, tables: readonly string[], exclusively: boolean): Promise<void> {
  const mode = exclusively ? 'access exclusive' : 'share row exclusive'
  const place = await session.get<{ schema: string }>('select quote_ident(current_schema()) as schema')
  const names = tables.map((table) => `${place?.schema ?? 'public'}.${quote(table)}`)
  await session.run(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
  await session.run(`lock table ${names.join(', ')} in ${mode} mode`)
}
