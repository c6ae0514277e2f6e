import { InvalidParameterError } from '@txkeep/core'
import { parseDatabaseUrl, redactDatabaseUrl } from '@txkeep/storage-knex'

/** Commands that work on a Postgres database already. */
const ON_POSTGRES: ReadonlySet<string> = new Set(['inspect', 'preflight', 'status', 'expand', 'contract'])

/**
 * Refuses what this version cannot do, before anything is opened.
 *
 * @throws {InvalidParameterError} if `url` names an engine `command` does not work on, or a database that would be new and empty.
 */
export function assertSupported(url: string, command: string): void {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine === 'postgres' && ON_POSTGRES.has(command)) return
  if (parsed.engine !== 'sqlite') {
    const allowed = ON_POSTGRES.has(command)
      ? 'a path, sqlite:path or postgres://…: this version does that on SQLite and Postgres only'
      : 'a path or sqlite:path: this version moves SQLite databases only'
    throw new InvalidParameterError('--db', redactDatabaseUrl(url), allowed)
  }
  if (parsed.inMemory) {
    throw new InvalidParameterError(
      '--db',
      url,
      'a path or sqlite:path: a database in memory is new and has nothing to move',
    )
  }
}
