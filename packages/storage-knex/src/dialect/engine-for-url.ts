import { StoreUnavailableError } from '@txkeep/core'

import { parseDatabaseUrl } from './database-url.js'
import type { Engine } from './engine.js'
import { sqliteEngine } from './sqlite-engine.js'

/**
 * The engine a URL names, with the database it names.
 *
 * @throws {InvalidParameterError} if it is no database URL.
 * @throws {StoreUnavailableError} if the engine is not in this version.
 */
export function engineForUrl(url: string): Engine {
  const parsed = parseDatabaseUrl(url)
  switch (parsed.engine) {
    case 'sqlite':
      return sqliteEngine(parsed)
    case 'postgres':
      throw notInThisVersion('Postgres')
    case 'mysql':
      throw notInThisVersion('MySQL and MariaDB')
  }
}

function notInThisVersion(engine: string): StoreUnavailableError {
  return new StoreUnavailableError(`${engine} cannot be opened in this version: it stores on SQLite only. Name a file.`)
}
