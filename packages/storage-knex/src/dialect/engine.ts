import type { Knex } from 'knex'

import type { ShapeFacts } from '../database-shape.js'
import type { Dialect } from './dialect.js'

/** What is looked at before a database is opened for writing. */
export interface DatabaseFacts extends ShapeFacts {
  /** Whether readers go on while somebody writes: then they get connections of their own. */
  readonly readersBesideWriter: boolean
}

export interface ConnectOptions {
  readonly readonly: boolean
  /** Whether the database is new, so that settings kept in it may be chosen. */
  readonly isNew: boolean
  /** How long a statement waits for a lock. */
  readonly busyTimeoutMs: number
  readonly synchronous: 'full' | 'normal'
  readonly maxConnections: number
  /** Makes every write through this instance an error. */
  readonly queryOnly: boolean
}

/** One database of one engine, not opened yet: what opening it needs beside the dialect. */
export interface Engine {
  readonly dialect: Dialect
  /** A new database wherever it is opened, so there is nothing to look at and nothing to refuse. */
  readonly isEphemeral: boolean
  /**
   * What the database holds, read without changing a byte; undefined where none is yet and one can be made.
   *
   * @throws {StoreUnavailableError} if none is there and none can be made, e.g. the folder is missing.
   * @throws {NotAWalletError} if there is something that is no database.
   */
  readFacts(): Promise<DatabaseFacts | undefined>
  /** Asked after `readFacts`. @throws {ReadOnlyError} if it cannot be written. */
  assertWritable(): Promise<void>
  /** How long a statement of a store waits for a lock, unless the caller says. Short where it blocks the thread. */
  readonly busyTimeoutMs: number
  /** How often a database that is waited for is looked at. */
  readonly pollMs: number
  /** A knex instance whose every connection is set up as ours. */
  connect(options: ConnectOptions): Knex
}
