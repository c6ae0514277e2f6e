import type { DatabaseRow, SqlValue } from './sql-value.js'

export interface ExecuteResult {
  /** What a `select` or `returning` gives; empty for other statements. */
  readonly rows: readonly DatabaseRow[]
  /** Rows inserted, updated or deleted. */
  readonly changes: number
}

/**
 * One session with the database. Every error it throws is already one of core's. Only one transaction is open at a time;
 * `begin('write')` takes the engine's write lock where there is one, so that what follows cannot lose a race.
 */
export interface Connection {
  execute(sql: string, bindings: readonly SqlValue[]): Promise<ExecuteResult>
  begin(mode: 'read' | 'write'): Promise<void>
  commit(): Promise<void>
  /** Does nothing when the engine has rolled back by itself already. */
  rollback(): Promise<void>
}
