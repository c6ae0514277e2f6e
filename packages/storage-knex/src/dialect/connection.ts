import type { DatabaseRow, SqlValue } from './sql-value.js'

export interface ExecuteResult {
  /** What a `select` or `returning` gives; empty for other statements. */
  readonly rows: readonly DatabaseRow[]
  /** Rows inserted, updated or deleted; a row an update matched counts, whether or not it held the value already. */
  readonly changes: number
  /** The number the engine gave an inserted row, from a driver of an engine that cannot return the row. */
  readonly insertedId?: number
}

/**
 * One session with the database. Every error it throws is already one of core's. Only one transaction is open at a time;
 * `begin('write')` takes the engine's write lock where there is one, so that what follows cannot lose a race.
 */
export interface Connection {
  execute(sql: string, bindings: readonly SqlValue[]): Promise<ExecuteResult>
  begin(mode: 'read' | 'write'): Promise<void>
  commit(): Promise<void>
  /** Does nothing when the engine has rolled back by itself already. A connection that cannot roll back is used no more. */
  rollback(): Promise<void>
}

/** The result of `work` in a write transaction of its own, committed whole or not at all. */
export async function inWriteTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.begin('write')
  try {
    const result = await work()
    await connection.commit()
    return result
  } catch (error) {
    await connection.rollback()
    throw error
  }
}
