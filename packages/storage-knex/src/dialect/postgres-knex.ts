import knex, { type Knex } from 'knex'
import type { ClientBase } from 'pg'

import { preparePostgresSession, type PostgresSessionOptions } from './postgres-session.js'
import { SILENT_LOG } from './silent-log.js'

export interface PostgresKnexOptions extends PostgresSessionOptions {
  readonly url: string
  readonly maxConnections: number
}

/**
 * A knex instance whose every connection is set up as ours. It opens connections when they are first used. What the URL leaves out
 * (password, TLS) is taken from the environment as every Postgres program does: `PGPASSWORD`, `PGSSLMODE`, `~/.pgpass`, …
 */
export function postgresKnex(options: PostgresKnexOptions): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      ...(namesApplication(options.url) ? {} : { application_name: 'txkeep' }),
    },
    log: SILENT_LOG,
    pool: {
      min: 0,
      max: options.maxConnections,
      afterCreate: (client: ClientBase, done: (error: unknown, client: ClientBase) => void) => {
        preparePostgresSession(client, options).then(
          () => done(null, client),
          (error: unknown) => done(error, client),
        )
      },
    },
  })
}

const CONNECT_TIMEOUT_MS = 10_000

function namesApplication(url: string): boolean {
  return url.includes('application_name=') || process.env['PGAPPNAME'] !== undefined
}
