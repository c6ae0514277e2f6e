import type { Knex } from 'knex'

import { Connections } from '../connections.js'
import { readShapeFacts } from '../read-shape-facts.js'
import type { Connection } from './connection.js'
import type { Engine } from './engine.js'
import { mysqlDialect } from './mysql-dialect.js'
import { mysqlKnex } from './mysql-knex.js'
import { mysqlConnectionOptions } from './mysql-url.js'

/** One database of a MySQL or MariaDB server, which somebody has created: the schema is ours to make, the database is not. */
export function mysqlEngine({ url }: { readonly url: string }): Engine {
  const connection = mysqlConnectionOptions(url)
  return {
    dialect: mysqlDialect,
    isEphemeral: false,
    busyTimeoutMs: 5000,
    pollMs: 250,
    readFacts: async () => {
      const facts = await look(connection, 'read', (one) => readShapeFacts(one, mysqlDialect))
      return { ...facts, readersBesideWriter: false }
    },
    assertWritable: () => look(connection, 'write', changeNothing),
    connect: (options) =>
      mysqlKnex({
        connection,
        maxConnections: options.maxConnections,
        lockTimeoutMs: options.busyTimeoutMs,
        queryOnly: options.queryOnly || options.readonly,
      }),
  }
}

/** What `work` finds on a connection of its own. */
async function look<T>(
  connection: Knex.MySql2ConnectionConfig,
  mode: 'read' | 'write',
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const options = { connection, maxConnections: 1, lockTimeoutMs: LOOK_TIMEOUT_MS, queryOnly: mode === 'read' }
  const connections = new Connections(mysqlKnex(options), mysqlDialect)
  try {
    return await connections.use(work)
  } finally {
    await connections.destroy()
  }
}

/** Only the server knows whether it would let this account write, and says so even when there is nothing to change. */
async function changeNothing(connection: Connection): Promise<void> {
  const catalogue = await mysqlDialect.readCatalogue(connection)
  if (catalogue.has('outputs')) await connection.execute('update outputs set vout = vout where 1 = 0', [])
}

/** Short: the caller tries again. */
const LOOK_TIMEOUT_MS = 1000
