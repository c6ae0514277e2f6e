import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyLegacyDatabase } from '@txkeep/legacy-wallet-maker'
import type { EngineName, TestDatabase, TestEngine } from '@txkeep/test-engines'
import type { Store } from '@txkeep/core'
import { openStore } from '@txkeep/storage-knex'
import type { Database } from 'better-sqlite3'
import type { Knex } from 'knex'
import { LEGACY_TABLES } from '../../src/knex/schema/table-names.js'
import { withSqlSession } from '../../src/knex/sql-session.js'
import { openMigrationDatabase } from '../../src/knex/open-migration-database.js'
import { dumpTables, type TableDump } from './dump-tables.js'
import { mirrorServer } from './server-mirror.js'
import { withKnex, withLegacyConnection } from './wallet-file.js'

export type ServerName = Exclude<EngineName, 'SQLite'>

/** The engines these tests are about. */
export const SERVERS: readonly ServerName[] = ['Postgres']

/** A legacy wallet on a server, and what a test asks about it. */
export class ServerWallet {
  readonly database: TestDatabase
  readonly #engine: ServerName

  private constructor(engine: ServerName, database: TestDatabase) {
    this.#engine = engine
    this.database = database
  }

  /** Copies the wallet of an SQLite file to a database of its own. */
  static async copy(engine: TestEngine, from: string): Promise<ServerWallet> {
    const database = await engine.makeDatabase()
    await copyLegacyDatabase({ from, to: database.url })
    return new ServerWallet(engine.name as ServerName, database)
  }

  async withKnex<T>(work: (knex: Knex) => Promise<T>): Promise<T> {
    const { knex, close } = await openMigrationDatabase(this.database.url)
    try {
      return await work(knex)
    } finally {
      await close()
    }
  }

  /** A store of the new application, opened now. */
  async withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore(this.database.url)
    try {
      return await work(store)
    } finally {
      await store.close()
    }
  }

  /** How the tables of the legacy application, their indexes, references and triggers are written down. */
  async legacySchema(): Promise<unknown[]> {
    return await this.withKnex(
      async (knex) =>
        await withSqlSession(knex, async (session) => {
          const catalogue = await session.dialect.readCatalogue(session)
          return catalogue
            .filter(({ table, name }) => LEGACY.has(table) && !name.startsWith('txk_capture'))
            .map(({ type, name, sql }) => `${type} ${name}: ${sql}`)
            .sort()
        }),
    )
  }

  async mirror(): Promise<Database> {
    return await mirrorServer(this.#engine, this.database)
  }

  async dump(): Promise<TableDump> {
    const mirror = await this.mirror()
    const dump = comparable(dumpTables(mirror))
    mirror.close()
    return dump
  }

  async drop(): Promise<void> {
    await this.database.drop()
  }
}

const LEGACY: ReadonlySet<string> = new Set([...LEGACY_TABLES, 'users', 'sync_states', 'output_baskets', 'settings'])

/** What the same work on the same wallet gives on SQLite. */
export async function onSqlite(from: string, work: (knex: Knex) => Promise<unknown>): Promise<TableDump> {
  const folder = mkdtempSync(join(tmpdir(), 'txkeep-servers-'))
  try {
    const file = join(folder, 'wallet.sqlite')
    copyFileSync(from, file)
    await withKnex(file, work)
    return comparable(withLegacyConnection(file, dumpTables))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Without what an engine says of itself, and how it writes its schema down. */
function comparable({ settings: _, ...dump }: TableDump): TableDump {
  const keep = dump['migration_keep']?.filter((row) => !row.includes('"table_name":"schema"'))
  return keep === undefined ? dump : { ...dump, migration_keep: keep }
}
