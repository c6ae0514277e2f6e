import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Database from 'better-sqlite3'

import { dumpTables } from './dump-rows.js'
import type { TestDatabase, TestEngine } from './test-engine.js'

/** A file that is not there yet, in a folder of its own. It comes with the driver, so it is never missing. */
export const sqliteTestEngine: TestEngine = { name: 'SQLite', missing: undefined, isCostly: false, makeDatabase }

async function makeDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-test-'))
  return { ...sqliteDatabase(join(folder, 'wallet.sqlite')), drop: () => rm(folder, { recursive: true }) }
}

/** The database in this file, whoever made it; nobody drops it. */
export function sqliteDatabase(path: string): Omit<TestDatabase, 'drop'> {
  return {
    url: path,
    query: async (sql, bindings = []) => {
      const database = new Database(path)
      try {
        const statement = database.prepare(sql)
        if (statement.reader) return statement.all(...bindings) as Record<string, unknown>[]
        statement.run(...bindings)
        return []
      } finally {
        database.close()
      }
    },
    dump: async () => {
      const database = new Database(path, { readonly: true })
      try {
        const tables = database.prepare(`select name from sqlite_master where type = 'table'`).pluck().all() as string[]
        const rowsOf = (table: string) =>
          database.prepare<[], Record<string, unknown>>(`select * from "${table}"`).all()
        return await dumpTables(tables, rowsOf)
      } finally {
        database.close()
      }
    },
    empty: async (tables) => {
      const database = new Database(path)
      try {
        for (const table of tables) database.exec(`delete from "${table}"`)
      } finally {
        database.close()
      }
    },
  }
}
