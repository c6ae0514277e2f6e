import { describe, expect, it } from 'vitest'
import {
  contract,
  cutover,
  expand,
  markVerified,
  rollback,
  runKnexBackfill,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { legacyState, movedState } from './support/dump.js'
import { FIXTURE, legacyCopy, openFile, openPlain } from './support/legacy-copy.js'
import { openMoved } from './support/open-moved.js'

describe('rollback', () => {
  it('gives back the legacy tables as they were: text of the schema, rows, references, sequences', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await expect(rollback(knex)).resolves.toMatchObject({ phase: 'rolled-back', swapped: true })
    expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
    expect(openPlain(file).pragma('integrity_check', { simple: true })).toBe('ok')
  })

  it('done again changes nothing', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await rollback(knex)
    await expect(rollback(knex)).resolves.toMatchObject({ phase: 'rolled-back', swapped: false })
    expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
  })

  it('takes along what the new application has written, and changes nothing else', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await knex.raw(`update actions set description = 'written under the new schema' where "actionId" = 1`)
    await expect(rollback(knex)).resolves.toMatchObject({ swapped: true, drained: 1 })
    const [after, before] = [legacyState(openPlain(file)), legacyState(openPlain(FIXTURE))]
    expect(after['sequences']).toEqual(before['sequences'])
    const rows = (state: Record<string, unknown>): [string, string[]][] =>
      Object.entries(state['rows'] as Record<string, string[]>)
    const original = Object.fromEntries(rows(before))
    const changed = rows(after).flatMap(([table, lines]) =>
      lines.filter((line) => original[table]?.includes(line) !== true),
    )
    expect(changed).toHaveLength(1)
    expect(changed[0]).toContain('written under the new schema')
  })

  it('does not mind what the new application notes about itself', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await knex.raw(`insert into monitor_lease (task_name, owner_id, fence, expires_at) values ('smoke', 'me', 1, 0)`)
    await expect(rollback(knex)).resolves.toMatchObject({ swapped: true })
  })

  it('refuses when somebody wrote to the kept legacy tables', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    openPlain(file).exec(`update outputs_legacy set satoshis = satoshis + 1 where outputId = 7`)
    await expect(rollback(knex)).rejects.toThrow(/outputs_legacy are not as they were at the cutover/)
  })

  it('and a cutover after it take along what the legacy application wrote in between', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await rollback(knex)
    const legacy = openPlain(file)
    legacy.exec(`update transactions set description = 'after the way back' where transactionId = 2`)
    legacy.exec(
      `insert into outputs (userId, transactionId, vout, satoshis, providedBy, purpose, type, spendable) values (1, 2, 77, 12, 'you', '', 'custom', 1)`,
    )
    legacy.exec(`delete from tx_labels_map where transactionId = (select min(transactionId) from tx_labels_map)`)
    await cutover(knex)
    const { ok, checks } = await verifyMigration(knex)
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(ok).toBe(true)

    const fresh = legacyCopy(FIXTURE)
    const again = openPlain(fresh)
    again.exec(`update transactions set description = 'after the way back' where transactionId = 2`)
    again.exec(
      `insert into outputs (created_at, updated_at, userId, transactionId, vout, satoshis, providedBy, purpose, type, spendable)
       select created_at, updated_at, userId, transactionId, vout, satoshis, providedBy, purpose, type, spendable from (
         select '${stampOf(file, 'created_at')}' as created_at, '${stampOf(file, 'updated_at')}' as updated_at, 1 as userId, 2 as transactionId, 77 as vout,
           12 as satoshis, 'you' as providedBy, '' as purpose, 'custom' as type, 1 as spendable)`,
    )
    again.exec(`delete from tx_labels_map where transactionId = (select min(transactionId) from tx_labels_map)`)
    await openMoved(fresh)
    expect(movedState(openPlain(file), '')).toEqual(movedState(openPlain(fresh), ''))
  })

  it('and contract leave only the legacy wallet', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await rollback(knex)
    await expect(contract(knex)).resolves.toEqual({ phase: 'none' })
    const database = openPlain(file)
    expect(legacyState(database)).toEqual(legacyState(openPlain(FIXTURE)))
    const names = (of: string): string[] =>
      openPlain(of)
        .prepare<[], { name: string }>('select name from sqlite_schema order by 1')
        .all()
        .map(({ name }) => name)
    expect(names(file)).toEqual(names(FIXTURE))
  })
})

