import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { StoreBusyError } from '@txkeep/core'
import type Database from 'better-sqlite3'
import type { Knex } from 'knex'
import type { SqlBinding, SqlSession, SqlSessionOptions } from '../sql-session.js'
import type { MigrationDialect } from './migration-dialect.js'
import { LEGACY_FENCE_SENTENCE } from '@txkeep/storage-knex/schema'
import { ROLLED_BACK_SENTENCE } from './rolled-back-sentence.js'
import { isSqliteBusy, translateSqliteError } from './sqlite-errors.js'

const MAX_CACHED_STATEMENTS = 300
/** How long BEGIN and COMMIT are tried again while another connection is in the way. */
const LOCK_WAIT_MS = 30_000
/** One blocking attempt. Short, because it blocks this thread, and with it a writer of the same process. */
const BUSY_TIMEOUT_MS = 200
const CACHE_KIB = 12_000
/**
 * A sort takes as much again as the cache may have before it hands a run to a helper thread, which sorts it beside the reading of
 * the next; making an index reads its table once, in order. Short runs keep both threads busy and fit the processor's cache.
 */
const SORT_CACHE_KIB = 1000
const SORT_THREADS = 2
/** A session that reads everything once needs few pages twice, but its temporary tables grow with the wallet. */
const READING_CACHE_KIB = 8000
const TEMPORARY_CACHE_KIB = 8000

/** How long statements may follow each other before signals and timers of this process are heard. */
const TURN_MS = 50

/** Settings a migration needs that belong to the connection and outlive a transaction. */
const SETTINGS: readonly (readonly [pragma: string, value: string | number])[] = [
  ['busy_timeout', BUSY_TIMEOUT_MS],
  // A no-op inside a transaction, so it is off before any begins: the legacy rows may break references, and tables are renamed.
  ['foreign_keys', 0],
  // References and triggers follow a renamed table only while this is off.
  ['legacy_alter_table', 0],
  ['recursive_triggers', 0],
  ['cache_size', -CACHE_KIB],
  // FULL in SQLite's numbering: a commit survives a power cut.
  ['synchronous', 2],
  ['threads', SORT_THREADS],
]

/** Pins the connection of a better-sqlite3 pool. `close` restores every setting. */
export async function openSqliteMigrationSession(
  knex: Knex,
  dialect: MigrationDialect,
  { lockWaitMs = LOCK_WAIT_MS, readsEverything = false }: SqlSessionOptions,
): Promise<SqlSession> {
  const database: Database.Database = await knex.client.acquireConnection()
  try {
    return new SqliteMigrationSession(knex, database, dialect, { lockWaitMs, readsEverything })
  } catch (error) {
    knex.client.releaseConnection(database)
    throw translateSqliteError(error)
  }
}

/** Runs `work` while `sqlite_schema` can be written to. */
export async function allowSchemaWrites(session: SqlSession, work: () => Promise<void>): Promise<void> {
  if (session instanceof SqliteMigrationSession) await session.withSchemaWrites(work)
}

/** Runs `work` with a small page cache, and so with small sorts. */
export async function withSmallCache<T>(session: SqlSession, work: () => Promise<T>): Promise<T> {
  await session.run(`pragma cache_size = -${SORT_CACHE_KIB}`)
  try {
    return await work()
  } finally {
    await session.run(`pragma cache_size = -${CACHE_KIB}`)
  }
}

class SqliteMigrationSession implements SqlSession {
  readonly dialect: MigrationDialect
  readonly #knex: Knex
  readonly #database: Database.Database
  readonly #statements: Map<string, Database.Statement> = new Map()
  readonly #settingsBefore: readonly (readonly [string, unknown])[]
  readonly #lockWaitMs: number
  #lastTurn = performance.now()
  #closed = false

