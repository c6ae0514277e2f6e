import { InvalidParameterError } from '@txkeep/core'
import { parseDatabaseUrl, redactDatabaseUrl } from '@txkeep/storage-knex'

/**
 * Refuses what this version cannot do, before anything is opened.
 *
 * @throws {InvalidParameterError} if `url` names an engine this version does not move, or a database that would be new and empty.
 */
export function assertSupported(url: string): void {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine === 'postgres') return
  if (parsed.engine !== 'sqlite') {
    const allowed = 'a path, sqlite:path or postgres://…: this version moves SQLite and Postgres databases'
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
