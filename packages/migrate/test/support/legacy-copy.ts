import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKnex } from '@txkeep/storage-knex'
import Database from 'better-sqlite3'
import type { Knex } from 'knex'
import { afterAll } from 'vitest'

/** A wallet made by @bsv/wallet-toolbox 2.1.26. */
export const FIXTURE: string = fileURLToPath(new URL('../fixtures/legacy-2.1.26.sqlite', import.meta.url))

const cleanups: (() => unknown)[] = []

// Last opened, first closed.
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

/** A folder that is gone when the test file is done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'txkeep-move-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A copy of a legacy database for one test. */
export function legacyCopy(source: string = FIXTURE): string {
  const file = join(temporaryFolder(), 'wallet.sqlite')
  copyFileSync(source, file)
  return file
}

/** A knex instance that is closed when the test file is done. */
export async function openFile(file: string): Promise<Knex> {
  const knex = await openKnex(file)
  cleanups.push(() => knex.destroy())
  return knex
}

/** A plain connection like a legacy application's: without our functions, with foreign keys. */
export function openPlain(file: string): Database.Database {
  const database = new Database(file)
  cleanups.push(() => database.close())
  return database
}

/** A copy of the legacy wallet with damage no application does. */
export function damagedCopy(damage: (database: Database.Database) => void): string {
  const file = legacyCopy()
  const database = openPlain(file)
  database.pragma('foreign_keys = off')
  damage(database)
  return file
}
