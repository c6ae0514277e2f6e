import { InvalidParameterError } from '@txkeep/core'
import { parseDatabaseUrl, redactDatabaseUrl } from '@txkeep/storage-knex'

/**
 * Refuses what this version cannot move, before anything is opened.
 *
 * @throws {InvalidParameterError} if `url` names another engine than SQLite, or a database that would be new and empty.
 */
export function assertSupported(url: string): void {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine !== 'sqlite') {
    const allowed = 'a path or sqlite:path: this version moves SQLite databases only'
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
