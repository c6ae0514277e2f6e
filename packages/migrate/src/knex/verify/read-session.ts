import type { Knex } from 'knex'
import { withSqlSession, type SqlSession } from '../sql-session.js'

/** Runs `work` on one connection and one snapshot: whatever others write meanwhile, it sees one moment. */
export async function withReadSession<T>(knex: Knex, work: (session: SqlSession) => Promise<T>): Promise<T> {
  return await withSqlSession(knex, async (session) => await session.transaction('read', () => work(session)), {
    readsEverything: true,
  })
}
