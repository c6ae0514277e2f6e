import { ConflictError } from '@txkeep/core'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import {
  expand,
  readMigrationPhase,
  runKnexBackfill,
  runSchemaCutover,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { damagedCopy, legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

async function move(damage: (database: Database.Database) => void): Promise<Database.Database> {
  const file = damagedCopy(damage)
  const { ok, verification, smoke } = await runSchemaCutover(await openFile(file))
  const failed = [...(verification?.checks ?? []), ...(smoke?.checks ?? [])].filter((check) => !check.ok)
  expect({ ok, failed }).toEqual({ ok: true, failed: [] })
  return openPlain(file)
}

function classes(database: Database.Database): unknown[] {
  return database.prepare('select distinct class from migration_findings order by class').pluck().all()
}

const FIRST_COMPLETED = `(select min("transactionId") from transactions where status = 'completed')`
const FIRST_COIN = '(select min("outputId") from outputs where spendable = 1)'

describe('things of others in the way are named before anything is made', () => {
  it.each([
    ['a table with a name of ours in other letters', 'create table Actions (x)', /a table Actions/],
    ['a table that a rebuilt one would meet', 'create table Transactions_New (x)', /a table Transactions_New/],
    ['a table for the list of our migrations', 'create table txkeep_migrations (version)', /a table txkeep_migrations/],
    [
      'an index with a name of ours',
      'create index txk_actions_transaction on users ("identityKey")',
      /an index txk_actions_transaction/,
    ],
    ['a view on coins', 'create view coins as select * from outputs', /the view coins/],
    ['a broken view about something else', 'create view broken as select * from nowhere', /error in view broken/],
    [
      'a table that refers to coins',
      'create table notes (id integer primary key, "outputId" integer references outputs ("outputId"))',
      /the table notes/,
    ],
  ])('%s', async (_name, sql, sentence) => {
    const knex = await openFile(damagedCopy((database) => database.exec(sql)))
    const refusal: unknown = await expand(knex).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ConflictError)
    expect((refusal as ConflictError).message).toMatch(sentence)
    await expect(readMigrationPhase(knex)).resolves.toBe('none')
  })
})

describe('values of the wrong kind are moved as they are and never crash the move', () => {
  it('a status in bytes is no status anybody knows', async () => {
    const database = await move((d) =>
      d.exec(`update transactions set status = cast(status as blob) where "transactionId" = ${FIRST_COMPLETED}`),
    )
    expect(classes(database)).toContain('unknown-status')
  })

  it('a status that says there is no row is no status anybody knows', async () => {
    const database = await move((d) => d.exec(`update proven_tx_reqs set status = '(none)' where "provenTxReqId" = 1`))
    expect(classes(database)).toContain('unknown-status')
    const frozen = database
      .prepare(`select count(*) from transactions where frozen_reason = 'unknown-status'`)
      .pluck()
      .get()
    expect(frozen).toBe(1)
  })

  it.each([
    ['transactions', 'status'],
    ['proven_tx_reqs', 'status'],
  ])('%s.%s of bytes that are no text in any encoding is no status anybody knows', async (table, column) => {
    const database = await move((d) =>
      d.exec(`update ${table} set ${column} = cast(x'636f6d706cff' as text) where rowid in (1, 3);
        update ${table} set ${column} = cast(x'636f6d706c6574656400ff' as text) where rowid in (2, 7, 8)`),
    )
    expect(classes(database)).toContain('unknown-status')
  })

  it('a history, reference and description of such bytes are moved as they are', async () => {
    const database = await move((d) =>
      d.exec(`update proven_tx_reqs set history = cast(x'7bff7d' as text), notify = cast(x'ff' as text) where rowid = 1;
        update transactions set reference = cast(x'ff01' as text), description = cast(x'fe' as text) where rowid = 1;
        update outputs set "customInstructions" = cast(x'c0' as text), purpose = cast(x'ff' as text) where rowid = 1`),
    )
    expect(database.prepare('select hex(reference) from actions where "actionId" = 1').pluck().get()).toBe('FF01')
    expect(classes(database)).toContain('broken-history')
  })

  it.each([`'abc'`, `x'01'`, '2', '-1', '0.5'])('a broadcast flag of %s counts as set, and is named', async (flag) => {
    const database = await move((d) =>
      d.exec(`update proven_tx_reqs set "wasBroadcast" = ${flag} where "provenTxReqId" = 1`),
    )
    expect(classes(database)).toContain('wrong-type')
    expect(database.prepare('select was_broadcast from transactions where legacy_req_id = 1').pluck().get()).toBe(1)
  })

  it.each([
    ['scriptLength', `'abc'`],
    ['scriptLength', `x'01'`],
    ['scriptOffset', '1.5'],
    ['scriptOffset', `'far'`],
  ])('%s of %s is no place in any bytes', async (column, value) => {
    const database = await move((d) =>
      d.exec(`update outputs set "${column}" = ${value}, "lockingScript" = null where "outputId" = ${FIRST_COIN};
        update outputs set "${column}" = ${value} where "outputId" = 2 and "lockingScript" is not null`),
    )
    expect(classes(database)).toContain('script-slice-outside')
  })

  it('the greatest and the smallest amount an engine has are kept, and withheld', async () => {
    const database = await move((d) =>
      d.exec(`update outputs set satoshis = 9223372036854775807 where "outputId" = ${FIRST_COIN};
        update transactions set satoshis = -9223372036854775808 where "transactionId" = ${FIRST_COMPLETED}`),
    )
    expect(classes(database)).toContain('satoshis-out-of-range')
    const kept = database.prepare(`select withheld from outputs where cast(satoshis as text) = '9223372036854775807'`)
    expect(kept.pluck().get()).toBe('legacy')
  })

  it('a raw transaction as text is kept and never parsed', async () => {
    const database = await move((d) => d.exec('update proven_txs set "rawTx" = hex("rawTx") where "provenTxId" = 1'))
    expect(classes(database)).toContain('raw-tx-hash-mismatch')
    expect(database.prepare(`select typeof(raw_tx) from transactions where legacy_proven_id = 1`).pluck().get()).toBe(
      'text',
    )
  })

  it.each([`'abc'`, '99999999', '-5', 'null'])(
    'a proof whose row says height %s names another block than its path',
    async (height) => {
      const database = await move((d) => {
        d.unsafeMode(true)
        d.pragma('writable_schema = on')
        d.exec(
          `update sqlite_schema set sql = replace(sql, '\`height\` integer NOT NULL', '\`height\` integer') where name = 'proven_txs'`,
        )
        d.pragma('writable_schema = reset')
        d.unsafeMode(false)
        d.exec(`update proven_txs set height = ${height} where "provenTxId" = 1`)
      })
      expect(classes(database)).toContain('bad-proof')
      expect(database.prepare('select processing from transactions where legacy_proven_id = 1').pluck().get()).toBe(
        'seen',
      )
      expect(database.prepare('select height from chain_tip').pluck().get()).toBeLessThan(1000)
    },
  )

  it('timestamps that only look like ours, and bytes, become the start of 1970', async () => {
    const database = await move((d) =>
      d.exec(`update transactions set created_at = 'ABCD-EF-GHTIJ:KL:MN.OPQZ' where "transactionId" = 1;
        update transactions set created_at = x'00' where "transactionId" = 2;
        update transactions set created_at = 253402300800000 where "transactionId" = 3`),
    )
    const found = database.prepare('select distinct created_at from actions where "actionId" < 4').pluck().all()
    expect(found).toEqual(['1970-01-01T00:00:00.000Z'])
  })

  it('an id map with a key named __proto__ keeps it', async () => {
    const database = await move((d) =>
      d.exec(
        `insert into sync_states ("userId", "storageName", "refNum", "syncMap") values (1, 'a', 'hostile', '{"provenTx":{"idMap":{"__proto__":1}}}')`,
      ),
    )
    const map: unknown = database.prepare(`select "syncMap" from sync_states where "refNum" = 'hostile'`).pluck().get()
    const id: unknown = database
      .prepare('select "transactionId" from transactions where legacy_proven_id = 1')
      .pluck()
      .get()
    expect(map).toBe(`{"provenTx":{"idMap":{"__proto__":${String(id)}}}}`)
  })

  it('numbers an id map has beyond 2^53 keep every digit', async () => {
    const big =
      '{"provenTx":{"idMap":{"1":1},"count":9007199254740993},"commission":{"idMap":{"9007199254740993":12345678901234567890},"#":"#\\"1234567890123456789,"}}'
    const database = await move((d) =>
      d.exec(
        `insert into sync_states ("userId", "storageName", "refNum", "syncMap") values (1, 'a', 'hostile', '${big}')`,
      ),
    )
    const map: unknown = database.prepare(`select "syncMap" from sync_states where "refNum" = 'hostile'`).pluck().get()
    const id: unknown = database
      .prepare('select "transactionId" from transactions where legacy_proven_id = 1')
      .pluck()
      .get()
    expect(map).toBe(big.replace('{"1":1}', `{"1":${String(id)}}`))
  })

  it('labels and tags of numbers below one are orphans, and named', async () => {
    const database = await move((d) =>
      d.exec(`insert into tx_labels_map ("txLabelId", "transactionId") select min("txLabelId"), -3 from tx_labels;
        insert into output_tags ("userId", tag) values (1, 'of nothing');
        insert into output_tags_map ("outputTagId", "outputId") select max("outputTagId"), 0 from output_tags`),
    )
    const named = database
      .prepare(
        `select class, key2 from migration_findings where class like 'orphan-%-map' and key2 in ('-3', '0') order by 1`,
      )
      .all()
    expect(named).toEqual([
      { class: 'orphan-label-map', key2: '-3' },
      { class: 'orphan-tag-map', key2: '0' },
    ])
  })

  it('a txid in mixed case or in bytes is looked up by smoke as well', async () => {
    await move((d) =>
      d.exec(`update transactions set txid = substr(txid, 1, 32) || upper(substr(txid, 33)) where "transactionId" < 10;
        update transactions set txid = cast('12' as blob) where "transactionId" = ${FIRST_COMPLETED}`),
    )
  })
})

describe('two requests of one txid in other letters', () => {
  it.each(['rawTx', 'inputBEEF'])(
    'what the one that counts lacks (%s) comes from the other, before a row of a user',
    async (column) => {
      const bytes = 'beef00'
      const database = await move((d) => {
        const { id, txid } = d
          .prepare<[], { id: number; txid: string }>(
            `select "provenTxReqId" as id, txid from proven_tx_reqs r where status = 'unmined' and "rawTx" is not null
            and exists (select 1 from transactions u where u.txid = r.txid) order by 1 limit 1`,
          )
          .get() ?? { id: 0, txid: '' }
        const raw = d.prepare('select "rawTx" from proven_tx_reqs where "provenTxReqId" = ?').pluck().get(id)
        d.prepare(
          `insert into proven_tx_reqs (status, txid, "rawTx", "inputBEEF") values ('unsent', ?, ?, x'${bytes}'), ('unsent', ?, ?, x'ff')`,
        ).run(txid.toUpperCase(), raw, txid.slice(0, 32) + txid.slice(32).toUpperCase(), raw)
        d.prepare(`update proven_tx_reqs set "${column}" = null where "provenTxReqId" = ?`).run(id)
        d.prepare(`update transactions set "${column}" = x'00' where txid = ?`).run(txid)
      })
      const moved = database.prepare<[], { raw: string; beef: string }>(
        `select hex(t.raw_tx) as raw, hex(t.input_beef) as beef, hex(r."rawTx") as request from transactions t join proven_tx_reqs_legacy r on lower(r.txid) = t.txid
        where hex(r."inputBEEF") = 'BEEF00'`,
      )
      const row = moved.get() as unknown as { raw: string; beef: string; request: string } | undefined
      expect(row?.raw).toBe(row?.request)
      if (column === 'inputBEEF') expect(row?.beef).toBe('BEEF00')
    },
  )
})

describe('two proofs of one txid in other letters', () => {
  it.each([true, false])(
    'the first that proves something is used, and its transaction keeps its bytes (the second has them: %s)',
    async (hasRawTx) => {
      const database = await move((d) => {
        const { id, txid } = d
          .prepare<[], { id: number; txid: string }>(
            `select p."provenTxId" as id, p.txid from proven_txs p
            where length(p."rawTx") > 0 and exists (select 1 from transactions u where u.txid = p.txid) order by 1 limit 1`,
          )
          .get() ?? { id: 0, txid: '' }
        d.prepare(
          `insert into proven_txs (txid, height, "index", "merklePath", "rawTx", "blockHash", "merkleRoot")
           select ?, height, "index", "merklePath", ${hasRawTx ? '"rawTx"' : "x''"}, "blockHash", "merkleRoot" from proven_txs where "provenTxId" = ?`,
        ).run(txid.toUpperCase(), id)
        d.prepare(
          'update transactions set "rawTx" = (select p."rawTx" from proven_txs p where p."provenTxId" = ?) where txid = ?',
        ).run(id, txid)
        d.prepare('update proven_txs set "merkleRoot" = ? where "provenTxId" = ?').run('ff'.repeat(32), id)
      })
      const moved = database
        .prepare(
          `select t.legacy_proven_id as proof, hex(t.merkle_path) as path, hex(t.raw_tx) as raw, p."provenTxId" as expected,
             hex(p."merklePath") as "expectedPath", hex(u."rawTx") as "expectedRaw"
           from transactions t join proven_txs_legacy p on lower(p.txid) = t.txid and p.txid <> t.txid
           join transactions_legacy u on u.txid = t.txid`,
        )
        .all() as Record<string, unknown>[]
      expect(moved).toHaveLength(1)
      const [{ proof, path, raw, expected, expectedPath, expectedRaw } = {}] = moved
      expect({ proof, path, raw }).toEqual({ proof: expected, path: expectedPath, raw: expectedRaw })
      expect(classes(database)).toContain('txid-case')
    },
  )
})

/** A proven transaction whose only bytes are those of its proof, and a second proof of it in capitals. */
function doubleProof(d: Database.Database): { readonly first: number; readonly second: number } {
  const { first, txid } = d
    .prepare<[], { first: number; txid: string }>(
      `select p."provenTxId" as first, p.txid from proven_txs p
       where length(p."rawTx") > 0 and exists (select 1 from transactions u where u.txid = p.txid) order by 1 limit 1`,
    )
    .get() ?? { first: 0, txid: '' }
  const { lastInsertRowid } = d
    .prepare(
      `insert into proven_txs (txid, height, "index", "merklePath", "rawTx", "blockHash", "merkleRoot")
       select upper(txid), height, "index", "merklePath", "rawTx", "blockHash", "merkleRoot" from proven_txs where "provenTxId" = ?`,
    )
    .run(first)
  d.prepare('update transactions set "rawTx" = null where txid = ?').run(txid)
  d.prepare(`update proven_tx_reqs set "rawTx" = x'' where txid = ?`).run(txid)
  return { first, second: Number(lastInsertRowid) }
}

describe('two proofs of one txid in other letters, and bytes in the one that does not count', () => {
  it.each([
    { title: 'the later one, and no bytes elsewhere', without: 'first', wrong: 'none', elsewhere: false },
    { title: 'the earlier one, which proves nothing', without: 'second', wrong: 'first', elsewhere: false },
    { title: 'the later one, which proves nothing', without: 'first', wrong: 'second', elsewhere: false },
    { title: 'the earlier one, before those of a request', without: 'second', wrong: 'first', elsewhere: true },
    { title: 'the later one, before those of a request', without: 'first', wrong: 'none', elsewhere: true },
    { title: 'the later one, when neither proves anything', without: 'first', wrong: 'both', elsewhere: false },
  ] as const)('are used: $title', async ({ without, wrong, elsewhere }) => {
    let original = ''
    let keys = { first: 0, second: 0 }
    const database = await move((d) => {
      keys = doubleProof(d)
      const raw = d.prepare('select hex("rawTx") from proven_txs where "provenTxId" = ?').pluck().get(keys.first)
      original = String(raw)
      const isWrong = (which: 'first' | 'second'): boolean => wrong === which || wrong === 'both'
      for (const which of ['first', 'second'] as const) {
        if (!isWrong(which)) continue
        d.prepare('update proven_txs set "merkleRoot" = ? where "provenTxId" = ?').run('ff'.repeat(32), keys[which])
      }
      d.prepare(`update proven_txs set "rawTx" = x'' where "provenTxId" = ?`).run(keys[without])
      if (elsewhere)
        d.exec(
          `update proven_tx_reqs set "rawTx" = x'00' where txid = (select lower(txid) from proven_txs where "provenTxId" = ${keys.second})`,
        )
    })
    const counting = wrong === 'first' ? keys.second : keys.first
    const moved = database
      .prepare(
        `select hex(t.raw_tx) as raw, t.legacy_proven_id as proof, t.processing from transactions t
         join proven_txs_legacy p on p."provenTxId" = ? and lower(p.txid) = t.txid`,
      )
      .get(counting)
    expect(moved).toEqual({
      raw: original,
      proof: counting,
      processing: wrong === 'both' ? 'seen' : expect.stringMatching(/^(un)?confirmed$/),
    })
    expect(classes(database)).toContain('txid-case')
  })

  it('are followed: the one that has them gets them, loses them and gets them back while the move is under way', async () => {
    const file = legacyCopy()
    const legacy = openPlain(file)
    const { first, second } = doubleProof(legacy)
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    const setRaw = legacy.prepare('update proven_txs set "rawTx" = ? where "provenTxId" = ?')
    const raw = legacy.prepare('select "rawTx" from proven_txs where "provenTxId" = ?').pluck().get(first)
    const now = legacy.prepare('select raw_tx from transactions_new where legacy_proven_id = ?').pluck()
    const [none, nonsense] = [Buffer.alloc(0), Buffer.of(0)]
    const mismatch = legacy.prepare(
      `select table_name, key1 from migration_findings where class = 'raw-tx-hash-mismatch'`,
    )
    for (const [ofFirst, ofSecond, expected] of [
      [none, raw, raw],
      [none, none, null],
      [none, nonsense, nonsense],
      [raw, none, raw],
    ] as const) {
      setRaw.run(ofFirst, first)
      setRaw.run(ofSecond, second)
      await runKnexBackfill(knex)
      expect(now.get(first)).toEqual(expected)
      const named = { table_name: 'proven_txs', key1: String(second) }
      expect(mismatch.all()).toEqual(expected === nonsense ? [named] : [])
      const { checks } = await verifyMigration(knex)
      expect(checks.filter((check) => !check.ok)).toEqual([])
    }
  })
})

describe('what is taken back while the move is under way', () => {
  it('a holder that lost a coin as a draft holds it again when it is signed as something else', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    const legacy = openPlain(file)
    const { id, holder } = legacy
      .prepare<[], { id: number; holder: number }>(
        `select o."outputId" as id, u."transactionId" as holder from outputs o
         join transactions u on u."transactionId" = o."spentBy" join proven_tx_reqs r on r.txid = u.txid
         join transactions made on made."transactionId" = o."transactionId"
         where u.status = 'unproven' and made.status = 'completed' order by 1 limit 1`,
      )
      .get() ?? { id: 0, holder: 0 }
    const now = legacy.prepare('select "spentByActionId", withheld from outputs_new where "outputId" = ?')
    legacy.prepare('update transactions set txid = null where "transactionId" = ?').run(holder)
    await runKnexBackfill(knex)
    expect(now.get(id)).toEqual({ spentByActionId: null, withheld: 'spent-elsewhere' })
    legacy.prepare('update transactions set txid = ? where "transactionId" = ?').run('ab'.repeat(32), holder)
    await runKnexBackfill(knex)
    expect(now.get(id)).toEqual({ spentByActionId: holder, withheld: null })
    const { checks } = await verifyMigration(knex)
    expect(checks.filter((check) => !check.ok)).toEqual([])
  })

  it('bytes that are gone consume nothing any more', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    const legacy = openPlain(file)
    const { id, txid } = legacy
      .prepare<[], { id: number; txid: string }>(
        `select o."outputId" as id, u.txid from outputs o join transactions u on u."transactionId" = o."spentBy"
         join transactions made on made."transactionId" = o."transactionId"
         where u.status = 'unproven' and made.status = 'completed' and u.txid is not null order by 1 limit 1`,
      )
      .get() ?? { id: 0, txid: '' }
    legacy.prepare('update outputs set "spentBy" = null, spendable = 0 where "outputId" = ?').run(id)
    for (const table of ['transactions', 'proven_tx_reqs', 'proven_txs'])
      legacy.prepare(`update ${table} set "rawTx" = null where txid = ?`).run(txid)
    await runKnexBackfill(knex)
    const { checks } = await verifyMigration(knex)
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(legacy.prepare('select withheld from outputs_new where "outputId" = ?').pluck().get(id)).toBe('legacy')
  })
})
