import type { Knex } from 'knex'

interface DriverConnection {
  query: (this: DriverConnection, statement: unknown, ...rest: unknown[]) => unknown
}

/** A pool of one whose statements pass through `rewrite` on their way to the server. */
export function rewritingPool(rewrite: (sql: string) => string): Knex.PoolConfig {
  return {
    min: 0,
    max: 1,
    afterCreate: (
      connection: DriverConnection,
      done: (error: Error | null, connection: DriverConnection) => void,
    ): void => {
      const query = connection.query
      connection.query = function (statement, ...rest) {
        return query.call(this, rewritten(statement, rewrite), ...rest)
      }
      done(null, connection)
    },
  }
}

/** `pg` takes the text under `text`, `mysql2` under `sql`, and both a plain string. */
function rewritten(statement: unknown, rewrite: (sql: string) => string): unknown {
  if (typeof statement === 'string') return rewrite(statement)
  if (typeof statement !== 'object' || statement === null) return statement
  for (const key of ['text', 'sql'] as const) {
    const sql = (statement as Record<string, unknown>)[key]
    if (typeof sql === 'string') (statement as Record<string, unknown>)[key] = rewrite(sql)
  }
  return statement
}
