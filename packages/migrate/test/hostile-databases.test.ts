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
import { legacyState } from './support/dump.js'
import { legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

/** A legacy wallet with damage no application does. */
function damaged(damage: (database: Database.Database) => void): string {
  const file = legacyCopy()
  const database = openPlain(file)
  database.pragma('foreign_keys = off')
  damage(database)
  return file
}

async function move(damage: (database: Database.Database) => void): Promise<Database.Database> {
  const file = damaged(damage)
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

describe('rows whose repair would be a guess are named before anything is made', () => {
  const loosen = (database: Database.Database, table: string): void => {
    database.unsafeMode(true)
    database.pragma('writable_schema = on')
    database
      .prepare(
        `update sqlite_schema set sql = replace(sql, '\`isDeleted\` boolean not null', '\`isDeleted\` boolean') where name = ?`,
      )
      .run(table)
    database.pragma('writable_schema = reset')
    database.unsafeMode(false)
  }

  it.each<[string, RegExp, (database: Database.Database) => void]>([
    [
      'a number beyond 2^53',
      /outputs\.outputId "9007199254740993"/,
      (d) => d.exec(`update outputs set "outputId" = 9007199254740993 where "outputId" = ${FIRST_COIN}`),
    ],
    [
      'the greatest number an engine has',
      /outputId "9223372036854775807"/,
      (d) => d.exec(`update outputs set "outputId" = 9223372036854775807 where "outputId" = ${FIRST_COIN}`),
    ],
    [
      'numbers below 1',
      /transactions\.transactionId "-7"/,
      (d) => d.exec(`update transactions set "transactionId" = -7 where "transactionId" = ${FIRST_COMPLETED}`),
    ],
    [
      'a reference given twice',
      /transactions has more than one row of reference/,
      (d) =>
        d.exec(
          `drop index transactions_reference_unique; update transactions set reference = 'twice' where "transactionId" < 3`,
        ),
    ],
    [
      'two commissions of one action',
      /commissions has more than one row of transactionId "1"/,
      (d) =>
        d.exec(
          `drop index commissions_transactionid_unique; insert into commissions ("userId", "transactionId", satoshis, "keyOffset", "lockingScript") values (1, 1, 5, 'a', x'51'), (1, 1, 5, 'b', x'51')`,
        ),
    ],
    [
      'a tag on one output twice',
      /output_tags_map has more than one row/,
      (d) =>
        d.exec(
          'drop index output_tags_map_outputtagid_outputid_unique; insert into output_tags_map select * from output_tags_map',
        ),
    ],
    [
      'a user nobody knows',
      /outputs\.userId "2" names no row of users/,
      (d) => d.exec('delete from users where "userId" = 2'),
    ],
    [
      'null where there is no null',
      /tx_labels_map\.isDeleted is null in/,
      (d) => {
        loosen(d, 'tx_labels_map')
        d.exec('update tx_labels_map set "isDeleted" = null')
      },
    ],
  ])('%s', async (_name, sentence, damage) => {
    const file = damaged(damage)
    const before = legacyState(openPlain(file))
    const knex = await openFile(file)
    const refusal: unknown = await expand(knex).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ConflictError)
    expect((refusal as ConflictError).message).toMatch(sentence)
    expect(legacyState(openPlain(file))).toEqual(before)
    await expect(readMigrationPhase(knex)).resolves.toBe('none')
  })
})

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
    const knex = await openFile(damaged((database) => database.exec(sql)))
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

  it('a txid in mixed case or in bytes is looked up by smoke as well', async () => {
    await move((d) =>
      d.exec(`update transactions set txid = substr(txid, 1, 32) || upper(substr(txid, 33)) where "transactionId" < 10;
        update transactions set txid = cast('12' as blob) where "transactionId" = ${FIRST_COMPLETED}`),
    )
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
