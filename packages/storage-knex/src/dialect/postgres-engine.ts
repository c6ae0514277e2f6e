import { ReadOnlyError } from '@txkeep/core'

import { Connections } from '../connections.js'
import { readShapeFacts } from '../read-shape-facts.js'
import type { Connection } from './connection.js'
import { redactDatabaseUrl } from './database-url.js'
import type { Engine } from './engine.js'
import { postgresDialect } from './postgres-dialect.js'
import { postgresKnex } from './postgres-knex.js'

/** One Postgres database, which somebody has created: the schema is ours to make, the database is not. */
export function postgresEngine({ url }: { readonly url: string }): Engine {
  let obstacle: ReadOnlyError | undefined
  return {
    dialect: postgresDialect,
    isEphemeral: false,
    busyTimeoutMs: 5000,
    pollMs: 250,
    readFacts: () =>
      look(url, async (connection) => {
        obstacle = await obstacleToWriting(connection, redactDatabaseUrl(url))
        return { ...(await readShapeFacts(connection, postgresDialect)), readersBesideWriter: false }
      }),
    assertWritable: async () => {
      if (obstacle !== undefined) throw obstacle
    },
    connect: (options) =>
      postgresKnex({
        url,
        maxConnections: options.maxConnections,
        lockTimeoutMs: options.busyTimeoutMs,
        readonly: options.readonly || options.queryOnly,
      }),
  }
}

/** What `work` finds in one transaction that only reads, on a connection of its own. */
async function look<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const knex = postgresKnex({ url, maxConnections: 1, lockTimeoutMs: LOOK_TIMEOUT_MS, readonly: false })
  try {
    return await new Connections(knex, postgresDialect).use(async (connection) => {
      await connection.begin('read')
      try {
        return await work(connection)
      } finally {
        await connection.rollback()
      }
    })
  } finally {
    await knex.destroy()
  }
}

async function obstacleToWriting(connection: Connection, name: string): Promise<ReadOnlyError | undefined> {
  const { rows } = await connection.execute(
    `select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::boolean as forbidden,
       to_regclass('outputs') is null or has_table_privilege('outputs', 'insert, update') as granted`,
    [],
  )
  if (rows[0]?.['standby'] === true) {
    return new ReadOnlyError(
      `${name} is a standby and takes no writes. Name the primary, or open it with readonly: true.`,
    )
  }
  if (rows[0]?.['forbidden'] === true) {
    return new ReadOnlyError(
      `Writes to ${name} are forbidden (default_transaction_read_only). Ask who did it, or open it with readonly: true.`,
    )
  }
  if (rows[0]?.['granted'] === false) {
    return new ReadOnlyError(
      `The role may not write the tables of ${name}. Grant it the right, or open it with readonly: true.`,
    )
  }
  return undefined
}

/** Short: the caller tries again. */
const LOOK_TIMEOUT_MS = 1000
