import { ReadOnlyError, StoreUnavailableError } from '@txkeep/core'
import type { Knex } from 'knex'

import { redactDatabaseUrl } from './dialect/database-url.js'
import { engineForUrl } from './dialect/engine-for-url.js'

export interface OpenKnexOptions {
  /** Opens the database without the right to write. Default false. */
  readonly readonly?: boolean
  /** How long a statement waits for a lock; on SQLite this blocks the thread. Default 5000. */
  readonly busyTimeoutMs?: number
  /** Whether a commit survives a power cut (`full`, default) or may be lost in one (`normal`). */
  readonly synchronous?: 'full' | 'normal'
}

/**
 * A knex instance with one connection that carries the session marker, for tools that work below a `Store`: triggers of a
 * migration take its writes for ours. Does not look at what the database holds; the caller destroys it.
 *
 * @throws {StoreUnavailableError} if there is no such database, or the engine is not in this version.
 * @throws {NotAWalletError} if it is something else than a database.
 * @throws {ReadOnlyError} if it cannot be written and `readonly` is not set.
 * @throws {InvalidParameterError} if `url` is none.
 */
export async function openKnex(url: string, options: OpenKnexOptions = {}): Promise<Knex> {
  const engine = engineForUrl(url)
  if (engine.isEphemeral && options.readonly === true) {
    throw new ReadOnlyError('A database in memory is new, so opening it readonly makes no sense. Name a file.')
  }
  if (!engine.isEphemeral && (await engine.readFacts()) === undefined) {
    throw new StoreUnavailableError(`There is no database at ${redactDatabaseUrl(url)}. Check the path.`)
  }
  if (options.readonly !== true) await engine.assertWritable()
  return engine.connect({
    readonly: options.readonly ?? false,
    isNew: false,
    busyTimeoutMs: options.busyTimeoutMs ?? 5000,
    synchronous: options.synchronous ?? 'full',
    maxConnections: 1,
    queryOnly: false,
  })
}
