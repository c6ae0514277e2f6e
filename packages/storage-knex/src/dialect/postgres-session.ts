import type { ClientBase } from 'pg'

/** The setting every connection of ours has: `current_setting('txkeep.session', true)` is `1`. Triggers that find it know the writer is not a legacy application. */
export const SESSION_MARKER_SETTING = 'txkeep.session'

export async function markPostgresSession(client: ClientBase): Promise<void> {
  await client.query(`set ${SESSION_MARKER_SETTING} = '1'`)
}

export interface PostgresSessionOptions {
  /** How long a statement waits for a lock. */
  readonly lockTimeoutMs: number
  /** Turns every write of this connection into an error. */
  readonly readonly: boolean
}

/** Sets one connection of our own pool up: what it reads and writes does not depend on how the server is configured. */
export async function preparePostgresSession(client: ClientBase, options: PostgresSessionOptions): Promise<void> {
  await markPostgresSession(client)
  await client.query(
    `set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set bytea_output = 'hex'; set standard_conforming_strings = on;` +
      ` set lock_timeout = ${Math.round(options.lockTimeoutMs)};` +
      // Never off: whoever forbids writes for a database or a role (a full disk, a failover) means us too.
      (options.readonly ? ' set default_transaction_read_only = on' : ''),
  )
}
