import { copyFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { TransactionService, type CreatedAction } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { buildTransaction } from '@txkeep/testkit'
import type Database from 'better-sqlite3'
import type { Knex } from 'knex'
import { describe, expect, it } from 'vitest'
import { cutover, rollback, soak, verifyMigration } from '../src/knex/index.js'
import { legacyCopy, openFile, openPlain } from './support/legacy-copy.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'
import { openMoved } from './support/open-moved.js'

async function write(file: string, seed: number, count: number): Promise<number> {
  const store = await openStore(file)
  try {
    return await writeUnderNewSchema(store, [1, 2], seeded(seed), count)
  } finally {
    await store.close()
  }
}

const OURS = ['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const

/** Every row of our tables, but for which legacy rows the transactions remember: those are made on the way. */
function ours(database: Database.Database): Record<string, unknown[]> {
  return Object.fromEntries(
    OURS.map((table) => {
      const rows = database.prepare<[], Record<string, unknown>>(`select * from ${table} order by 3, 4`).all()
      return [table, rows.map(({ legacy_req_id: _request, legacy_proven_id: _proof, ...row }) => row)]
    }),
  )
}

async function failures(knex: Knex): Promise<unknown[]> {
  const { checks } = await verifyMigration(knex)
  return checks.filter((check) => !check.ok)
}

describe('rollback after writes under the new schema', () => {
  it.each([1, 2, 3, 4])(
    'and cutover again lose nothing: every row of ours comes back as it was (seed %i)',
    async (seed) => {
      const file = legacyCopy()
      const knex = await openMoved(file)
      expect(await write(file, seed, 250)).toBeGreaterThan(100)
      const before = ours(openPlain(file))
      expect(await failures(knex)).toEqual([])
      const result = await rollback(knex)
      expect(result).toMatchObject({ phase: 'rolled-back', swapped: true })
      expect(result.drained).toBeGreaterThan(100)
      const legacy = openPlain(file)
      expect(legacy.pragma('foreign_key_check')).toEqual([])
      expect(legacy.pragma('integrity_check', { simple: true })).toBe('ok')
      await cutover(knex)
      expect(ours(openPlain(file))).toEqual(before)
      expect(await failures(knex)).toEqual([])
    },
  )
})

describe('soak', () => {
  it('keeps the legacy tables in step, however often and in whatever batches it is run, and verify stays right', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    const drained: string[] = []
    for (const [round, batchKeys] of [1, 3, 400, 7].entries()) {
      await write(file, 20 + round, 40)
      expect(await failures(knex)).toEqual([])
      const result = await soak(knex, { once: true, batchKeys })
      expect(result).toMatchObject({ rounds: 1, pending: 0 })
      expect(result.drained).toBeGreaterThan(0)
      drained.push(JSON.stringify(legacyRows(openPlain(file))))
      expect(await failures(knex)).toEqual([])
    }
    expect(new Set(drained).size).toBe(drained.length)
    await expect(soak(knex, { once: true })).resolves.toMatchObject({ drained: 0, pending: 0 })

    const other = legacyCopy()
    copyFileSync(file, other)
    // Everything once more, in one batch: nothing changes.
    openPlain(other).exec(
      `insert into migration_reverse_outbox (table_name, key1, key2) select 'actions', actionId, null from actions
         where actionId in (select cast(key as integer) from migration_keep where table_name = 'actions')
       union all select 'transactions', transactionId, txid from transactions where txid in (select key from migration_keep where table_name = 'transactions')
       union all select 'outputs', outputId, null from outputs where outputId in (select cast(key as integer) from migration_keep where table_name = 'outputs')`,
    )
    await soak(await openFile(other), { once: true })
    expect(JSON.stringify(legacyRows(openPlain(other)))).toBe(drained.at(-1))
  })

  it('runs beside a rollback, which finds little left to do, and ends with it', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await write(file, 31, 60)
    let isDrained: (() => void) | undefined
    const drained = new Promise<void>((resolve) => (isDrained = resolve))
    const soaking = soak(await openFile(file), {
      pollMs: 100,
      on: (event) => void (event.type === 'checkpoint' && event.name === 'drain:committed' && isDrained?.()),
    })
    const end = expect(soaking).rejects.toMatchObject({ code: 'PHASE' })
    await drained
    for (;;) {
      const result = await rollback(knex).catch((error: unknown) => error)
      if (!(result instanceof Error)) break
      expect(result).toMatchObject({ code: 'MIGRATION_BUSY' })
      // Two connections in one thread: whoever tries again at once is never done before the other.
      await sleep(50)
    }
    await end
  })

  it('leaves the migration to others while nothing waits', async () => {
    const knex = await openMoved(legacyCopy())
    const { fence } = await knex('migration_state').first('fence')
    await expect(soak(knex, { once: true })).resolves.toEqual({ drained: 0, rounds: 1, pending: 0 })
    expect(await knex('migration_state').first('fence')).toEqual({ fence })
  })

  it('ends at a batch boundary when it is told so, and the next one goes on', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await write(file, 32, 60)
    const stopping = new AbortController()
    const stopped = await soak(knex, {
      batchKeys: 5,
      signal: stopping.signal,
      on: (event) => void (event.type === 'checkpoint' && event.name === 'drain:committed' && stopping.abort()),
    })
    expect(stopped.pending).toBeGreaterThan(0)
    await expect(soak(knex, { once: true })).resolves.toMatchObject({ pending: 0 })
    expect(await failures(knex)).toEqual([])
  })

  it('refuses when somebody wrote to the kept tables before it', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    await write(file, 33, 10)
    openPlain(file).exec('update outputs_legacy set satoshis = satoshis + 1 where outputId = 7')
    await expect(soak(knex, { once: true })).rejects.toThrow(/outputs_legacy are not as they were at the cutover/)
  })

  it.each([
    [
      'update outputs_legacy set spendable = 1 - spendable where outputId = (select max(outputId) from outputs_legacy)',
      'outputs_legacy',
    ],
    [
      `update transactions_legacy set status = 'completed' where transactionId = (select max(transactionId) from transactions_legacy)`,
      'transactions_legacy',
    ],
    [
      `update proven_tx_reqs_legacy set status = 'unknown' where provenTxReqId = (select max(provenTxReqId) from proven_tx_reqs_legacy)`,
      'proven_tx_reqs_legacy',
    ],
  ])(
    'what somebody wrote to the kept tables after it is named by verify, and rollback refuses: %s',
    async (sql, table) => {
      const file = legacyCopy()
      const knex = await openMoved(file)
      const store = await openStore(file)
      const { txid, rawTx } = buildTransaction({ outputs: [500] })
      await new TransactionService({ store }).createAction({
        userId: 1,
        reference: 'seen by the new application',
        transaction: { txid, rawTx, processing: 'seen' },
        outputs: [{ vout: 0, satoshis: 500, providedBy: 'storage', purpose: 'change', type: 'P2PKH' }],
      })
      await store.close()
      await soak(knex, { once: true })
      expect(await failures(knex)).toEqual([])
      openPlain(file).exec(sql)
      const failed = (await verifyMigration(knex)).checks.filter(({ ok }) => !ok)
      expect(failed.map(({ id }) => id)).toContain('rollback.projection')
      expect(JSON.stringify(failed)).toContain(table)
      await expect(rollback(knex)).rejects.toThrow(/do not say what the new ones do/)
    },
  )
})

