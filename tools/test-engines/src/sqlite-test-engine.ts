import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import Database from 'better-sqlite3'

import type { TestDatabase, TestEngine } from './test-engine.js'

/** A file that is not there yet, in a folder of its own. It comes with the driver, so it is never missing. */
export const sqliteTestEngine: TestEngine = { name: 'SQLite', missing: undefined, isCostly: false, makeDatabase }

async function makeDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-test-'))
  const path = join(folder, 'wallet.sqlite')
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
    empty: async (tables) => {
      const database = new Database(path)
      try {
        for (const table of tables) database.exec(`delete from "${table}"`)
      } finally {
        database.close()
      }
    },
    drop: () => rm(folder, { recursive: true }),
  }
}
