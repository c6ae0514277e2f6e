import { parseDatabaseUrl } from './database-url.js'
import type { Engine } from './engine.js'
import { mysqlEngine } from './mysql-engine.js'
import { postgresEngine } from './postgres-engine.js'
import { sqliteEngine } from './sqlite-engine.js'

/**
 * The engine a URL names, with the database it names.
 *
 * @throws {InvalidParameterError} if it is no database URL.
 */
export function engineForUrl(url: string): Engine {
  const parsed = parseDatabaseUrl(url)
  switch (parsed.engine) {
    case 'sqlite':
      return sqliteEngine(parsed)
    case 'postgres':
      return postgresEngine(parsed)
    case 'mysql':
      return mysqlEngine(parsed)
  }
}
