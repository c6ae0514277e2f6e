import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyLegacyDatabase, openLegacyServer } from '@txkeep/legacy-wallet-maker'
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

  /** Ends every connection to the database on the side of the server, as an administrator or a failover does. */
  async cutConnections(): Promise<void> {
    await CUT[this.#engine](this.database)
  }

  /** A connection of somebody else that has read the outputs in a transaction it does not end. */
  async holdReader(): Promise<{ end(): Promise<void> }> {
    const knex = openLegacyServer(this.database.url)
    const trx = await knex.transaction()
    await trx('outputs').first()
    return {
      end: async () => {
        await trx.rollback()
        await knex.destroy()
      },
    }
  }

  async isSwapped(): Promise<boolean> {
    const rows = await this.database.query(
      `select 1 as found from information_schema.tables where table_name = 'transactions_legacy' and table_schema = ${this.#engine === 'MySQL' ? 'database()' : 'current_schema()'}`,
    )
    return rows.length > 0
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

const CUT: Readonly<Record<ServerName, (database: TestDatabase) => Promise<void>>> = {
  Postgres: async (database) => {
    await database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  },
  MySQL: async (database) => {
    const rows = await database.query(
      'select id from information_schema.processlist where db = database() and id <> connection_id()',
    )
    for (const { id } of rows) await database.query(`kill ${String(id)}`).catch(() => undefined)
  },
}

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

/** Without what an engine says of itself, how it writes its schema down, and how long it took. */
function comparable({ settings: _, ...dump }: TableDump): TableDump {
  const without = (table: string, text: string): TableDump =>
    dump[table] === undefined ? {} : { [table]: dump[table].filter((row) => !row.includes(text)) }
  return {
    ...dump,
    ...without('migration_keep', '"table_name":"schema"'),
    ...without('tx_audit', '"event":"migration.timing"'),
  }
}
