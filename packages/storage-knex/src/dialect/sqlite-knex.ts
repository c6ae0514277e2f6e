import type Database from 'better-sqlite3'
import knex, { type Knex } from 'knex'

import { SILENT_LOG } from './silent-log.js'
import { prepareSqliteSession, type SqliteSessionOptions } from './sqlite-session.js'

export interface SqliteKnexOptions extends SqliteSessionOptions {
  readonly path: string
  /** Opens the file without the right to write it. */
  readonly readonly: boolean
  /** Connections at most. A memory database must have one: each connection would be a database of its own. */
  readonly maxConnections: number
}

/** A knex instance whose every connection is set up as ours. It opens a connection when it is first used. */
export function sqliteKnex(options: SqliteKnexOptions): Knex {
  return knex({
    client: 'better-sqlite3',
    connection: { filename: options.path, options: { readonly: options.readonly } },
    useNullAsDefault: true,
    log: SILENT_LOG,
    pool: {
      // One stays open: a memory database lives as long as its connection.
      min: 1,
      max: options.maxConnections,
      afterCreate: (connection: Database.Database, done: (error: unknown, connection: Database.Database) => void) => {
        try {
          prepareSqliteSession(connection, options)
          done(null, connection)
        } catch (error) {
          done(error, connection)
        }
      },
    },
  })
}
