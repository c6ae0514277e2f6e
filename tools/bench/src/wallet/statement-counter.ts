import Database from 'better-sqlite3'
import mysql from 'mysql2'
import pg from 'pg'

/**
 * Statements this process has sent to wallet databases, by whatever library, `begin` and `commit` included: counted where they enter
 * the driver, so that both storages are counted alike. Statements of an SQLite file count only if it was named to `watch`.
 */
export class StatementCounter {
  count: number = 0
  readonly #files: Set<string> = new Set()

  /** Counts statements of this SQLite file from now on. */
  watch(file: string): void {
    this.#files.add(file)
  }

  /** Stands in the drivers of this process for as long as it lives. */
  static install(): StatementCounter {
    const counter = new StatementCounter()
    counter.#countSqlite()
    const tick = (): void => void counter.count++
    before(pg.Client.prototype, ['query'], tick)
    const connection = (mysql as unknown as { Connection: { prototype: object } }).Connection.prototype
    before(connection, ['query', 'execute'], tick)
    return counter
  }

  #countSqlite(): void {
    const memory = new Database(':memory:')
    const statement = Object.getPrototypeOf(memory.prepare('select 1')) as object
    memory.close()
    before(statement, ['run', 'get', 'all', 'iterate'], (self) => {
      if (this.#files.has((self as Database.Statement).database.name)) this.count++
    })
    before(Database.prototype, ['exec'], (self) => {
      if (this.#files.has((self as Database.Database).name)) this.count++
    })
  }
}

/** Calls `tick` with the object a method is called on, before the method. */
function before(prototype: object, methods: readonly string[], tick: (self: unknown) => void): void {
  for (const name of methods) {
    const method = Reflect.get(prototype, name) as (...args: unknown[]) => unknown
    Reflect.set(prototype, name, function (this: unknown, ...args: unknown[]) {
      tick(this)
      return method.apply(this, args)
    })
  }
}
