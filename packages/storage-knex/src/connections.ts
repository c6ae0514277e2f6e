import { StoreUnavailableError, TxkeepError } from '@txkeep/core'
import type { Knex } from 'knex'

import type { Connection } from './dialect/connection.js'
import type { Dialect } from './dialect/dialect.js'

/** The connections of one knex instance, borrowed one at a time for one unit of work each. */
export class Connections {
  readonly knex: Knex
  readonly #dialect: Dialect

  constructor(knex: Knex, dialect: Dialect) {
    this.knex = knex
    this.#dialect = dialect
  }

  /** Waits for a free connection, lends it to `work` and takes it back. */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const pool = this.knex.client as DriverPool
    const driverConnection = await this.#acquire(pool)
    try {
      return await work(this.#dialect.connect(driverConnection))
    } finally {
      await pool.releaseConnection(driverConnection)
    }
  }

  destroy(): Promise<void> {
    return this.knex.destroy()
  }

  async #acquire(pool: DriverPool): Promise<unknown> {
    try {
      return await pool.acquireConnection()
    } catch (error) {
      const cause = this.#dialect.translateError(error)
      if (cause instanceof TxkeepError) throw cause
      throw new StoreUnavailableError(
        'No connection to the database could be had. Check that it is there, and that units of work end.',
        { cause },
      )
    }
  }
}

/** The part of knex's client that lends connections; knex does not type it. */
interface DriverPool {
  acquireConnection(): Promise<unknown>
  releaseConnection(connection: unknown): Promise<void>
}
