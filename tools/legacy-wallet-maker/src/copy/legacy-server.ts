import type { Knex } from 'knex'
import { mysqlLegacyServer } from './mysql-legacy-server.js'
import { postgresLegacyServer } from './postgres-legacy-server.js'

/** What a server does its own way when it takes over a legacy database. */
export interface LegacyServer {
  /** What `settings.dbtype` says there. */
  readonly dbtype: string
  /** One connection, on which the published migrations run although they were not written for every server. */
  open(url: string): Knex
  /** After the migrations, while the tables are empty: what the declared types cannot hold although SQLite can. */
  readonly widen: readonly string[]
  /** From now until the transaction ends, rows may point nowhere. */
  suspendReferences(knex: Knex.Transaction): Promise<void>
  resumeReferences(knex: Knex.Transaction): Promise<void>
  /** Type and numbering of each column, by table and name. */
  readColumns(knex: Knex.Transaction): Promise<readonly LegacyColumn[]>
  /** The next row of `table` is numbered `last` + 1. */
  setSequence(knex: Knex.Transaction, table: string, column: string, last: number): Promise<void>
}

export interface LegacyColumn {
  readonly table: string
  readonly column: string
  readonly kind: 'boolean' | 'moment' | 'other'
  /** The server numbers rows by it. */
  readonly numbers: boolean
}

/** One connection to a legacy database on a server, as an application of the time has one. */
export function openLegacyServer(url: string): Knex {
  return legacyServerFor(url).open(url)
}

/** @throws {RangeError} if `url` names no server the copy can go to. */
export function legacyServerFor(url: string): LegacyServer {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (protocol === 'postgres:' || protocol === 'postgresql:') return postgresLegacyServer
  if (protocol === 'mysql:' || protocol === 'mariadb:') return mysqlLegacyServer
  throw new RangeError(`A copy goes to postgres:// or mysql://, and '${protocol}' is neither.`)
}