describe('the id maps of synchronization', () => {
  const MAP = JSON.stringify({
    provenTx: { entityName: 'provenTx', idMap: { '501': 1, '502': 3, '503': 999 }, count: 3 },
    provenTxReq: { entityName: 'provenTxReq', idMap: { '7': 2 }, count: 1 },
    transaction: { entityName: 'transaction', idMap: { '1': 1 }, count: 1 },
  })
  const ROW = `insert into sync_states (userId, storageIdentityKey, storageName, status, init, refNum, syncMap) values (1, 'k', 'other', 'success', 1, 'r1', '${MAP}')`

  it('name the new rows after the swap, and the legacy rows after a rollback', async () => {
    const file = legacyCopy()
    openPlain(file).exec(ROW)
    const before = legacyState(openPlain(file))
    const knex = await openMoved(file)
    const database = openPlain(file)
    const { syncMap } = database.prepare<[], { syncMap: string }>('select syncMap from sync_states').get() ?? {
      syncMap: '',
    }
    const map = JSON.parse(syncMap) as Record<string, { idMap: Record<string, number> }>
    const txidOf = (id: number | undefined): unknown =>
      database
        .prepare<[number | undefined], { txid: string }>('select txid from transactions where transactionId = ?')
        .get(id)?.txid
    const legacyTxid = (table: string, key: string, id: number): unknown =>
      database.prepare<[number], { txid: string }>(`select txid from ${table}_legacy where ${key} = ?`).get(id)?.txid
    expect(txidOf(map['provenTx']?.idMap['501'])).toBe(legacyTxid('proven_txs', 'provenTxId', 1))
    expect(txidOf(map['provenTx']?.idMap['502'])).toBe(legacyTxid('proven_txs', 'provenTxId', 3))
    expect(map['provenTx']?.idMap).not.toHaveProperty('503')
    expect(txidOf(map['provenTxReq']?.idMap['7'])).toBe(legacyTxid('proven_tx_reqs', 'provenTxReqId', 2))
    expect(map['transaction']?.idMap).toEqual({ '1': 1 })

    await rollback(knex)
    expect(legacyState(openPlain(file))).toEqual(before)
  })

  it('written by the legacy application at the last moment are rewritten too', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    await markVerified(knex)
    const legacy = openPlain(file)
    await cutover(knex, {
      on: (event) => {
        if (event.type === 'checkpoint' && event.name === 'cutover:before-lock') legacy.exec(ROW)
      },
    })
    const { syncMap } = legacy.prepare<[], { syncMap: string }>('select syncMap from sync_states').get() ?? {
      syncMap: '{}',
    }
    const map = JSON.parse(syncMap) as Record<string, { idMap: Record<string, number> }>
    expect(map['provenTx']?.idMap['501']).toBeGreaterThan(1000)
  })

  it('changed by the new application are turned back number by number', async () => {
    const file = legacyCopy()
    const before = openPlain(file)
    before.exec(ROW)
    const knex = await openMoved(file)
    const row = before.prepare<[], { syncMap: string }>('select syncMap from sync_states').get()
    const map = JSON.parse(row?.syncMap ?? '{}') as Record<string, { idMap: Record<string, number>; count?: number }>
    const moved501 = map['provenTx']?.idMap['501'] ?? 0
    expect(moved501).toBeGreaterThan(1000)
    // Another store's number of the same transaction, and one of nothing.
    Object.assign(map['provenTx']?.idMap ?? {}, { '777': moved501, '778': 5 })
    Object.assign(map['transaction']?.idMap ?? {}, { '9': 9 })
    await knex('sync_states').update({ syncMap: JSON.stringify(map) })
    await rollback(knex)
    const after = openPlain(file).prepare<[], { syncMap: string }>('select syncMap from sync_states').get()
    const restored = JSON.parse(after?.syncMap ?? '{}') as Record<string, { idMap: Record<string, number> }>
    expect(restored['provenTx']?.idMap).toEqual({ '501': 1, '502': 3, '777': 1 })
    expect(restored['provenTxReq']?.idMap).toEqual({ '7': 2 })
    expect(restored['transaction']?.idMap).toEqual({ '1': 1, '9': 9 })
  })
})

function stampOf(file: string, column: string): string {
  const row = openPlain(file)
    .prepare<[], Record<string, string>>(`select ${column} as stamp from outputs_legacy where vout = 77`)
    .get()
  return row?.['stamp'] ?? ''
}
