import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { ReadOnlyError, StoreUnavailableError } from '@txkeep/core'
import Database from 'better-sqlite3'

import { readShapeFacts } from '../read-shape-facts.js'
import type { DatabaseFacts, Engine } from './engine.js'
import { sqliteDialect } from './sqlite-dialect.js'
import { translateSqliteError } from './sqlite-errors.js'
import { sqliteKnex } from './sqlite-knex.js'

/** One SQLite database: a file, or one in memory that lives as long as its connection. */
export function sqliteEngine({ path, inMemory }: { readonly path: string; readonly inMemory: boolean }): Engine {
  return {
    dialect: sqliteDialect,
    isEphemeral: inMemory,
    readFacts: async () => (inMemory || isMissing(path) ? undefined : readFacts(path)),
    busyTimeoutMs: 20,
    pollMs: 50,
    assertWritable: async () => {
      if (!inMemory) assertWritable(path)
    },
    connect: (options) =>
      sqliteKnex({
        path,
        readonly: options.readonly,
        // A write-ahead log stays with the file, so it is chosen once: readers and the writer do not wait for each other then.
        journalMode: options.isNew && !inMemory ? 'wal' : undefined,
        busyTimeoutMs: options.busyTimeoutMs,
        synchronous: options.synchronous,
        queryOnly: options.queryOnly,
        maxConnections: inMemory ? 1 : options.maxConnections,
      }),
  }
}

/** @throws {StoreUnavailableError} if there is something else, or no folder to make it in. */
function isMissing(path: string): boolean {
  if (existsSync(path)) {
    if (statSync(path).isFile()) return false
    throw new StoreUnavailableError(`${resolve(path)} is not a file. Name the database file itself.`)
  }
  const folder = dirname(resolve(path))
  if (!existsSync(folder)) throw new StoreUnavailableError(`There is no folder ${folder}. Check the path.`)
  return true
}

function assertWritable(path: string): void {
  try {
    if (existsSync(path)) accessSync(path, constants.W_OK)
    accessSync(dirname(resolve(path)), constants.W_OK)
  } catch (cause) {
    throw new ReadOnlyError(
      `${resolve(path)} or its folder cannot be written. Check its permissions, or open it with readonly: true.`,
      { cause },
    )
  }
}

/**
 * Reads through a connection that cannot write and, being no writer, does not even move a leftover write-ahead log into the
 * file when it closes.
 */
async function readFacts(path: string): Promise<DatabaseFacts> {
  let database: Database.Database | undefined
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: READ_TIMEOUT_MS })
    const facts = await readShapeFacts(sqliteDialect.connect(database), sqliteDialect)
    return { ...facts, readersBesideWriter: database.pragma('journal_mode', { simple: true }) === 'wal' }
  } catch (error) {
    throw translateSqliteError(error)
  } finally {
    database?.close()
  }
}

/** Short: it blocks the thread, and the caller tries again. */
const READ_TIMEOUT_MS = 100
