import { InvalidParameterError, StoreBusyError } from '@txkeep/core'
import type { Connection as DriverConnection } from 'mysql2'

import type { Connection, ExecuteResult } from './connection.js'
import { isConnectionLost } from './mysql-errors.js'
import { mysqlQuery } from './mysql-query.js'
import { prepareMysqlSession, type MysqlSession } from './mysql-session.js'
import type { SqlValue } from './sql-value.js'

/** One mysql2 connection. It is set up before the first statement, unless whoever made it has done so. */
export class MysqlConnection implements Connection {
  readonly #driver: DriverConnection
  #session: Promise<MysqlSession> | undefined

  constructor(driver: DriverConnection, session?: Promise<MysqlSession>) {
    this.#driver = driver
    this.#session = session
  }

  async execute(sql: string, bindings: readonly SqlValue[]): Promise<ExecuteResult> {
    assertFitsPacket(bindings, (await this.#prepared()).maxPacketBytes)
    return mysqlQuery(this.#driver, sql, bindings)
  }

  /**
   * Writers see what others commit between two statements (READ COMMITTED); readers see one view until they end.
   *
   * @throws {StoreBusyError} if the server had ended the session while it lay in the pool: nothing has happened yet, so the unit is
   * tried again on another one.
   */
  async begin(mode: 'read' | 'write'): Promise<void> {
    try {
      await (mode === 'write' ? this.execute('start transaction', []) : this.#beginRead())
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      this.#driver.destroy()
      throw new StoreBusyError('The server had ended this session before the unit began. Try again on a new one.', {
        cause: error,
      })
    }
  }

  async #beginRead(): Promise<void> {
    const { isRepeatableRead } = await this.#prepared()
    if (!isRepeatableRead) await this.execute('set transaction isolation level repeatable read', [])
    await this.execute('start transaction read only', [])
  }

  async commit(): Promise<void> {
    await this.execute('commit', [])
  }

  /** A connection that cannot even roll back is not used again; the server rolls back what it left. */
  async rollback(): Promise<void> {
    try {
      await this.execute('rollback', [])
    } catch {
      this.#driver.destroy()
    }
  }

  async #prepared(): Promise<MysqlSession> {
    this.#session ??= prepareMysqlSession(this.#driver)
    try {
      return await this.#session
    } catch (error) {
      this.#session = undefined
      throw error
    }
  }
}

/** The server would hang up in the middle of it, and all the client saw were a broken pipe. */
function assertFitsPacket(bindings: readonly SqlValue[], maxPacketBytes: number): void {
  const bytes = bindings.reduce<number>((sum, value) => sum + (value instanceof Uint8Array ? value.length : 0), 0)
  if (bytes + STATEMENT_BYTES <= maxPacketBytes) return
  throw new InvalidParameterError(
    'bytes',
    `${bytes} bytes`,
    `at most ${maxPacketBytes} bytes in one row with its statement: raise max_allowed_packet of the server`,
  )
}

/** Room for the text of the statement and what else it binds. */
const STATEMENT_BYTES = 16_384
