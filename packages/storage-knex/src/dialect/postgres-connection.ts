import type { ClientBase } from 'pg'

import type { Connection, ExecuteResult } from './connection.js'
import { translatePostgresError, commitLost } from './postgres-errors.js'
import { markPostgresSession } from './postgres-session.js'
import { POSTGRES_TYPES } from './postgres-types.js'
import type { SqlValue } from './sql-value.js'

/** knex reads this when it lends the connection again, and makes another one instead. */
type PooledClient = ClientBase & { __knex__disposed?: unknown }

/** One connection of `pg`. Its statements run one after the other, in the order they were given. */
export class PostgresConnection implements Connection {
  readonly #client: PooledClient
  #isMarked = false

  constructor(client: ClientBase) {
    this.#client = client
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<ExecuteResult> {
    try {
      const { rows, rowCount } = await this.#client.query<Record<string, unknown>>({
        text: sql,
        values: bindings.map(bindable),
        types: POSTGRES_TYPES,
      })
      return { rows, changes: rowCount ?? 0 }
    } catch (error) {
      throw translatePostgresError(error)
    }
  }

  /** A unit that reads keeps one view of everything; one that writes sees what others commit, and locks what it decides about. */
  async begin(mode: 'read' | 'write'): Promise<void> {
    await this.#mark()
    await this.#send(mode === 'write' ? BEGIN_WRITE : BEGIN_READ)
  }

  async commit(): Promise<void> {
    let command: string
    try {
      command = (await this.#client.query('commit')).command
    } catch (error) {
      this.#dispose(error)
      throw commitLost(translatePostgresError(error))
    }
    // A transaction with a failed statement answers its commit with ROLLBACK.
    if (command !== 'COMMIT') throw commitLost(new Error(`Postgres answered ${command}.`))
  }

  async rollback(): Promise<void> {
    try {
      await this.#client.query('rollback')
    } catch (error) {
      this.#dispose(error)
    }
  }

  /** Once per connection, also of a pool the caller made. */
  async #mark(): Promise<void> {
    if (this.#isMarked) return
    try {
      await markPostgresSession(this.#client)
    } catch (error) {
      throw translatePostgresError(error)
    }
    this.#isMarked = true
  }

  async #send(sql: string): Promise<void> {
    try {
      await this.#client.query(sql)
    } catch (error) {
      throw translatePostgresError(error)
    }
  }

  #dispose(reason: unknown): void {
    this.#client.__knex__disposed ??= reason
  }
}

/** A unit awaits nothing but its own statements, so one that is idle this long belongs to a process that hangs. */
const MAX_IDLE_MS = 10_000

const SETTINGS =
  `set local idle_in_transaction_session_timeout = ${MAX_IDLE_MS};` +
  " set local datestyle = 'ISO, YMD'; set local bytea_output = 'hex'; set local timezone = 'UTC'"
const BEGIN_WRITE = `begin isolation level read committed; ${SETTINGS}`
const BEGIN_READ = `begin isolation level repeatable read read only; ${SETTINGS}`

function bindable(value: SqlValue): string | number | boolean | Uint8Array | null {
  return value instanceof Date ? value.toISOString() : value
}
