import { setTimeout as sleep } from 'node:timers/promises'

import { ReadOnlyError, StoreBusyError, StoreUnavailableError } from '@txkeep/core'

import { Connections } from './connections.js'
import { createSchema } from './create-schema.js'
import { assertOurShape, databaseShape, type DatabaseShape } from './database-shape.js'
import { redactDatabaseUrl } from './dialect/database-url.js'
import { engineForUrl } from './dialect/engine-for-url.js'
import type { DatabaseFacts, Engine } from './dialect/engine.js'
import { KnexStore, busyRetryMsOf, type KnexStoreOptions } from './knex-store.js'
import { retryWhenBusy } from './retry-when-busy.js'

export interface OpenStoreOptions extends KnexStoreOptions {
  /** Makes the schema where there is no database yet, or an empty one. Default false. */
  readonly create?: boolean
  /** Refuses every write. Default false. */
  readonly readonly?: boolean
  /** Waits until a legacy wallet in this database is migrated, for as long as it takes or until `signal`. Default false. */
  readonly waitForCutover?: boolean
  readonly signal?: AbortSignal
  /**
   * How long one statement waits for a lock before its unit is rolled back and tried again. Default 20 on SQLite, where it blocks
   * this thread, and 5000 on a server.
   */
  readonly busyTimeoutMs?: number
  /** Whether a commit survives a power cut (`full`, default) or may be lost in one (`normal`). */
  readonly synchronous?: 'full' | 'normal'
  /** SQLite: connections beside the writer's for units that only read. Default 2. */
  readonly maxReaders?: number
  /** Servers: connections at most; a unit of work uses one while it runs. Default 10. */
  readonly maxConnections?: number
}

/**
 * A store on the database `url` names. Nothing is changed unless it is empty and `create` is set.
 *
 * @throws {StoreUnavailableError} if there is no such database, or the engine is not in this version.
 * @throws {NotAWalletError} if it is no wallet, a legacy one, or one in the middle of its migration; the message names the command.
 * @throws {SchemaVersionError} if its schema is of another version than this build works with.
 * @throws {StoreBusyError} if another connection locks even readers out.
 * @throws {ReadOnlyError} if it cannot be written and `readonly` is not set.
 * @throws {InvalidParameterError} if `url` is none.
 * @example const store = await openStore('wallet.sqlite', { create: true })
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<KnexStore> {
  const engine = engineForUrl(url)
  const name = redactDatabaseUrl(url)
  const facts = await readFacts(engine, name, options)
  const shape = facts === undefined ? undefined : databaseShape(facts)
  const isNew = shape === undefined || shape.kind === 'empty' || shape.kind === 'unfinished'
  if (isNew && !engine.isEphemeral) assertMayCreate(shape, name, options)
  if (!isNew) assertOurShape(shape, name)
  if (options.readonly !== true) await engine.assertWritable()
  return connectStore(engine, isNew, facts?.readersBesideWriter ?? !engine.isEphemeral, options)
}

async function connectStore(
  engine: Engine,
  isNew: boolean,
  readersBesideWriter: boolean,
  options: OpenStoreOptions,
): Promise<KnexStore> {
  const connect = (maxConnections: number, queryOnly: boolean): Connections => {
    const knex = engine.connect({
      readonly: options.readonly ?? false,
      isNew,
      busyTimeoutMs: options.busyTimeoutMs ?? engine.busyTimeoutMs,
      synchronous: options.synchronous ?? 'full',
      maxConnections,
      queryOnly,
    })
    return new Connections(knex, engine.dialect)
  }
  const writer = connect(engine.dialect.supportsConcurrentWriters ? (options.maxConnections ?? 10) : 1, false)
  try {
    if (isNew) await retryWhenBusy(() => createSchema(writer, engine.dialect), busyRetryMsOf(options))
    const hasReaders = isNew ? !engine.isEphemeral : readersBesideWriter
    const reader =
      hasReaders && !engine.dialect.supportsConcurrentWriters ? connect(options.maxReaders ?? 2, true) : undefined
    const parts = { dialect: engine.dialect, writer, isReadonly: options.readonly ?? false, ownsConnections: true }
    return new KnexStore(reader === undefined ? parts : { ...parts, reader }, options)
  } catch (error) {
    await writer.destroy()
    throw error
  }
}

function assertMayCreate(shape: DatabaseShape | undefined, name: string, options: OpenStoreOptions): void {
  if (options.create === true && options.readonly !== true) return
  if (options.create === true) {
    throw new ReadOnlyError(`A new store cannot be made in ${name} readonly. Leave out readonly or create.`)
  }
  if (shape !== undefined) assertOurShape(shape, name)
  throw new StoreUnavailableError(
    `There is no database at ${name}. Check the path, or open it with create: true to make a new store.`,
  )
}

/** Looks again while a lock or an unfinished migration is in the way, as far as the options allow. */
async function readFacts(engine: Engine, name: string, options: OpenStoreOptions): Promise<DatabaseFacts | undefined> {
  const deadline = Date.now() + busyRetryMsOf(options)
  for (;;) {
    options.signal?.throwIfAborted()
    try {
      const facts = await engine.readFacts()
      const isWaiting = options.waitForCutover === true && facts !== undefined && databaseShape(facts).kind === 'legacy'
      if (!isWaiting) return facts
    } catch (error) {
      if (!(error instanceof StoreBusyError)) throw error
      if (options.waitForCutover !== true && Date.now() >= deadline) {
        throw new StoreBusyError(`Another connection locks ${name}. End what holds it, or try again.`, { cause: error })
      }
    }
    await sleep(engine.pollMs, undefined, options.signal === undefined ? {} : { signal: options.signal })
  }
}
