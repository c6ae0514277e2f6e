import { openKnex } from '@txkeep/storage-knex'
import Database from 'better-sqlite3'
import { expect } from 'vitest'
import type { MigrationEvent } from '../../src/index.js'
import { cutover, expand, markVerified, runKnexBackfill, startCapture } from '../../src/knex/index.js'

/** Moves from wherever a database is to the cutover, and says which checkpoints it passed. */
export async function move(file: string): Promise<string[]> {
  const knex = await openKnex(file)
  const passed = new Set<string>()
  const on = (event: MigrationEvent): void => {
    if (event.type === 'checkpoint') passed.add(event.name)
  }
  try {
    const phase = read(file, phaseOf)
    if (phase === 'none') await expand(knex, { on })
    if (phase === 'none' || phase === 'expanded') await startCapture(knex, { on })
    if (phase !== 'cut-over') {
      await runKnexBackfill(knex, { on })
      await markVerified(knex, { on })
    }
    await cutover(knex, { on })
    return [...passed]
  } finally {
    await knex.destroy()
  }
}

export function read<T>(file: string, work: (database: Database.Database) => T): T {
  const database = new Database(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

export function phaseOf(database: Database.Database): string {
  const there = database.prepare(`select 1 from sqlite_schema where name = 'migration_state'`).get()
  if (there === undefined) return 'none'
  return database.prepare<[], { phase: string }>('select phase from migration_state').get()?.phase ?? 'none'
}

/** Before the swap the legacy application can write, as if nothing were there; after it, it is refused. */
function expectLegacyWrites(database: Database.Database, isNew: boolean): void {
  const write = (): void => {
    // Fits both shapes.
    database.prepare('update outputs set spendable = spendable where outputId = -1').run()
    if (isNew) return
    database.exec(`begin;
      insert into transactions (userId, status, reference, isOutgoing) select min(userId), 'unsigned', 'written after the kill', 1 from users;
      insert into outputs (userId, transactionId, vout, satoshis, providedBy, purpose, type)
        select userId, transactionId, 0, 7, 'you', '', '' from transactions where reference = 'written after the kill';
      delete from outputs where satoshis = 7 and purpose = '';
      rollback`)
  }
  if (isNew && phaseOf(database) !== 'finalized') expect(write).toThrow('moved to the txkeep schema')
  if (!isNew) expect(write).not.toThrow()
}

/** The old shape or the new one, nothing between, and a file the engine finds sound. */
export function expectWhole(file: string): void {
  read(file, (database) => {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    const names = new Set(
      database
        .prepare<[], { name: string }>('select name from sqlite_schema')
        .all()
        .map(({ name }) => name),
    )
    const columns = database.prepare<[], { name: string }>(`select name from pragma_table_info('transactions')`).all()
    const isNew = columns.some(({ name }) => name === 'processing')
    expectLegacyWrites(database, isNew)
    expect(names.has('proven_txs')).toBe(!isNew)
    expect(names.has('proven_txs_legacy')).toBe(isNew && phaseOf(database) !== 'finalized')
    expect([...names].filter((name) => name.startsWith('txk_capture')).length).toBe(
      isNew || ['none', 'expanded'].includes(phaseOf(database)) ? 0 : 42,
    )
  })
}