describe('a rollback, then legacy writes, then a cutover', () => {
  it('bring back what legacy has no word for on every row legacy did not touch', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    const store = await openStore(file)
    const service = new TransactionService({ store })
    const made = [
      await receive(service, 'one'),
      await receive(service, 'two'),
      await receive(service, 'three'),
    ] as const
    const [one, two, three] = made
    for (const { transaction } of made)
      await service.transition({
        transactionId: transaction?.transactionId ?? 0,
        expectedFrom: 'seen',
        to: 'seen_multi',
      })
    await service.withholdOutput({ outputId: two.outputs[1]?.outputId ?? 0, reason: 'operator' })
    await service.transition({
      transactionId: three.transaction?.transactionId ?? 0,
      expectedFrom: 'seen_multi',
      to: 'frozen',
      frozenReason: 'operator: looked strange',
    })
    const draft = await service.createAction({ userId: 1, reference: 'a plan', isOutgoing: true, hidden: true })
    await store.close()
    await rollback(knex)
    const legacy = openPlain(file)
    const statusOf = (actionId: number): unknown =>
      legacy.prepare('select status from transactions where transactionId = ?').pluck().get(actionId)
    expect([one, two, three, draft].map(({ action }) => statusOf(action.actionId))).toEqual([
      'unproven',
      'unproven',
      'nonfinal',
      'unsigned',
    ])
    // The legacy application sees one of them proven, fails nothing, and touches the free output of two's transaction.
    legacy.prepare(`update transactions set status = 'completed' where transactionId = ?`).run(one.action.actionId)
    legacy
      .prepare(`update outputs set spendable = 1, updated_at = updated_at where outputId = ?`)
      .run(two.outputs[0]?.outputId)
    await cutover(knex)
    const again = openPlain(file)
    const processingOf = (txid: string | undefined): unknown =>
      again.prepare('select processing, frozen_reason from transactions where txid = ?').get(txid)
    // Touched: what legacy says now counts, and it has no proof.
    expect(processingOf(one.transaction?.txid)).toEqual({ processing: 'seen', frozen_reason: null })
    expect(processingOf(two.transaction?.txid)).toEqual({ processing: 'seen_multi', frozen_reason: null })
    expect(processingOf(three.transaction?.txid)).toEqual({
      processing: 'frozen',
      frozen_reason: 'operator: looked strange',
    })
    const coin = again.prepare('select withheld, spendable from outputs where outputId = ?')
    expect(coin.get(two.outputs[0]?.outputId)).toEqual({ withheld: null, spendable: 1 })
    expect(coin.get(two.outputs[1]?.outputId)).toEqual({ withheld: 'operator', spendable: 0 })
    expect(coin.get(one.outputs[0]?.outputId)).toEqual({ withheld: null, spendable: 1 })
    expect(again.prepare('select hidden from actions where actionId = ?').pluck().get(draft.action.actionId)).toBe(1)
    expect(await failures(knex)).toEqual([])
  })

  it('bring back a withheld coin although its transaction was touched, and its action derived again', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    const store = await openStore(file)
    const service = new TransactionService({ store })
    const { action, outputs } = await receive(service, 'one')
    await service.withholdOutput({ outputId: outputs[0]?.outputId ?? 0, reason: 'operator' })
    await store.close()
    await rollback(knex)
    openPlain(file)
      .prepare(`update transactions set description = 'touched' where transactionId = ?`)
      .run(action.actionId)
    await cutover(knex)
    const coins = openPlain(file).prepare('select withheld, spendable from outputs where actionId = ? order by vout')
    expect(coins.all(action.actionId)).toEqual([
      { withheld: 'operator', spendable: 0 },
      { withheld: null, spendable: 1 },
    ])
    expect(await failures(knex)).toEqual([])
  })

  it('number nothing twice: both applications go on above every number given out', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    const store = await openStore(file)
    const service = new TransactionService({ store })
    const { action, outputs } = await receive(service, 'one')
    await store.close()
    await rollback(knex)
    const legacy = openPlain(file)
    const { lastInsertRowid: transactionId } = legacy
      .prepare(
        `insert into transactions (userId, status, reference, isOutgoing) values (1, 'unsigned', 'legacy again', 1)`,
      )
      .run()
    expect(Number(transactionId)).toBeGreaterThan(action.actionId)
    const { lastInsertRowid: outputId } = legacy
      .prepare(
        `insert into outputs (userId, transactionId, vout, satoshis, providedBy, purpose, type) values (1, ?, 0, 5, 'you', '', 'custom')`,
      )
      .run(transactionId)
    expect(Number(outputId)).toBeGreaterThan(Math.max(...outputs.map((output) => output.outputId)))
    await cutover(knex)
    const again = await openStore(file)
    const next = await receive(new TransactionService({ store: again }), 'two')
    await again.close()
    expect(next.action.actionId).toBeGreaterThan(Number(transactionId))
    expect(await failures(knex)).toEqual([])
  })

  it('two users who gave actions the same reference keep it, although the legacy schema has it once', async () => {
    const file = legacyCopy()
    const knex = await openMoved(file)
    const store = await openStore(file)
    const service = new TransactionService({ store })
    for (const userId of [1, 2]) await service.createAction({ userId, reference: 'the same', isOutgoing: true })
    await store.close()
    await rollback(knex)
    const legacy = openPlain(file)
    const references = legacy
      .prepare(`select reference from transactions where reference like 'the same%' order by transactionId`)
      .pluck()
      .all()
    expect(references[0]).toBe('the same')
    expect(references[1]).toMatch(/^the same#\d+$/)
    await cutover(knex)
    const kept = openPlain(file)
      .prepare(`select userId from actions where reference = 'the same' order by userId`)
      .pluck()
      .all()
    expect(kept).toEqual([1, 2])
    expect(await failures(knex)).toEqual([])
  })
})

const LEGACY = [
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
  'outputs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
]

function legacyRows(database: Database.Database): unknown[] {
  return LEGACY.map((table) => database.prepare(`select * from ${table}_legacy order by 3, 4`).all())
}

async function receive(service: TransactionService, reference: string): Promise<CreatedAction> {
  const { txid, rawTx } = buildTransaction({ outputs: [500, 700], salt: reference })
  const coin = { providedBy: 'storage', purpose: 'change', type: 'P2PKH' }
  return await service.createAction({
    userId: 1,
    reference,
    transaction: { txid, rawTx, processing: 'seen' },
    outputs: [
      { ...coin, vout: 0, satoshis: 500 },
      { ...coin, vout: 1, satoshis: 700 },
    ],
  })
}
