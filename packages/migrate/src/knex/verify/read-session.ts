import type { Knex } from 'knex'
import type Database from 'better-sqlite3'

export interface SqlSession {
  run(sql: string, bindings?: readonly unknown[]): Promise<{ changes: number }>
  all<T>(sql: string, bindings?: readonly unknown[]): Promise<T[]>
  get<T>(sql: string, bindings?: readonly unknown[]): Promise<T | undefined>
  iterate<T>(sql: string, bindings?: readonly unknown[]): AsyncIterable<T>
}

export async function withReadSession<T>(knex: Knex, work: (session: SqlSession) => Promise<T>): Promise<T> {
  const connection = (await knex.client.acquireConnection()) as Database.Database
  const session: SqlSession = {
    run: (sql, bindings = []) => Promise.resolve(connection.prepare(sql).run(...bindings)),
    all: <R>(sql: string, bindings: readonly unknown[] = []) =>
      Promise.resolve(connection.prepare(sql).all(...bindings) as R[]),
    get: <R>(sql: string, bindings: readonly unknown[] = []) =>
      Promise.resolve(connection.prepare(sql).get(...bindings) as R | undefined),
    iterate: async function* <R>(sql: string, bindings: readonly unknown[] = []) {
      yield* connection.prepare(sql).iterate(...bindings) as IterableIterator<R>
    },
  }
  try {
    connection.exec('BEGIN')
    return await work(session)
  } finally {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    await knex.client.releaseConnection(connection)
  }
}
