import type { Knex } from 'knex'
import type { MigrationDialect } from './dialect/migration-dialect.js'
import { dialectOf } from './dialect/dialect-of.js'

/** What a statement binds. */
export type SqlBinding = string | number | bigint | Uint8Array | null

/**
 * One pinned connection: temporary tables, session settings and the transaction stay where they are. Statements run one at a
 * time; errors are already those of core. While an `iterate` is open only reads are allowed on some engines.
 */
export interface SqlSession {
  readonly dialect: MigrationDialect
  run(sql: string, bindings?: readonly SqlBinding[]): Promise<{ readonly changes: number }>
  all<T>(sql: string, bindings?: readonly SqlBinding[]): Promise<T[]>
  get<T>(sql: string, bindings?: readonly SqlBinding[]): Promise<T | undefined>
  /** Rows one by one, in bounded memory. */
  iterate<T>(sql: string, bindings?: readonly SqlBinding[]): AsyncIterable<T>
  /**
   * The same without names and without waiting between rows: `visit` gets the values of each row in order of the columns. For
   * reading whole tables, where a promise per row would cost as much as the row. `visit` does not use the session.
   */
  each<Row extends readonly unknown[]>(sql: string, visit: (row: Row) => void): Promise<void>
  /**
   * Commits what `work` did, or rolls it back when it throws. `immediate` takes the write lock first, so that nothing read in
   * `work` changes before the commit. Waits a bounded time for locks.
   *
   * @throws {StoreBusyError} when another connection keeps the database locked; nothing was changed.
   */
  transaction<T>(mode: 'read' | 'immediate', work: () => Promise<T>): Promise<T>
  readonly inTransaction: boolean
  /** Gives the connection back to knex with the settings it came with. */
  close(): Promise<void>
}

export interface SqlSessionOptions {
  /** How long a statement outside a transaction, a BEGIN and a COMMIT wait for others, in milliseconds. Default 30 000. */
  readonly lockWaitMs?: number
  /**
   * The session reads whole tables once and keeps notes on every row in temporary tables: those may go to disk, so that memory is
   * bounded whatever the size of the database. Default false.
   */
  readonly readsEverything?: boolean
}

/**
 * Pins one connection of `knex` until `close`. A pool of one (SQLite) has none left meanwhile.
 *
 * @throws {InvalidParameterError} if the engine is not supported.
 */
export async function openSqlSession(knex: Knex, options: SqlSessionOptions = {}): Promise<SqlSession> {
  return await dialectOf(knex).openSession(knex, options)
}

/** Runs `work` on a session of its own and closes it afterwards, whatever happens. */
export async function withSqlSession<T>(
  knex: Knex,
  work: (session: SqlSession) => Promise<T>,
  options: SqlSessionOptions = {},
): Promise<T> {
  const session = await openSqlSession(knex, options)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}
