import { InvalidParameterError } from '@txkeep/core'

/** What a database URL names. */
export type DatabaseUrl =
  | { readonly engine: 'sqlite'; readonly path: string; readonly inMemory: boolean }
  | { readonly engine: 'postgres' | 'mysql'; readonly url: string }

/**
 * What `url` names: a path, `sqlite:path`, `sqlite::memory:`, `postgres://…` (or `postgresql://…`) or `mysql://…` (or `mariadb://…`).
 *
 * @throws {InvalidParameterError} if it is empty or names another engine. Its text is redacted.
 * @example parseDatabaseUrl('sqlite:wallet.sqlite') // { engine: 'sqlite', path: 'wallet.sqlite', inMemory: false }
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  if (url === ':memory:') return sqlite(url)
  // A single letter before a colon is a drive, not a scheme.
  if (scheme === undefined) return sqlite(url)
  if (scheme === 'sqlite' || scheme === 'file') return sqlite(url.slice(scheme.length + 1).replace(/^\/\/(?=\/)/, ''))
  if (scheme === 'postgres' || scheme === 'postgresql') return { engine: 'postgres', url }
  if (scheme === 'mysql' || scheme === 'mariadb') return { engine: 'mysql', url }
  throw new InvalidParameterError('url', redactDatabaseUrl(url), ALLOWED)
}

/**
 * `url` without its password, for messages and logs. What cannot be parsed as a URL with a host is returned as it is: a path has
 * no password.
 */
export function redactDatabaseUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]*?):[^/?#]*@/i, '$1:***@')
    .replace(/([?&](?:password|pwd|secret)=)[^&#]*/gi, '$1***')
}

const ALLOWED = 'a path, sqlite:path, sqlite::memory:, postgres://… or mysql://…'

function sqlite(path: string): DatabaseUrl {
  if (path === '') throw new InvalidParameterError('url', path, ALLOWED)
  return { engine: 'sqlite', path, inMemory: path === ':memory:' }
}