  constructor(
    knex: Knex,
    database: Database.Database,
    dialect: MigrationDialect,
    { lockWaitMs, readsEverything }: Required<SqlSessionOptions>,
  ) {
    this.#lockWaitMs = lockWaitMs
    this.#knex = knex
    this.#database = database
    this.dialect = dialect
    this.#settingsBefore = SETTINGS.map(([pragma]) => [pragma, database.pragma(pragma, { simple: true })])
    for (const [pragma, value] of SETTINGS) database.pragma(`${pragma} = ${value}`)
    for (const name of ['txkeep_session', LEGACY_FENCE_SENTENCE, ROLLED_BACK_SENTENCE]) {
      database.function(name, { deterministic: true }, () => 1)
    }
    if (readsEverything) database.pragma(`cache_size = -${READING_CACHE_KIB}`)
    // Whatever does not fit goes to disk, so that memory is bounded; helper threads sort only what may go there.
    database.pragma('temp_store = file')
    database.pragma(`temp.cache_size = -${TEMPORARY_CACHE_KIB}`)
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  async run(sql: string, bindings: readonly SqlBinding[] = []): Promise<{ readonly changes: number }> {
    return await this.#retryingOutside(() => ({ changes: this.#prepare(sql).run(...bindings).changes }))
  }

  async all<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T[]> {
    return await this.#retryingOutside(() => this.#prepare(sql).all(...bindings) as T[])
  }

  async get<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T | undefined> {
    return await this.#retryingOutside(() => this.#prepare(sql).get(...bindings) as T | undefined)
  }

  /** By hand, because handing rows through an async generator costs three times the promises. */
  iterate<T>(sql: string, bindings: readonly SqlBinding[] = []): AsyncIterable<T> {
    const database = this.#database
    return {
      [Symbol.asyncIterator]() {
        let rows: IterableIterator<T> | undefined
        return {
          next: () =>
            settled(() => {
              // Not from the cache: a statement that is being iterated cannot be used a second time.
              rows ??= database.prepare(sql).iterate(...bindings) as IterableIterator<T>
              return rows.next()
            }),
          return: () => settled(() => rows?.return?.() ?? { done: true, value: undefined }),
        }
      },
    }
  }

  async each<Row extends readonly unknown[]>(sql: string, visit: (row: Row) => void): Promise<void> {
    try {
      const rows = this.#database.prepare(sql).raw().iterate() as IterableIterator<Row>
      for (const row of rows) visit(row)
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  async transaction<T>(mode: 'read' | 'immediate', work: () => Promise<T>): Promise<T> {
    const begin = mode === 'read' ? 'begin' : 'begin immediate'
    await this.#retryWhileBusy(() => this.#prepare(begin).run(), 'start writing')
    try {
      const result = await work()
      // In rollback-journal mode an open reader makes COMMIT fail with the transaction still alive: try the COMMIT again.
      await this.#retryWhileBusy(() => this.#prepare('commit').run(), 'commit')
      return result
    } catch (error) {
      if (this.#database.open && this.#database.inTransaction) this.#prepare('rollback').run()
      throw error
    }
  }

  async withSchemaWrites(work: () => Promise<void>): Promise<void> {
    // The driver forbids it by default.
    this.#database.unsafeMode(true)
    this.#database.pragma('writable_schema = on')
    try {
      await work()
    } finally {
      this.#statements.clear()
      this.#database.pragma('writable_schema = off')
      this.#database.unsafeMode(false)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#statements.clear()
    if (this.#database.open) {
      for (const [pragma, value] of this.#settingsBefore) this.#database.pragma(`${pragma} = ${String(value)}`)
    }
    await this.#knex.client.releaseConnection(this.#database)
  }

  /** Inside a transaction the lock is ours already; outside, a statement is its own transaction and may be tried again. */
  async #retryingOutside<T>(attempt: () => T): Promise<T> {
    if (performance.now() - this.#lastTurn > TURN_MS) {
      await setImmediate()
      this.#lastTurn = performance.now()
    }
    if (!this.#database.inTransaction) return await this.#retryWhileBusy(attempt, 'use the database')
    try {
      return attempt()
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  #prepare(sql: string): Database.Statement {
    const cached = this.#statements.get(sql)
    if (cached !== undefined) return cached
    const statement = this.#database.prepare(sql)
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear()
    this.#statements.set(sql, statement)
    return statement
  }

  async #retryWhileBusy<T>(attempt: () => T, purpose: string): Promise<T> {
    const deadline = performance.now() + this.#lockWaitMs
    for (let round = 0; ; round += 1) {
      try {
        return attempt()
      } catch (error) {
        if (!isSqliteBusy(error)) throw translateSqliteError(error)
        if (performance.now() > deadline) {
          throw new StoreBusyError(
            `Another connection kept the database locked for ${this.#lockWaitMs / 1000} s, so the migration could not ${purpose}. ` +
              'End the long transaction or reader that holds it, and run the command again.',
            { cause: error },
          )
        }
        await sleep(Math.min(2 + round, 20))
      }
    }
  }
}

/** What `attempt` answers or throws, as a promise; errors are those of core. */
function settled<T>(attempt: () => T): Promise<T> {
  try {
    return Promise.resolve(attempt())
  } catch (error) {
    return Promise.reject(translateSqliteError(error))
  }
}
