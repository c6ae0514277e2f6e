import { readFileSync } from 'node:fs'

import { InvalidParameterError, StoreUnavailableError } from '@txkeep/core'
import type { Knex } from 'knex'

import { redactDatabaseUrl } from './database-url.js'

/** knex does not know that the driver can compare the host's name with the certificate's. */
type MysqlTls = Exclude<Knex.MySql2ConnectionConfig['ssl'], string | undefined> & { readonly verifyIdentity: boolean }

/**
 * What the driver is told: server, account, database and TLS of `mysql://user:password@host:port/database?ssl-mode=…`. A password the URL
 * leaves out is taken from the environment (`MYSQL_PWD`), so that it need not stand in a file or a process list.
 *
 * @throws {InvalidParameterError} if the URL names no database, or says what nobody knows. Its text is redacted.
 * @throws {StoreUnavailableError} if a certificate it names cannot be read.
 */
export function mysqlConnectionOptions(
  url: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Knex.MySql2ConnectionConfig {
  const parsed = parse(url)
  for (const name of parsed.searchParams.keys()) {
    if (!PARAMETERS.includes(name)) throw new InvalidParameterError('url', redactDatabaseUrl(url), KNOWN_PARAMETERS)
  }
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (database === '')
    throw new InvalidParameterError('url', redactDatabaseUrl(url), 'with a database, mysql://…/database')
  const password = decodeURIComponent(parsed.password) || environment['MYSQL_PWD']
  const ssl = tlsOptions(parsed, url)
  const socketPath = parsed.searchParams.get('socket')
  return {
    host: decodeURIComponent(parsed.hostname.replace(/^\[(.*)\]$/, '$1')) || 'localhost',
    port: parsed.port === '' ? 3306 : Number(parsed.port),
    ...(socketPath === null ? {} : { socketPath }),
    user: decodeURIComponent(parsed.username) || 'root',
    ...(password === undefined ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
    database,
    charset: 'utf8mb4',
    // For whoever works on the knex instance itself: times are UTC, and no number is rounded.
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A server must not be able to ask this process for its files.
    flags: '-LOCAL_FILES',
  }
}

const CONNECT_TIMEOUT_MS = 10_000
const PARAMETERS: readonly string[] = ['ssl-mode', 'ssl-ca', 'ssl-cert', 'ssl-key', 'socket']
const KNOWN_PARAMETERS = `without other parameters than ${PARAMETERS.join(', ')}`
const SSL_MODES = ['disabled', 'required', 'verify_ca', 'verify_identity']

function parse(url: string): URL {
  try {
    return new URL(url)
  } catch {
    throw new InvalidParameterError('url', redactDatabaseUrl(url), 'mysql://user:password@host:port/database')
  }
}

/** Undefined: no TLS. Naming a certificate alone asks for the strictest mode. */
function tlsOptions(parsed: URL, url: string): MysqlTls | undefined {
  const { searchParams } = parsed
  const [ca, cert, key] = ['ssl-ca', 'ssl-cert', 'ssl-key'].map((name) => readCertificate(name, searchParams.get(name)))
  const standard = [ca, cert, key].some((file) => file !== undefined) ? 'verify_identity' : 'disabled'
  const mode = (searchParams.get('ssl-mode') ?? standard).toLowerCase()
  if (!SSL_MODES.includes(mode)) {
    throw new InvalidParameterError('url', redactDatabaseUrl(url), `with an ssl-mode of ${SSL_MODES.join(', ')}`)
  }
  if (mode === 'disabled') return undefined
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    rejectUnauthorized: mode !== 'required',
    verifyIdentity: mode === 'verify_identity',
  }
}

function readCertificate(name: string, path: string | null): string | undefined {
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new StoreUnavailableError(`The file ${path} that ${name} names cannot be read. Check path and permissions.`, {
      cause,
    })
  }
}
