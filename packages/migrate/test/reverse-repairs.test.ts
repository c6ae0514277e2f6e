import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { buildTransaction } from '@txkeep/testkit'
import type Database from 'better-sqlite3'
import type { Knex } from 'knex'
import { expect, it } from 'vitest'
import { cutover, rollback, soak, verifyMigration } from '../src/knex/index.js'
import { damagedCopy, legacyCopy, openPlain } from './support/legacy-copy.js'
import { openMoved } from './support/open-moved.js'

/** What the first cutover repaired must not be taken for damage by the way back, nor by the next cutover. */

async function failures(knex: Knex): Promise<unknown[]> {
  const { checks } = await verifyMigration(knex)
  return checks.filter((check) => !check.ok)
}

/** A transaction the network has not proven, with its request. */
function unproven(database: Database.Database): { readonly id: number; readonly txid: string } {
  const row = database
    .prepare<[], { id: number; txid: string }>(
      `select t."transactionId" as id, t.txid from transactions t join proven_tx_reqs r on r.txid = t.txid
       where t.status = 'unproven' and r.status = 'unmined' and length(r."rawTx") > 0 order by 1 limit 1`,
    )
    .get()
  if (row === undefined) throw new Error('the wallet has no transaction that waits for its proof')
  return row
}

it('a transaction keeps the request it was drained to, although another is written in its own letters', async () => {
  let txid = ''
  const file = damagedCopy((database) => {
    ;({ txid } = unproven(database))
    const raw = database.prepare('select "rawTx" from proven_tx_reqs where txid = ?').pluck().get(txid)
    database.prepare('update proven_tx_reqs set txid = upper(txid) where txid = ?').run(txid)
    database.prepare(`insert into proven_tx_reqs (status, txid, "rawTx") values ('invalid', ?, ?)`).run(txid, raw)
  })
  const knex = await openMoved(file)
  const request = (): Promise<unknown> => knex('transactions').where({ txid }).first('legacy_req_id', 'attempts')
  const before = (await request()) as Record<string, unknown>
  await knex('transactions').where({ txid }).update({ attempts: 77 })
  await rollback(knex)
  const legacy = openPlain(file).prepare('select attempts from proven_tx_reqs where "provenTxReqId" = ?').pluck()
  expect(legacy.get(before['legacy_req_id'])).toBe(77)
  await cutover(knex)
  expect(await request()).toEqual({ ...before, attempts: 77 })
  expect(await failures(knex)).toEqual([])
})

it('a label that a duplicate gets, or loses, under the new schema is not missed on its keeper', async () => {
  let twin = 0
  const file = damagedCopy((database) => {
    const { id } = unproven(database)
    const { lastInsertRowid } = database
      .prepare(
        `insert into transactions ("userId", status, reference, "isOutgoing", satoshis, description, txid)
         select "userId", 'unsigned', 'a duplicate', "isOutgoing", satoshis, description, txid from transactions where "transactionId" = ?`,
      )
      .run(id)
    twin = Number(lastInsertRowid)
    database.exec(
      `insert into tx_labels ("userId", label) select "userId", 'had' from transactions where "transactionId" = ${twin}`,
    )
    database.exec(
      `insert into tx_labels_map ("txLabelId", "transactionId") select max("txLabelId"), ${twin} from tx_labels`,
    )
    database.exec(
      `insert into tx_labels ("userId", label) select "userId", 'gets' from transactions where "transactionId" = ${twin}`,
    )
  })
  const knex = await openMoved(file)
  const labels = (): Promise<unknown[]> =>
    knex('tx_labels_map').select('txLabelId', 'actionId', 'isDeleted').orderBy(['txLabelId', 'actionId'])
  const { gets } = (await knex('tx_labels').max('txLabelId as gets').first()) as { gets: number }
  const now = new Date().toISOString()
  await knex('tx_labels_map').insert({
    txLabelId: gets,
    actionId: twin,
    isDeleted: 0,
    created_at: now,
    updated_at: now,
  })
  await knex('tx_labels_map')
    .where({ txLabelId: gets - 1, actionId: twin })
    .delete()
  const ours = await labels()
  expect(await failures(knex)).toEqual([])
  await soak(knex, { once: true })
  expect(await failures(knex)).toEqual([])
  await rollback(knex)
  await cutover(knex)
  expect(await labels()).toEqual(ours)
  expect(await failures(knex)).toEqual([])
})

it('a tip that only the new application saw still decides what is confirmed', async () => {
  let proof: unknown[] = []
  const file = damagedCopy((database) => {
    proof = database.prepare('select * from proven_txs order by height desc limit 1').raw().get() as unknown[]
    database.exec('update transactions set "provenTxId" = null; update proven_tx_reqs set "provenTxId" = null')
    database.exec('delete from proven_txs')
  })
  const knex = await openMoved(file)
  const columns = Object.keys(await knex('proven_txs_legacy').columnInfo())
  const height = Number(proof[columns.indexOf('height')])
  await knex('chain_tip').delete()
  await knex('chain_tip').insert({ id: 1, height: height + 500, observed_at: new Date().toISOString() })
  await rollback(knex)
  openPlain(file)
    .prepare(`insert into proven_txs values (${columns.map(() => '?').join(', ')})`)
    .run(...proof)
  await cutover(knex)
  const txid = String(proof[columns.indexOf('txid')])
  expect(await knex('transactions').where({ txid }).first('processing', 'height')).toEqual({
    processing: 'confirmed',
    height,
  })
  expect(await failures(knex)).toEqual([])
})

it('a draft of the new application whose coin the legacy one spends is aborted, and no difference', async () => {
  const file = legacyCopy()
  const knex = await openMoved(file)
  const { outputId, userId, vout, txid } = openPlain(file)
    .prepare<[], { outputId: number; userId: number; vout: number; txid: string }>(
      `select o."outputId", o."userId", o.vout, t.txid from outputs o
       join actions a on a."actionId" = o."actionId" join transactions t on t."transactionId" = a."transactionId"
       where o.spendable = 1 and t.processing = 'confirmed' order by 1 limit 1`,
    )
    .get() ?? { outputId: 0, userId: 0, vout: 0, txid: '' }
  const store = await openStore(file)
  const { action } = await new TransactionService({ store }).createAction({
    userId,
    reference: 'a plan',
    isOutgoing: true,
  })
  await store.close()
  await knex('outputs').where({ outputId }).update({ spentByActionId: action.actionId, spendable: 0 })
  await rollback(knex)
  const legacy = openPlain(file)
  const spender = buildTransaction({ inputs: [{ txid, vout }], outputs: [1] })
  legacy
    .prepare(`insert into proven_tx_reqs (status, txid, "rawTx") values ('unmined', ?, ?)`)
    .run(spender.txid, spender.rawTx)
  legacy
    .prepare(
      `insert into transactions ("userId", status, reference, "isOutgoing", txid) values (?, 'unproven', 'spends it', 1, ?)`,
    )
    .run(userId, spender.txid)
  await cutover(knex)
  expect(await knex('actions').where({ actionId: action.actionId }).first('user_aborted')).toEqual({ user_aborted: 1 })
  expect(await failures(knex)).toEqual([])
})
