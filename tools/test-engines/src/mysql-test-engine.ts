import { createConnection } from 'mysql2/promise'

import { databaseName } from './database-name.js'
import { dumpTables } from './dump-rows.js'
import { missingSentence, serverUrl, urlOfDatabase } from './server-url.js'
import type { TestDatabase, TestEngine } from './test-engine.js'

/** The server `TXKEEP_TEST_MYSQL_URL` names, or the one of this machine. The account needs the right to make databases. */
export async function mysqlTestEngine(): Promise<TestEngine> {
  const server = serverUrl('TXKEEP_TEST_MYSQL_URL', 'mysql://root@127.0.0.1:3306/')
  const engine = { name: 'MySQL', isCostly: true, makeDatabase: () => makeDatabase(server.url) } as const
  try {
    await query(server.url.href, 'select 1')
    return { ...engine, missing: undefined }
  } catch (error) {
    return { ...engine, missing: missingSentence(server, 'MySQL or MariaDB', error) }
  }
}

async function makeDatabase(server: URL): Promise<TestDatabase> {
  const name = databaseName()
  await query(server.href, `create database ${name}`)
  const url = urlOfDatabase(server, name)
  return {
    url,
    query: (sql, bindings) => query(url, sql, bindings),
    dump: async () => {
      const tables = await query(
        url,
        'select table_name as name from information_schema.tables where table_schema = ?',
        [name],
      )
      return dumpTables(
        tables.map((row) => String(row['name'])),
        (table) => query(url, `select * from \`${table}\``),
      )
    },
    empty: async (tables) => {
      const connection = await createConnection({ uri: url, connectTimeout: CONNECT_TIMEOUT_MS })
      try {
        await connection.beginTransaction()
        for (const table of tables) await connection.query(`delete from \`${table}\``)
        await connection.commit()
      } finally {
        await connection.end()
      }
    },
    drop: async () => {
      await query(server.href, `drop database ${name}`)
    },
  }
}

async function query(uri: string, sql: string, bindings: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ uri, connectTimeout: CONNECT_TIMEOUT_MS })
  try {
    const [rows] = await connection.query(sql, [...bindings])
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    await connection.end()
  }
}

const CONNECT_TIMEOUT_MS = 5000
