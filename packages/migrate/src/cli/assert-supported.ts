import { InvalidParameterError } from '@txkeep/core'
import { parseDatabaseUrl, redactDatabaseUrl } from '@txkeep/storage-knex'

/** What works without a swap of names. */
const ON_MARIADB: ReadonlySet<string> = new Set([
  'inspect',
  'preflight',
  'status',
  'expand',
  'capture',
  'backfill',
  'verify',
  'report',
  'contract',
])

/**
 * Refuses what this version cannot do, before anything is opened.
 *
 * @throws {InvalidParameterError} if `url` names an engine `command` does not work on, or a database that would be new and empty.
 */
export function assertSupported(url: string, command: string): void {
  const parsed = parseDatabaseUrl(url)
  if (parsed.engine === 'postgres' || (parsed.engine === 'mysql' && ON_MARIADB.has(command))) return
  if (parsed.engine !== 'sqlite') {
    const allowed = `a path, sqlite:path or postgres://…: on MariaDB this version does ${[...ON_MARIADB].join(', ')}, and not ${command}`
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
