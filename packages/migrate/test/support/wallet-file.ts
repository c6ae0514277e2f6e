import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKnex } from '@txkeep/storage-knex'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import type { Knex } from 'knex'
import { afterAll } from 'vitest'

/** A small legacy wallet the published toolbox 2.1.26 made: most statuses, tags, labels, received payments with proof. */
export const FIXTURE: string = fileURLToPath(new URL('../fixtures/legacy-2.1.26.sqlite', import.meta.url))

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(name: string, parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, `txkeep-${name}-`))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Where files lie in memory, when the machine has such a place: for tests about rows that make many databases. */
export const MEMORY_FOLDER: string = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Puts a copy of `source` at `file`, without what an earlier database left beside it. */
export function copyWallet(source: string, file: string): string {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true })
  copyFileSync(source, file)
  return file
}

/** Runs `work` on a knex instance of its own and closes it afterwards, whatever happens. */
export async function withKnex<T>(file: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = await openKnex(file)
  try {
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}

/** A connection that knows nothing of txkeep, as the published application has one. */
export function withLegacyConnection<T>(file: string, work: (database: Database) => T): T {
  const database = new BetterSqlite3(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}
