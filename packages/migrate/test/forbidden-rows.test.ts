import { ConflictError } from '@txkeep/core'
import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import {
  expand,
  readMigrationPhase,
  rollbackSchemaCutover,
  runKnexBackfill,
  runSchemaCutover,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { legacyState } from './support/dump.js'
import { damagedCopy, legacyCopy, openFile, openPlain } from './support/legacy-copy.js'
import { loosen } from './support/loosen.js'

// What the legacy schema forbids by its own declarations, in databases whose declarations somebody took away.

interface Moved {
  readonly database: Database.Database
  /** `class table key1` of every finding of the classes about forbidden rows. */
  readonly findings: readonly string[]
}

/** Moves a damaged wallet; every check must be right, and a rollback must give the damaged wallet back. */
async function move(damage: (database: Database.Database) => void): Promise<Moved> {
  const file = damagedCopy(damage)
  const before = legacyState(openPlain(file))
  const back = legacyCopy(file)
  const knex = await openFile(file)
  const { ok, verification, smoke } = await runSchemaCutover(knex)
  const failed = [...(verification?.checks ?? []), ...(smoke?.checks ?? [])].filter((check) => !check.ok)
  expect({ ok, failed }).toEqual({ ok: true, failed: [] })
  const database = openPlain(file)
  const findings = findingsIn(database)
  const other = await openFile(back)
  await runSchemaCutover(other)
  await rollbackSchemaCutover(other)
  expect(legacyState(openPlain(back))).toEqual(before)
  return { database, findings }
}

function findingsIn(database: Database.Database): string[] {
  return database
    .prepare(
      `select class || ' ' || table_name || ' ' || key1 from migration_findings
        where class in ('missing-value', 'duplicate-reference', 'duplicate-commission', 'duplicate-map') order by 1`,
    )
    .pluck()
    .all() as string[]
}

const COIN = `(select min("outputId") from outputs where spendable = 1)`

function idOf(database: Database.Database, sql: string): number {
  return database.prepare<[], number>(`select ${sql}`).pluck().get() ?? 0
}

describe('what is missing is empty, 0 or no', () => {
  it.each(['status', 'reference', 'isOutgoing', 'satoshis'])('transactions.%s', async (column) => {
    const { database, findings } = await move((d) => {
      loosen(d, 'transactions')
      d.exec(`update transactions set "${column}" = null where "transactionId" in (3, 5)`)
    })
    expect(findings).toEqual(['missing-value transactions 3', 'missing-value transactions 5'])
    const row = database.prepare('select reference, "isOutgoing", satoshis_delta from actions where "actionId" = 3')
    expect(row.get()).toMatchObject(
      {
        status: {},
        reference: { reference: 'missing-reference-3' },
        isOutgoing: { isOutgoing: 0 },
        satoshis: { satoshis_delta: 0 },
      }[column] ?? {},
    )
    if (column === 'status')
      expect(
        database.prepare(`select count(*) from migration_findings where class = 'unknown-status'`).pluck().get(),
      ).toBeGreaterThan(0)
  })

  it.each(['status', 'attempts', 'history', 'notify'])('proven_tx_reqs.%s', async (column) => {
    const { findings } = await move((d) => {
      loosen(d, 'proven_tx_reqs')
      d.exec(`update proven_tx_reqs set "${column}" = null where "provenTxReqId" in (1, 2)`)
    })
    expect(findings).toEqual(['missing-value proven_tx_reqs 1', 'missing-value proven_tx_reqs 2'])
  })

  it.each(['proven_tx_reqs', 'proven_txs'])('%s.txid: it stays in the legacy table, and is named', async (table) => {
    const { database } = await move((d) => {
      loosen(d, table)
      d.exec(`update ${table} set txid = null where rowid = 1; update ${table} set txid = '' where rowid = 2`)
    })
    const named = database.prepare(
      `select table_name || ' ' || key1 from migration_findings where class = 'empty-txid' order by 1`,
    )
    expect(named.pluck().all()).toEqual([`${table} 1`, `${table} 2`])
  })

  it.each(['change', 'providedBy', 'purpose', 'type'])('outputs.%s: the coin can still be spent', async (column) => {
    let coin = 0
    const { database, findings } = await move((d) => {
      loosen(d, 'outputs')
      coin = idOf(d, COIN)
      d.exec(`update outputs set "${column}" = null where "outputId" = ${coin}`)
    })
    expect(findings).toEqual([`missing-value outputs ${coin}`])
    expect(database.prepare('select spendable, withheld from outputs where "outputId" = ?').get(coin)).toEqual({
      spendable: 1,
      withheld: null,
    })
  })

  it.each(['satoshis', 'spendable', 'transactionId', 'vout'])(
    'outputs.%s: nobody may guess about money, so the coin is kept and withheld',
    async (column) => {
      let coin = 0
      const { database, findings } = await move((d) => {
        loosen(d, 'outputs')
        coin = idOf(d, COIN)
        d.exec(`update outputs set "${column}" = null where "outputId" in (${coin}, ${coin} + 1)`)
      })
      expect(findings).toContain(`missing-value outputs ${coin}`)
      expect(database.prepare('select spendable, withheld from outputs where "outputId" = ?').get(coin)).toEqual({
        spendable: 0,
        withheld: 'legacy',
      })
      const outputs = database.prepare<[], number>('select count(*) from outputs').pluck().get()
      expect(outputs).toBe(database.prepare('select count(*) from outputs_legacy').pluck().get())
    },
  )

  it('commissions, labels and tags', async () => {
    const { database, findings } = await move((d) => {
      loosen(d, 'commissions', 'tx_labels_map', 'output_tags_map')
      d.exec(`insert into commissions ("commissionId", "userId", "transactionId") values (7, 1, 1);
        update tx_labels_map set "isDeleted" = null where "txLabelId" = (select min("txLabelId") from tx_labels_map);
        update output_tags_map set "isDeleted" = null where "outputTagId" = (select min("outputTagId") from output_tags_map)`)
    })
    expect(database.prepare('select "actionId", satoshis, "keyOffset", "isRedeemed" from commissions').all()).toEqual([
      { actionId: 1, satoshis: 0, keyOffset: '', isRedeemed: 0 },
    ])
    expect(new Set(findings.map((finding) => finding.split(' ')[1]))).toEqual(
      new Set(['commissions', 'tx_labels_map', 'output_tags_map']),
    )
  })
})

describe('what comes more than once although it may not', () => {
  it('a reference of one user: the lowest number keeps it, the others say whose they are', async () => {
    const { database, findings } = await move((d) =>
      d.exec(`drop index transactions_reference_unique;
        update transactions set "userId" = 1, reference = 'twice' where "transactionId" in (2, 4, 6)`),
    )
    expect(findings).toEqual(['duplicate-reference transactions 4', 'duplicate-reference transactions 6'])
    const references = database.prepare(
      'select reference from actions where "actionId" in (2, 4, 6) order by "actionId"',
    )
    expect(references.pluck().all()).toEqual(['twice', 'duplicate-reference-4', 'duplicate-reference-6'])
  })

  it('commissions of one transaction: the first counts, the others are written down whole', async () => {
    const { database, findings } = await move((d) =>
      d.exec(`drop index commissions_transactionid_unique;
        insert into commissions ("commissionId", "userId", "transactionId", satoshis, "keyOffset", "lockingScript")
          values (1, 1, 1, 5, 'a', x'51'), (2, 1, 1, 6, 'b', x'52'), (3, 1, 2, 7, 'c', x'53')`),
    )
    expect(findings).toEqual(['duplicate-commission commissions 2'])
    expect(database.prepare('select "commissionId" from commissions order by 1').pluck().all()).toEqual([1, 3])
    const original: unknown = database
      .prepare(`select original_json from migration_findings where class = 'duplicate-commission'`)
      .pluck()
      .get()
    expect(JSON.parse(String(original))).toEqual({
      transactionId: 1,
      satoshis: 6,
      keyOffset: 'b',
      isRedeemed: 0,
      lockingScript: '52',
    })
  })

  it('labels and tags: one is left, deleted only when every one of them is', async () => {
    const { database, findings } = await move((d) =>
      d.exec(`drop index output_tags_map_outputtagid_outputid_unique; drop index tx_labels_map_txlabelid_transactionid_unique;
        insert into output_tags_map select * from output_tags_map;
        insert into tx_labels_map select created_at, updated_at, "txLabelId", "transactionId", 1 from tx_labels_map`),
    )
    for (const [table, pair] of [
      ['tx_labels_map', `"txLabelId", "transactionId"`],
      ['output_tags_map', `"outputTagId", "outputId"`],
    ] as const) {
      const rows = database.prepare(`select count(*) from ${table}`).pluck().get()
      expect(rows).toBe(
        database.prepare(`select count(*) from (select distinct ${pair} from ${table}_legacy)`).pluck().get(),
      )
      expect(findings.filter((finding) => finding.startsWith(`duplicate-map ${table} `))).toHaveLength(Number(rows))
    }
    expect(database.prepare('select count(*) from tx_labels_map where "isDeleted" = 1').pluck().get()).toBe(
      database
        .prepare(
          `select count(*) from (select 1 from tx_labels_map_legacy group by "txLabelId", "transactionId" having min("isDeleted") = 1)`,
        )
        .pluck()
        .get(),
    )
  })
})

describe('changes that are followed while the wallet is moved', () => {
  it('what was missing is there, what was there is missing, and what came twice comes once', async () => {
    const file = damagedCopy((d) => {
      loosen(d, 'transactions', 'outputs', 'tx_labels_map')
      d.exec(`drop index transactions_reference_unique; drop index commissions_transactionid_unique;
        drop index output_tags_map_outputtagid_outputid_unique; drop index tx_labels_map_txlabelid_transactionid_unique;
        update transactions set "userId" = 1, reference = 'twice' where "transactionId" in (2, 4, 6);
        update outputs set vout = null where "outputId" = ${COIN};
        insert into commissions ("commissionId", "userId", "transactionId", satoshis, "keyOffset", "lockingScript")
          values (1, 1, 1, 5, 'a', x'51'), (2, 1, 1, 6, 'b', x'52')`)
    })
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    const legacy = openPlain(file)
    legacy.pragma('foreign_keys = off')
    const check = async (): Promise<string[]> => {
      await runKnexBackfill(knex)
      const { checks } = await verifyMigration(knex)
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      return findingsIn(legacy)
    }
    const coin = idOf(legacy, `(select min("outputId") from outputs where vout is null)`)
    expect(await check()).toEqual([
      'duplicate-commission commissions 2',
      'duplicate-reference transactions 4',
      'duplicate-reference transactions 6',
      `missing-value outputs ${coin}`,
    ])
    legacy.exec(`update transactions set reference = 'once' where "transactionId" = 2; delete from commissions where "commissionId" = 1;
      update outputs set vout = 77 where "outputId" = ${coin}; update outputs set satoshis = null where "outputId" = ${coin} + 1;
      update proven_tx_reqs set txid = '' where "provenTxReqId" = 3;
      update tx_labels_map set "isDeleted" = null where rowid = 1; insert into output_tags_map select * from output_tags_map limit 1`)
    expect(await check()).toEqual([
      expect.stringMatching(/^duplicate-map output_tags_map /),
      'duplicate-reference transactions 6',
      `missing-value outputs ${coin + 1}`,
      expect.stringMatching(/^missing-value tx_labels_map /),
    ])
    expect(legacy.prepare('select reference from actions where "actionId" = 4').pluck().get()).toBe('twice')
    const nameless = legacy.prepare(`select table_name, key1 from migration_findings where class = 'empty-txid'`)
    expect(nameless.all()).toEqual([{ table_name: 'proven_tx_reqs', key1: '3' }])
    legacy.exec(`update transactions set reference = 'three' where "transactionId" = 4;
      delete from proven_tx_reqs where "provenTxReqId" = 3`)
    expect(await check()).not.toContain('duplicate-reference transactions 6')
    expect(legacy.prepare('select reference from actions where "actionId" = 6').pluck().get()).toBe('twice')
    expect(nameless.all()).toEqual([])
  })
})

describe('whose or what a row is cannot be guessed: it is named before anything is made, and moves once repaired', () => {
  // The repairs are those of docs/findings.md.
  it.each<[string, RegExp, (database: Database.Database) => void, string]>([
    [
      'a number beyond 2^53',
      /outputs\.outputId "9007199254740993"/,
      (d) => d.exec(`update outputs set "outputId" = 9007199254740993 where "outputId" = ${COIN}`),
      'update outputs set "outputId" = 1001 where "outputId" = 9007199254740993; update output_tags_map set "outputId" = 1001 where "outputId" = 9007199254740993',
    ],
    [
      'the greatest number an engine has',
      /outputId "9223372036854775807"/,
      (d) => d.exec(`update outputs set "outputId" = 9223372036854775807 where "outputId" = ${COIN}`),
      'update outputs set "outputId" = 1001 where "outputId" = 9223372036854775807',
    ],
    [
      'numbers below 1',
      /transactions\.transactionId "-7"/,
      (d) => d.exec(`update transactions set "transactionId" = -7 where "transactionId" = 1`),
      [
        'transactions.transactionId',
        'outputs.transactionId',
        'outputs.spentBy',
        'commissions.transactionId',
        'tx_labels_map.transactionId',
      ]
        .map((name) => name.split('.'))
        .map(([table, column]) => `update ${table} set "${column}" = 1001 where "${column}" = -7`)
        .join(';'),
    ],
    [
      'one number for two rows',
      /commissions has more than one row of commissionId "4"/,
      (d) =>
        d.exec(`drop table commissions;
          create table commissions (created_at, updated_at, "commissionId" integer, "userId" integer, "transactionId" integer, satoshis, "keyOffset", "isRedeemed", "lockingScript");
          insert into commissions ("commissionId", "userId", "transactionId") values (4, 1, 1), (4, 1, 2)`),
      `update commissions set "commissionId" = (select max("commissionId") + 1 from commissions) where rowid = 2`,
    ],
    [
      'two requests of one txid',
      /proven_tx_reqs has more than one row of txid/,
      (d) =>
        d.exec(`drop index proven_tx_reqs_txid_unique;
          update proven_tx_reqs set txid = (select txid from proven_tx_reqs where "provenTxReqId" = 1) where "provenTxReqId" = 2`),
      'update proven_tx_reqs set txid = upper(txid) where "provenTxReqId" = 2',
    ],
    [
      'a user nobody knows',
      /outputs\.userId "2" names no row of users/,
      (d) => d.exec('delete from users where "userId" = 2'),
      `insert into users ("userId", "identityKey", "activeStorage") values (2, '02aa', '')`,
    ],
    [
      'nobody at all',
      /outputs\.userId "null" names no row of users/,
      (d) => {
        loosen(d, 'outputs')
        d.exec(`update outputs set "userId" = null where "outputId" = ${COIN}`)
      },
      'update outputs set "userId" = 1 where "userId" is null',
    ],
    [
      'a label of nothing',
      /tx_labels_map\.txLabelId is null in 1 rows/,
      (d) => {
        loosen(d, 'tx_labels_map')
        d.exec('update tx_labels_map set "txLabelId" = null where rowid = 1')
      },
      'delete from tx_labels_map where "txLabelId" is null or "transactionId" is null',
    ],
  ])('%s', async (_name, sentence, damage, repair) => {
    const file = damagedCopy(damage)
    const before = legacyState(openPlain(file))
    const knex = await openFile(file)
    const refusal: unknown = await expand(knex).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(ConflictError)
    expect((refusal as ConflictError).message).toMatch(sentence)
    expect(legacyState(openPlain(file))).toEqual(before)
    await expect(readMigrationPhase(knex)).resolves.toBe('none')
    const database = openPlain(file)
    database.pragma('foreign_keys = off')
    database.exec(repair)
    const { verification, ok } = await runSchemaCutover(knex)
    expect({ ok, failed: verification?.checks.filter((check) => !check.ok) }).toEqual({ ok: true, failed: [] })
  })
})
