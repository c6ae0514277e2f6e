import { openStore } from '@txkeep/storage-knex'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { rollback, runSchemaCutover, soak, verifyMigration } from '../src/knex/index.js'
import { damagedCopy, openFile, openPlain } from './support/legacy-copy.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'

/** Tables both schemas have, and the move leaves alone, but for the id maps of `sync_states`. Source: docs/spec/migration.md §2. */
const SHARED = [
  'users',
  'output_baskets',
  'output_tags',
  'tx_labels',
  'certificates',
  'certificate_fields',
  'settings',
  'sync_states',
  'monitor_events',
] as const

type Rows = Readonly<Record<string, readonly unknown[]>>

/** Every row of every shared table, byte for byte and with the type of each value. */
function sharedRows(file: string): Rows {
  const database = openPlain(file)
  return Object.fromEntries(
    SHARED.map((table) => {
      const columns = database.pragma(`table_info(${table})`) as { name: string }[]
      const values = columns.map(({ name }) => `typeof("${name}") || ' ' || quote("${name}") as "${name}"`)
      return [table, database.prepare(`select ${values.join(', ')} from ${table} order by rowid`).all()]
    }),
  )
}

/** What is left of the rows without the column a cutover writes. */
function withoutSyncMaps({ sync_states: states = [], ...rest }: Rows): Rows {
  return { ...rest, sync_states: states.map((row) => ({ ...(row as object), syncMap: undefined })) }
}

/** From now on every write to a shared table is noted, whoever writes it, also one that changes nothing. */
function noteWrites(file: string): void {
  const database = openPlain(file)
  database.exec('create table noted_writes (what text not null, name text not null)')
  for (const table of SHARED) {
    for (const what of ['insert', 'update', 'delete']) {
      database.exec(
        `create trigger noted_${what}_${table} after ${what} on ${table} begin insert into noted_writes values ('${what}', '${table}'); end`,
      )
    }
  }
}

function notedWrites(file: string): unknown[] {
  return openPlain(file).prepare('select distinct what, name from noted_writes order by 1, 2').all()
}

/** A wallet with rows in every shared table, some of them odd: a map with numbers to rewrite, one that is none, values of other types. */
function fullWallet(): string {
  const file = damagedCopy((database) => {
    fill(database)
    for (const table of SHARED)
      expect([table, database.prepare(`select count(*) from ${table}`).pluck().get()]).not.toEqual([table, 0])
  })
  noteWrites(file)
  return file
}

function fill(database: Database.Database): void {
  const map = JSON.stringify({
    provenTx: { idMap: { 5: 1 } },
    provenTxReq: { idMap: { 6: 1 } },
    output: { idMap: { 7: 1 } },
  })
  const state = database.prepare(
    `insert into sync_states ("userId", "storageIdentityKey", "storageName", "refNum", "syncMap") values (1, 'key', 'other', ?, ?)`,
  )
  state.run('rewritten', map)
  state.run('no JSON', 'broken {')
  database.exec(`
    insert into certificates ("certificateId", "userId", "serialNumber", type, certifier, subject, "revocationOutpoint", signature)
      values (900, 1, 'serial', 'type', 'certifier', 'subject', 'none.0', x'00ff');
    insert into certificate_fields ("userId", "certificateId", "fieldName", "fieldValue", "masterKey") values (1, 900, 'name', 'ünï', x'01');
    insert into output_tags ("userId", tag, "isDeleted") values (1, 'deleted', 1);
    insert into tx_labels ("userId", label, created_at) values (1, 'no time', 'yesterday');
    insert into monitor_events (event, details) values ('shared', '{"a":1}');`)
}

const ONLY_MAPS = [{ what: 'update', name: 'sync_states' }]

describe('tables both schemas share', () => {
  it('are not written by a move, but for the id maps, and are byte for byte what they were after going back', async () => {
    const file = fullWallet()
    const before = sharedRows(file)
    const knex = await openFile(file)
    expect(await runSchemaCutover(knex, { deep: true })).toMatchObject({ ok: true, phase: 'cut-over' })
    expect(withoutSyncMaps(sharedRows(file))).toEqual(withoutSyncMaps(before))
    expect(sharedRows(file)).not.toEqual(before)
    expect(notedWrites(file)).toEqual(ONLY_MAPS)
    await rollback(knex)
    expect(sharedRows(file)).toEqual(before)
    expect(notedWrites(file)).toEqual(ONLY_MAPS)
    expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, phase: 'cut-over' })
    expect(withoutSyncMaps(sharedRows(file))).toEqual(withoutSyncMaps(before))
    expect(notedWrites(file)).toEqual(ONLY_MAPS)
  })

  it('keep what the new application wrote to them, and nothing else, when it is drained and taken back', async () => {
    const file = fullWallet()
    const knex = await openFile(file)
    await runSchemaCutover(knex)
    const store = await openStore(file)
    await writeUnderNewSchema(store, [1, 2], seeded(41), 120)
    await store.close()
    const written = sharedRows(file)
    openPlain(file).exec('delete from noted_writes')
    await soak(knex, { once: true })
    expect(notedWrites(file)).toEqual([])
    await rollback(knex)
    expect(withoutSyncMaps(sharedRows(file))).toEqual(withoutSyncMaps(written))
    expect(notedWrites(file)).toEqual(ONLY_MAPS)
    const { checks } = await verifyMigration(knex)
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
  })
})
