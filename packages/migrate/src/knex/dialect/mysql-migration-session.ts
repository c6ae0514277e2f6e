import { SESSION_MARKER_VARIABLE } from '@txkeep/storage-knex'
import { InvalidParameterError } from '@txkeep/core'
import type { Knex } from 'knex'
import type { SqlBinding, SqlSession, SqlSessionOptions } from '../sql-session.js'
import type { MigrationDialect } from './migration-dialect.js'
import { translateMysqlMigrationError } from './mysql-errors.js'
import { mysqlStatement } from './mysql-statement.js'
import { mysqlBinding, mysqlValue } from './mysql-values.js'

const LOCK_WAIT_MS = 30_000

/** Only a migrator's connection has it: triggers that refuse everybody else look at it. */
export const MIGRATOR_MARKER_VARIABLE = '@txkeep_migrator'

/** One migrator writes at a time; legacy writers go on. */
const MIGRATOR_LOCK = "concat('txkeep-migrate ', database())"

/** What of the driver's connection is used. */
interface DriverConnection {
  query(
    statement: object,
    settle?: (error: Error | null, result: unknown) => void,
  ): { stream(options: object): AsyncIterable<unknown> & { destroy(): void } }
}

/** Session variables a migration needs. Given back as they were. */
const SETTINGS: Readonly<Record<string, string>> = {
  // Names in double quotes and `||`, as the shared statements have them; an assignment sees the row as it was.
  sql_mode: `'ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,SIMULTANEOUS_ASSIGNMENT,NO_AUTO_VALUE_ON_ZERO'`,
  time_zone: "'+00:00'",
  // The legacy rows may break references, and rows are overwritten by being deleted first.
  foreign_key_checks: '0',
  idle_transaction_timeout: '0',
  tx_isolation: "'READ-COMMITTED'",
}

/** Pins a connection of a `mysql2` pool. `close` restores every setting. */
export async function openMysqlMigrationSession(
  knex: Knex,
  dialect: MigrationDialect,
  { lockWaitMs = LOCK_WAIT_MS }: SqlSessionOptions,
): Promise<SqlSession> {
  const driver = await translated<DriverConnection>(knex.client.acquireConnection())
  const session = new MysqlMigrationSession(knex, driver, dialect)
  try {
    await session.prepare(Math.max(1, Math.ceil(lockWaitMs / 1000)))
    return session
  } catch (error) {
    await knex.client.releaseConnection(driver)
    throw error
  }
}

class MysqlMigrationSession implements SqlSession {
  readonly dialect: MigrationDialect
  readonly #knex: Knex
  readonly #driver: DriverConnection
  #before: Readonly<Record<string, unknown>> = {}
  #reading: OpenRows | undefined
  #inTransaction = false
  #closed = false

  constructor(knex: Knex, driver: DriverConnection, dialect: MigrationDialect) {
    this.#knex = knex
    this.#driver = driver
    this.dialect = dialect
  }

  get inTransaction(): boolean {
    return this.#inTransaction
  }

  async prepare(lockWaitSeconds: number): Promise<void> {
    const settings = {
      ...SETTINGS,
      innodb_lock_wait_timeout: String(lockWaitSeconds),
      lock_wait_timeout: String(lockWaitSeconds),
    }
    await this.#assertMariaDb()
    const names = Object.keys(settings)
    this.#before = (await this.get(`select ${names.map((name) => `@@session.${name} as ${name}`).join(', ')}`)) ?? {}
    const sets = Object.entries(settings).map(([name, value]) => `session ${name} = ${value}`)
    await this.run(`set ${sets.join(', ')}, ${SESSION_MARKER_VARIABLE} = 1, ${MIGRATOR_MARKER_VARIABLE} = 1`)
  }

