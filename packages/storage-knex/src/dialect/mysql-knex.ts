import knex, { type Knex } from 'knex'
import type { Connection as DriverConnection } from 'mysql2'

import { connectionOf } from './mysql-dialect.js'
import { prepareMysqlSession, type MysqlSessionOptions } from './mysql-session.js'
import { SILENT_LOG } from './silent-log.js'

export interface MysqlKnexOptions extends MysqlSessionOptions {
  readonly connection: Knex.MySql2ConnectionConfig
  /** Connections at most. They are opened when they are needed, and closed after half a minute without work. */
  readonly maxConnections: number
}

/** A knex instance whose every connection is set up as ours. It opens a connection when it is first used. */
export function mysqlKnex(options: MysqlKnexOptions): Knex {
  return knex({
    client: 'mysql2',
    connection: options.connection,
    log: SILENT_LOG,
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    pool: {
      min: 0,
      max: options.maxConnections,
      afterCreate: (driver: DriverConnection, done: (error: unknown, driver: DriverConnection) => void) => {
        prepareMysqlSession(driver, options).then(
          (session) => {
            connectionOf(driver, session)
            done(null, driver)
          },
          (error: unknown) => {
            driver.destroy()
            done(error, driver)
          },
        )
      },
    },
  })
}

/** A unit of work waits this long for a connection before it is given up. */
const ACQUIRE_TIMEOUT_MS = 30_000
