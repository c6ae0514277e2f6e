import { openLegacyServer } from '@txkeep/legacy-wallet-maker'
import { buildTransaction } from '@txkeep/testkit'
import type { Knex } from 'knex'
import { seeded, type Random } from './new-writes.js'

/** What an application committed, and why it ended. */
export interface Written {
  readonly transactionIds: number[]
  commits: number
  /** The error of the write that was refused. */
  refusal: string | undefined
}

/**
 * The legacy application at work on a server: drafts, signing, spending, failing, deleting, each in one transaction, with the statements
 * the published storage writes. Goes on until a write is refused for good, or `stop` is called.
 */
export class ServerWriter {
  readonly written: Written = { transactionIds: [], commits: 0, refusal: undefined }
  readonly #knex: Knex
  readonly #random: Random
  readonly #ended: Promise<void>
  #isStopped = false

  constructor(url: string, seed: number) {
    this.#knex = openLegacyServer(url)
    this.#random = seeded(seed)
    this.#ended = this.#run()
  }

  /** Resolves when `count` more writes are committed, or the writer has ended. */
  async more(count: number): Promise<void> {
    const target = this.written.commits + count
    while (this.written.commits < target && this.written.refusal === undefined) await pause()
  }

  async refused(): Promise<void> {
    while (this.written.refusal === undefined) await pause()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#ended
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#isStopped) {
      try {
        const write = WRITES[this.#random(WRITES.length)] ?? draft
        const id = await this.#knex.transaction((trx) => write(trx, this.#random))
        if (id !== undefined) this.written.transactionIds.push(id)
        this.written.commits += 1
        failures = 0
      } catch (error) {
        failures += 1
        // A deadlock or a table that is just being renamed: an application tries again.
        if (failures >= 3) {
          this.written.refusal ??= String(error)
          break
        }
      }
      await pause()
    }
    await this.#knex.destroy()
  }
}

type Write = (trx: Knex.Transaction, random: Random) => Promise<number | undefined>

const WRITES: readonly Write[] = [draft, draft, sign, sign, spend, fail, forget, describe]

async function draft(trx: Knex.Transaction, random: Random): Promise<number> {
  const user = await trx('users').min({ userId: 'userId' }).first()
  const userId = Number(user?.userId)
  const basket = await trx('output_baskets').where({ userId }).min({ basketId: 'basketId' }).first()
  const now = new Date()
  const stamps = { created_at: now, updated_at: now }
  const transactionId = await insert(trx, 'transactions', 'transactionId', {
    ...stamps,
    userId,
    status: 'unsigned',
    reference: `live ${random(1e9)} ${Math.random()}`,
    isOutgoing: true,
    satoshis: -1000,
    version: 1,
    lockTime: 0,
    description: 'a payment in the making',
  })
  for (let vout = 0; vout < 3; vout += 1) {
    await trx('outputs').insert({
      ...stamps,
      userId,
      transactionId,
      basketId: Number(basket?.basketId),
      spendable: false,
      change: true,
      vout,
      satoshis: 1000,
      providedBy: 'storage',
      purpose: 'change',
      type: 'P2PKH',
      outputDescription: '',
    })
  }
  const label = await trx('tx_labels').where({ userId }).first('txLabelId')
  if (label !== undefined)
    await trx('tx_labels_map').insert({
      ...stamps,
      txLabelId: Number(label.txLabelId),
      transactionId,
      isDeleted: false,
    })
  return transactionId
}

async function sign(trx: Knex.Transaction): Promise<undefined> {
  const row = await trx('transactions')
    .where({ status: 'unsigned' })
    .whereNull('txid')
    .max({ id: 'transactionId' })
    .first()
  if (row?.id == null) return undefined
  const transactionId = Number(row.id)
  const built = buildTransaction({ outputs: [1000, 1000, 1000].map((satoshis) => ({ satoshis })) })
  const rawTx = Buffer.from(built.rawTx)
  const now = new Date()
  await trx('proven_tx_reqs').insert({
    created_at: now,
    updated_at: now,
    status: 'unmined',
    attempts: 1,
    notified: false,
    txid: built.txid,
    history: '{"notes":[]}',
    notify: JSON.stringify({ transactionIds: [transactionId] }),
    rawTx,
  })
  await trx('transactions').where({ transactionId }).update({ updated_at: now, status: 'unproven', txid: built.txid })
  for (const { vout, scriptOffset, scriptLength, lockingScript } of built.outputs)
    await trx('outputs')
      .where({ transactionId, vout })
      .update({
        spendable: true,
        txid: built.txid,
        scriptOffset,
        scriptLength,
        lockingScript: Buffer.from(lockingScript),
      })
  return undefined
}

async function spend(trx: Knex.Transaction, random: Random): Promise<undefined> {
  const coins = await trx('outputs')
    .where({ spendable: true })
    .whereNull('spentBy')
    .orderBy('outputId', 'desc')
    .limit(20)
  const coin = coins[random(Math.max(1, coins.length))]
  const draft = await trx('transactions').where({ status: 'unsigned' }).max({ id: 'transactionId' }).first()
  if (coin === undefined || draft?.id == null) return undefined
  await trx('outputs')
    .where({ outputId: coin.outputId })
    .update({ updated_at: new Date(), spendable: false, spentBy: Number(draft.id) })
  return undefined
}

async function fail(trx: Knex.Transaction): Promise<undefined> {
  const row = await trx('transactions').where({ status: 'unproven' }).max({ id: 'transactionId' }).first()
  if (row?.id == null) return undefined
  const transactionId = Number(row.id)
  await trx('transactions').where({ transactionId }).update({ status: 'failed' })
  await trx('outputs').where({ transactionId }).update({ spendable: false })
  await trx('outputs').where({ spentBy: transactionId }).update({ spendable: true, spentBy: null })
  return undefined
}

/** An abandoned output of a draft and a tag are deleted: keys that are gone have to be followed too. */
async function forget(trx: Knex.Transaction): Promise<undefined> {
  const draft = await trx('transactions').where({ status: 'unsigned' }).max({ id: 'transactionId' }).first()
  if (draft?.id != null)
    await trx('outputs')
      .where({ transactionId: Number(draft.id), vout: 2 })
      .delete()
  const tag = await trx('output_tags_map').first('outputTagId', 'outputId')
  if (tag !== undefined) await trx('output_tags_map').where(tag).delete()
  return undefined
}

async function describe(trx: Knex.Transaction, random: Random): Promise<undefined> {
  const rows = await trx('transactions').orderBy('transactionId').limit(30).select('transactionId')
  const row = rows[random(Math.max(1, rows.length))]
  if (row !== undefined)
    await trx('transactions')
      .where(row)
      .update({ updated_at: new Date(), description: `said ${random(1e6)}` })
  return undefined
}

async function insert(trx: Knex.Transaction, table: string, key: string, row: object): Promise<number> {
  const insertion = trx(table).insert(row)
  // The other server says the number without being asked.
  const numbers: readonly unknown[] = await (trx.client.config.client === 'pg' ? insertion.returning(key) : insertion)
  const made = numbers[0]
  return Number(typeof made === 'object' && made !== null ? (made as Record<string, unknown>)[key] : made)
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 3))
}
