import type Database from 'better-sqlite3'

import type { Connection, ExecuteResult } from './connection.js'
import type { SqlValue } from './sql-value.js'
import { translateSqliteError } from './sqlite-errors.js'

/** Prepared statements kept per connection. A unit of work uses a few dozen; the rest is room for varying filters. */
const MAX_CACHED_STATEMENTS = 400

/**
 * One better-sqlite3 connection. The driver is synchronous, so every method has done its work before its promise is handed
 * out; nothing else of this process runs between two statements that are awaited without delay.
 */
export class SqliteConnection implements Connection {
  readonly #database: Database.Database
  readonly #statements: Map<string, Database.Statement> = new Map()

  constructor(database: Database.Database) {
    this.#database = database
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<ExecuteResult> {
    try {
      const statement = this.#prepare(sql)
      const values = bindings.map(bindable)
      if (!statement.reader) return { rows: [], changes: statement.run(...values).changes }
      const rows = statement.all(...values) as ExecuteResult['rows']
      return { rows, changes: rows.length }
    } catch (error) {
      throw translateSqliteError(error)
    }
  }

  /** A writer takes the write lock at once: a reader that turns writer later could fail in the middle (SQLITE_BUSY_SNAPSHOT). */
  async begin(mode: 'read' | 'write'): Promise<void> {
    await this.execute(mode === 'write' ? 'begin immediate' : 'begin deferred', [])
  }

  async commit(): Promise<void> {
    await this.execute('commit', [])
  }

  /** After SQLITE_FULL or an I/O error SQLite may have rolled back already. */
  async rollback(): Promise<void> {
    if (this.#database.open && this.#database.inTransaction) await this.execute('rollback', [])
  }

  #prepare(sql: string): Database.Statement {
    const cached = this.#statements.get(sql)
    if (cached !== undefined) return cached
    const statement = this.#database.prepare(sql)
    if (this.#statements.size >= MAX_CACHED_STATEMENTS) this.#statements.clear()
    this.#statements.set(sql, statement)
    return statement
  }
}

/** Timestamps are ISO-8601 text in UTC with milliseconds, which sorts by time; booleans are 0 and 1. */
function bindable(value: SqlValue): string | number | Uint8Array | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'boolean' ? Number(value) : value
}
