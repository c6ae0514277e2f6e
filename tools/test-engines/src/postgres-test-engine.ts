import pg from 'pg'

import { databaseName } from './database-name.js'
import { dumpTables } from './dump-rows.js'
import { missingSentence, serverUrl, urlOfDatabase } from './server-url.js'
import type { TestDatabase, TestEngine } from './test-engine.js'

/** The server `TXKEEP_TEST_POSTGRES_URL` names, or the one of this machine. The role needs the right to make databases. */
export async function postgresTestEngine(): Promise<TestEngine> {
  const server = serverUrl('TXKEEP_TEST_POSTGRES_URL', 'postgres://postgres@127.0.0.1:5432/postgres')
  const engine = { name: 'Postgres', isCostly: true, makeDatabase: () => makeDatabase(server.url) } as const
  try {
    await query(server.url.href, 'select 1')
    return { ...engine, missing: undefined }
  } catch (error) {
    return { ...engine, missing: missingSentence(server, 'Postgres', error) }
  }
}

/**
 * The database sorts by language and lives in a time zone with odd minutes, where the server can do that: a statement that
 * leans on the server's own order or clock is found out.
 */
async function makeDatabase(server: URL): Promise<TestDatabase> {
  const name = databaseName()
  const [row] = await query(server.href, `select current_setting('server_version_num')::int as version`)
  const sorted = Number(row?.['version']) >= 150_000 ? ` locale_provider icu icu_locale 'en-US'` : ''
  await query(server.href, `create database ${name} template template0 encoding 'UTF8'${sorted}`)
  await query(server.href, `alter database ${name} set timezone to 'Asia/Kathmandu'`)
  // Commits are as they are anywhere, except that nobody waits for the disk: a test does not cut the power.
  await query(server.href, `alter database ${name} set synchronous_commit to off`)
  const url = urlOfDatabase(server, name)
  return {
    url,
    query: (sql, bindings) => query(url, sql, bindings),
    dump: async () => {
      const tables = await query(url, `select tablename from pg_tables where schemaname = 'public'`)
      return dumpTables(
        tables.map(({ tablename }) => String(tablename)),
        (table) => query(url, `select * from "${table}"`),
      )
    },
    empty: async (tables) => {
      await query(url, tables.map((table) => `delete from "${table}"`).join('; '))
    },
    drop: async () => {
      await query(server.href, `drop database ${name} with (force)`)
    },
  }
}

async function query(url: string, sql: string, bindings?: readonly unknown[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql, bindings === undefined ? undefined : [...bindings])).rows
  } finally {
    await client.end()
  }
}

const CONNECT_TIMEOUT_MS = 5000
