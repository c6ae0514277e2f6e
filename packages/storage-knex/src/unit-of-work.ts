import { ConflictError, UniqueViolationError, type Clock } from '@txkeep/core'

import type { Connection, ExecuteResult } from './dialect/connection.js'
import type { DatabaseRow } from './dialect/sql-value.js'
import { compileStatement, type Statement, type StatementBuilder } from './statements/statement.js'

/**
 * One open database transaction, as repositories see it. It is `open` until the store ends it, and then refuses everything: a
 * call somebody forgot to await must not reach the next unit's transaction. A statement that failed spoils the unit, on every
 * engine: what follows is refused with the same error, and it cannot commit.
 */
export class UnitOfWork {
  readonly db: StatementBuilder
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #mode: 'read' | 'write'
  #state: 'open' | 'ended' = 'open'
  #failure: { readonly error: unknown } | undefined

  constructor(db: StatementBuilder, connection: Connection, clock: Clock, mode: 'read' | 'write') {
    this.#mode = mode
    this.db = db
    this.#connection = connection
    this.#clock = clock
  }

  /** What rows written now are stamped with. */
  now(): Date {
    return this.#clock.now()
  }

  async rows(statement: Statement): Promise<readonly DatabaseRow[]> {
    return (await this.#execute(statement)).rows
  }

  async row(statement: Statement): Promise<DatabaseRow | undefined> {
    return (await this.rows(statement))[0]
  }

  /** How many rows the statement changed. */
  async change(statement: Statement): Promise<number> {
    return (await this.#execute(statement)).changes
  }

  run(statement: Statement): Promise<ExecuteResult> {
    return this.#execute(statement)
  }

  /**
   * Like `run`, but a unique violation is an answer that spoils nothing. Only for an engine whose transaction goes on after one
   * (`supportsReturning` is false).
   */
  async attempt(statement: Statement): Promise<ExecuteResult | UniqueViolationError> {
    return this.#execute(statement, true)
  }

  /** Spoils the unit with an error a statement would have met had the engine held the rule; returns it to be thrown. */
  refuse(error: Error): Error {
    this.#failure ??= { error }
    return error
  }

  /** Ends the unit. @throws what its first failed statement threw, so that swallowing an error never commits half a unit. */
  end(): void {
    this.#state = 'ended'
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Ends the unit without asking how it went: it is rolled back. */
  abandon(): void {
    this.#state = 'ended'
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Others may write at the same time, so what a decision rests on is locked before it is read. */
  get locksRows(): boolean {
    return this.#mode === 'write' && this.db.dialect.supportsConcurrentWriters
  }

  #execute(statement: Statement): Promise<ExecuteResult>
  #execute(statement: Statement, mayViolate: true): Promise<ExecuteResult | UniqueViolationError>
  async #execute(statement: Statement, mayViolate = false): Promise<ExecuteResult | UniqueViolationError> {
    if (!this.isOpen) {
      throw new ConflictError('This unit of work has ended. Await every call inside it, and use its tx nowhere else.')
    }
    if (this.#failure !== undefined) throw this.#failure.error
    const { sql, bindings } = compileStatement(statement)
    if (this.#mode === 'read' && !sql.startsWith('select')) {
      throw new ConflictError('This unit of work only reads. Open it with store.write to change anything.')
    }
    try {
      return await this.#connection.execute(sql, bindings)
    } catch (error) {
      if (mayViolate && error instanceof UniqueViolationError) return error
      this.#failure ??= { error }
      throw error
    }
  }
}
