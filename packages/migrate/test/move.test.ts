import { openStore } from '@txkeep/storage-knex'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { cutover, expand, markVerified, runKnexBackfill, startCapture, verifyMigration } from '../src/knex/index.js'
import { legacyState, movedState, rowsOf } from './support/dump.js'
import { FIXTURE, legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

type Row = Record<string, unknown>

async function move(file: string): Promise<void> {
  const knex = await openFile(file)
  await expand(knex)
  await startCapture(knex)
  await runKnexBackfill(knex)
  const { ok, checks } = await verifyMigration(knex)
  expect(checks.filter((check) => !check.ok)).toEqual([])
  expect(ok).toBe(true)
  await markVerified(knex)
  await cutover(knex)
}

function all(database: Database.Database, sql: string): Row[] {
  return database.prepare<[], Row>(sql).all()
}

describe('a moved wallet of the published toolbox', async () => {
  const file = legacyCopy()
  await move(file)
  const moved = openPlain(file)
  const original = openPlain(FIXTURE)

  it('has every legacy row as an action with the same number, text and amount', () => {
    const legacy = all(
      original,
      `select transactionId as id, userId, reference, description, isOutgoing, satoshis, version, lockTime, lower(txid) as txid,
         strftime('%s', created_at) as made from transactions order by 1`,
    )
    const actions = all(
      moved,
      `select a.actionId as id, a.userId, a.reference, a.description, a.isOutgoing, a.satoshis_delta as satoshis, a.version, a.lock_time as lockTime,
         t.txid, strftime('%s', a.created_at) as made from actions a left join transactions t on t.transactionId = a.transactionId order by 1`,
    )
    expect(actions).toEqual(legacy)
  })

  it('has every output with the same number, owner, value, script and derivation', () => {
    const columns =
      'outputId, userId, basketId, change, vout, satoshis, providedBy, purpose, type, outputDescription, txid, senderIdentityKey, derivationPrefix, ' +
      'derivationSuffix, customInstructions, sequenceNumber, spendingDescription, scriptLength, scriptOffset, hex(lockingScript) as script, created_at, updated_at'
    expect(
      all(moved, `select ${columns}, actionId as action, spentByActionId as spender from outputs order by 1`),
    ).toEqual(all(original, `select ${columns}, transactionId as action, spentBy as spender from outputs order by 1`))
  })

  it('has every proof and every raw transaction byte for byte', () => {
    expect(
      all(
        moved,
        `select txid, height, merkle_index as leaf, hex(merkle_path) as path, merkle_root as root, block_hash as block, hex(raw_tx) as raw
         from transactions where merkle_path is not null order by txid`,
      ),
    ).toEqual(
      all(
        original,
        `select txid, height, "index" as leaf, hex(merklePath) as path, merkleRoot as root, blockHash as block, hex(rawTx) as raw from proven_txs order by txid`,
      ),
    )
    expect(
      all(
        moved,
        `select txid, hex(raw_tx) as raw, hex(input_beef) as beef from transactions where legacy_req_id is not null order by txid`,
      ),
    ).toEqual(all(original, `select txid, hex(rawTx) as raw, hex(inputBEEF) as beef from proven_tx_reqs order by txid`))
  })

  it('has every label, tag, basket and history', () => {
    const labels = 'txLabelId, isDeleted, created_at, updated_at'
    expect(all(moved, `select ${labels}, actionId as id from tx_labels_map order by 1, 5`)).toEqual(
      all(original, `select ${labels}, transactionId as id from tx_labels_map order by 1, 5`),
    )
    const tags = 'outputTagId, outputId, isDeleted, created_at, updated_at'
    expect(all(moved, `select ${tags} from output_tags_map order by 1, 2`)).toEqual(
      all(original, `select ${tags} from output_tags_map order by 1, 2`),
    )
    expect(rowsOf(moved, 'output_baskets')).toEqual(rowsOf(original, 'output_baskets'))
    expect(
      all(
        moved,
        `select t.txid, x.details_json as history from tx_audit x join transactions t on t.transactionId = x.transactionId where x.event = 'legacy.history' order by 1`,
      ),
    ).toEqual(all(original, 'select txid, history from proven_tx_reqs order by 1'))
  })

  it('keeps the legacy tables beside it, row for row', () => {
    for (const table of [
      'transactions',
      'proven_tx_reqs',
      'proven_txs',
      'outputs',
      'commissions',
      'tx_labels_map',
      'output_tags_map',
    ])
      expect(rowsOf(moved, `${table}_legacy`)).toEqual(rowsOf(original, table))
  })

  it('is sound for the engine: integrity, references, and numbers that go on above the legacy ones', () => {
    expect(moved.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(moved.pragma('foreign_key_check')).toEqual([])
    const next = all(
      moved,
      `select name, seq from sqlite_sequence where name in ('actions', 'outputs', 'transactions') order by name`,
    )
    expect(next.map(({ name }) => name)).toEqual(['actions', 'outputs', 'transactions'])
    expect(next[0]?.['seq']).toBe(44)
    expect(next[1]?.['seq']).toBe(415)
    expect(Number(next[2]?.['seq'])).toBeGreaterThan(35)
  })

  it('opens as a store', async () => {
    const store = await openStore(file)
    await store.close()
  })
})

describe('moving', () => {
  it('twice gives the same', async () => {
    const [one, other] = [legacyCopy(), legacyCopy()]
    await move(one)
    await move(other)
    expect(movedState(openPlain(one), '')).toEqual(movedState(openPlain(other), ''))
  })

  it('again, step by step on a moved wallet, changes nothing', async () => {
    const file = legacyCopy()
    await move(file)
    const before = movedState(openPlain(file), '')
    const knex = await openFile(file)
    await expect(expand(knex)).resolves.toEqual({ phase: 'cut-over' })
    await expect(cutover(knex)).resolves.toMatchObject({ phase: 'cut-over', swapped: false })
    expect(movedState(openPlain(file), '')).toEqual(before)
  })

  it('changes no legacy row before the swap', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
  })

  it('an empty legacy database works', async () => {
    const file = legacyCopy()
    const database = openPlain(file)
    database.pragma('foreign_keys = off')
    for (const table of [
      'output_tags_map',
      'tx_labels_map',
      'outputs',
      'commissions',
      'transactions',
      'proven_tx_reqs',
      'proven_txs',
    ])
      database.exec(`delete from ${table}`)
    await move(file)
    expect(rowsOf(openPlain(file), 'actions')).toEqual([])
    const { seq } = database
      .prepare<[], { seq: number }>(`select seq from sqlite_sequence where name = 'actions'`)
      .get() ?? { seq: 0 }
    expect(seq).toBe(44)
  })
})
