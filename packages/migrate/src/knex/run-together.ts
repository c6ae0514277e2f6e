import type { SqlSession } from './sql-session.js'

/** Runs statements without bindings in order, with as few trips to the server as the engine allows. */
export async function runTogether(session: SqlSession, statements: readonly string[]): Promise<void> {
  if (statements.length === 0) return
  const { takesManyStatements } = session.dialect
  for (const sql of takesManyStatements ? [statements.join('; ')] : statements) await session.run(sql)
}