  /** @throws {InvalidParameterError} on MySQL, whose temporary tables can be named only once in a statement. */
  async #assertMariaDb(): Promise<void> {
    const row = await this.get<{ version: string }>('select version() as version')
    if (row !== undefined && !/mariadb/i.test(row.version))
      throw new InvalidParameterError('knex', `MySQL ${row.version}`, 'SQLite, Postgres or MariaDB in this version')
  }

  async run(sql: string, bindings: readonly SqlBinding[] = []): Promise<{ readonly changes: number }> {
    const result = await this.#query(sql, bindings)
    return { changes: (result as { affectedRows?: number }).affectedRows ?? 0 }
  }

  async all<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T[]> {
    const rows = await this.#query(sql, bindings)
    return Array.isArray(rows) ? (rows as T[]) : []
  }

  async get<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, bindings))[0]
  }

  async *iterate<T>(sql: string, bindings: readonly SqlBinding[] = []): AsyncGenerator<T> {
    const rows = await this.#open<T>(sql, bindings, {})
    try {
      yield* rows
    } finally {
      await this.#finish(rows)
    }
  }

  async each<Row extends readonly unknown[]>(sql: string, visit: (row: Row) => void): Promise<void> {
    const rows = await this.#open<Row>(sql, [], { rowsAsArray: true })
    try {
      for await (const row of rows) visit(row)
    } finally {
      await this.#finish(rows)
    }
  }

  /** A transaction that reads sees one moment and is rolled back. What changes the schema commits by itself. */
  async transaction<T>(mode: 'read' | 'immediate', work: () => Promise<T>): Promise<T> {
    let isDone = false
    if (mode === 'immediate') await this.#takeTurn()
    try {
      if (mode === 'read') await this.run('set transaction isolation level repeatable read')
      await this.run(mode === 'read' ? 'start transaction with consistent snapshot' : 'start transaction')
      this.#inTransaction = true
      const result = await work()
      if (mode === 'immediate') await this.run('commit')
      isDone = mode === 'immediate'
      return result
    } finally {
      this.#inTransaction = false
      if (!isDone) await this.run('rollback').catch(() => undefined)
      if (mode === 'immediate') await this.run(`do release_lock(${MIGRATOR_LOCK})`).catch(() => undefined)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      const sets = Object.entries(this.#before).map(([name, value]) => `session ${name} = ?|${String(value)}`)
      for (const set of sets) {
        const [text = '', value = ''] = set.split('?|')
        await this.run(`set ${text} ?`, [/^\d+$/.test(value) ? Number(value) : value])
      }
      await this.run(`set ${MIGRATOR_MARKER_VARIABLE} = null`)
      await this.#dropTemporaryTables()
    } catch {
      // A connection that is broken has nothing to restore: knex finds out when it lends it again.
    } finally {
      await this.#knex.client.releaseConnection(this.#driver)
    }
  }

  readonly temporaryTables: Set<string> = new Set()

  async #dropTemporaryTables(): Promise<void> {
    for (const name of this.temporaryTables) await this.run(`drop temporary table if exists ${name}`)
  }

  async #takeTurn(): Promise<void> {
    const row = await this.get<{ taken: number | null }>(`select get_lock(${MIGRATOR_LOCK}, 30) as taken`)
    if (row?.taken !== 1) throw translateMysqlMigrationError(Object.assign(new Error('no turn'), { errno: 1205 }))
  }

  async #open<T>(sql: string, bindings: readonly SqlBinding[], shape: object): Promise<OpenRows<T>> {
    await this.#reading?.keepRest()
    const stream = this.#driver.query(this.#statement(sql, bindings, shape)).stream({ highWaterMark: 64 })
    const rows = new OpenRows<T>(stream as AsyncIterable<T>)
    this.#reading = rows
    return rows
  }

  async #finish(rows: OpenRows): Promise<void> {
    // What is left has to be read: the connection has it on its way.
    await rows.drop()
    if (this.#reading === rows) this.#reading = undefined
  }

  #statement(sql: string, bindings: readonly SqlBinding[], shape: object): object {
    const temporary = /^\s*create temp(?:orary)? table (?:if not exists )?(\w+)/i.exec(sql)
    if (temporary !== null) this.temporaryTables.add(temporary[1] ?? '')
    return {
      sql: mysqlStatement(sql),
      values: bindings.map(mysqlBinding),
      typeCast: mysqlValue,
      supportBigNumbers: true,
      dateStrings: true,
      ...shape,
    }
  }

  async #query(sql: string, bindings: readonly SqlBinding[]): Promise<unknown> {
    await this.#reading?.keepRest()
    return await translated(
      new Promise((resolve, reject) => {
        this.#driver.query(this.#statement(sql, bindings, {}), (error, result) =>
          error === null ? resolve(result) : reject(error),
        )
      }),
    )
  }
}

/** Rows that come as they are asked for, until the connection is needed for something else: then the rest is kept in memory. */
class OpenRows<T = unknown> implements AsyncIterable<T> {
  readonly #rows: AsyncIterator<T>
  readonly #kept: T[] = []
  #isAtEnd = false
  #error: Error | undefined

  constructor(rows: AsyncIterable<T>) {
    this.#rows = rows[Symbol.asyncIterator]()
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return { next: () => this.#next() }
  }

  async keepRest(): Promise<void> {
    await this.#readRest((row) => this.#kept.push(row))
  }

  async drop(): Promise<void> {
    await this.#readRest(() => undefined)
  }

  async #next(): Promise<IteratorResult<T>> {
    if (this.#kept.length > 0) return { done: false, value: this.#kept.shift() as T }
    if (this.#error !== undefined) throw this.#error
    if (this.#isAtEnd) return { done: true, value: undefined }
    const result = await translated(this.#rows.next())
    if (result.done === true) this.#isAtEnd = true
    return result
  }

  async #readRest(take: (row: T) => unknown): Promise<void> {
    while (!this.#isAtEnd && this.#error === undefined) {
      try {
        const result = await this.#rows.next()
        if (result.done === true) this.#isAtEnd = true
        else take(result.value)
      } catch (error) {
        const translated = translateMysqlMigrationError(error)
        this.#error = translated instanceof Error ? translated : new Error(String(translated))
      }
    }
  }
}

async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw translateMysqlMigrationError(error)
  }
}
