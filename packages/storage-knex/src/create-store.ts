import type { Knex } from 'knex'

import { Connections } from './connections.js'
import { createSchema } from './create-schema.js'
import { assertOurShape, databaseShape, type DatabaseShape } from './database-shape.js'
import { dialectOf } from './dialect/dialect-of.js'
import { KnexStore, busyRetryMsOf, type KnexStoreOptions } from './knex-store.js'
import { readShapeFacts } from './read-shape-facts.js'
import { retryWhenBusy } from './retry-when-busy.js'

export interface CreateStoreOptions extends KnexStoreOptions {
  /** Makes the schema if the database is empty. Default false. */
  readonly create?: boolean
}

/**
 * A store on a knex instance the caller already has, and goes on owning: `close` does not destroy it. Its connections get the
 * session marker, foreign keys and what else the engine does not keep data right without (the README says what) when the store
 * first uses them; every other setting stays the caller's.
 *
 * @throws {NotAWalletError} if the database is no wallet, a legacy one, or one in the middle of its migration.
 * @throws {SchemaVersionError} if its schema is of another version than this build works with.
 * @throws {StoreUnavailableError} if knex uses a driver this version has no dialect for.
 */
export async function createStore(knex: Knex, options: CreateStoreOptions = {}): Promise<KnexStore> {
  const dialect = dialectOf(knex)
  const writer = new Connections(knex, dialect)
  const readShape = async (): Promise<DatabaseShape> =>
    databaseShape(await writer.use((connection) => readShapeFacts(connection, dialect)))
  let shape = await readShape()
  if ((shape.kind === 'empty' || shape.kind === 'unfinished') && options.create === true) {
    await retryWhenBusy(() => createSchema(writer, dialect), busyRetryMsOf(options))
    shape = await readShape()
  }
  assertOurShape(shape, 'The database')
  return new KnexStore({ dialect, writer, ownsConnections: false }, options)
}
