import { TransactionService } from '@txkeep/lifecycle'
import { createStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import { cutover, dropLegacy, rollback, runSchemaCutover, soak, verifyMigration } from '../src/knex/index.js'
import { differencesOf, type TableDump } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'
import type { ServerWallet } from './support/server-wallet.js'
import { SERVERS } from './support/server-wallet.js'
import { serverWallets } from './support/server-wallets.js'

const OURS = ['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const

await describeOnEngines(
  'going back',
  (engine) => {
    const legacyWallet = serverWallets(engine)

    /** Every row of our tables, but for which legacy rows the transactions remember: those are made on the way. */
    async function ours(wallet: ServerWallet): Promise<Record<string, unknown[]>> {
      const mirror = await wallet.mirror()
      const rows = OURS.map((table) => [
        table,
        mirror
          .prepare<[], Record<string, unknown>>(`select * from ${table} order by 3, 4`)
          .all()
          .map(({ legacy_req_id: _request, legacy_proven_id: _proof, ...row }) => row),
      ])
      mirror.close()
      return Object.fromEntries(rows) as Record<string, unknown[]>
    }

    async function write(knex: Knex, seed: number, count: number): Promise<number> {
      const store = await createStore(knex)
      try {
        return await writeUnderNewSchema(store, [1, 2], seeded(seed), count)
      } finally {
        await store.close()
      }
    }

    test('without a write in between gives the legacy tables back row for row, and how they were written down', async () => {
      const wallet = await legacyWallet()
      const [rows, schema] = [await wallet.dump(), await wallet.legacySchema()]
      await wallet.withKnex(async (knex) => {
        expect(await runSchemaCutover(knex)).toMatchObject({ ok: true })
        expect(await rollback(knex)).toMatchObject({ phase: 'rolled-back', swapped: true, drained: 0 })
      })
      expect(differencesOf(rows, only(await wallet.dump(), rows))).toEqual({})
      expect(await wallet.legacySchema()).toEqual(schema)
    })

    test('takes along what was written under the new schema, and a second cutover brings every row of ours back', async () => {
      const wallet = await legacyWallet()
      await wallet.withKnex(async (knex) => {
        await runSchemaCutover(knex)
        expect(await write(knex, 1, 150)).toBeGreaterThan(50)
        const before = await ours(wallet)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        expect(await soak(knex, { once: true, batchKeys: 7 })).toMatchObject({ pending: 0 })
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        await write(knex, 2, 30)
        const later = await ours(wallet)
        expect(later).not.toEqual(before)
        expect(await rollback(knex)).toMatchObject({ phase: 'rolled-back', swapped: true })
        await cutover(knex)
        expect(await ours(wallet)).toEqual(later)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
      })
    })

    test('refuses a new application that was not stopped, and the old one after the swap', async () => {
      const wallet = await legacyWallet()
      await wallet.withKnex(async (knex) => {
        await runSchemaCutover(knex)
        await expect(wallet.database.query(`update outputs set spendable = spendable`)).rejects.toThrow(
          /txkeep-migrate/,
        )
        await expect(wallet.database.query(`delete from users where 1 = 0`)).rejects.toThrow(/txkeep-migrate/)
        await wallet.withStore(async (store) => {
          await rollback(knex)
          const late = new TransactionService({ store, who: 'test' }).createAction({
            userId: 1,
            reference: 'too late',
            description: 'too late',
            isOutgoing: true,
            satoshisDelta: 0,
          })
          await expect(late).rejects.toThrow()
        })
        await wallet.database.query(`update outputs set spendable = spendable`)
      })
    })

    test('is over when the legacy tables are dropped', async () => {
      const wallet = await legacyWallet()
      await wallet.withKnex(async (knex) => {
        await runSchemaCutover(knex)
        const before = await ours(wallet)
        expect(await dropLegacy(knex, { afterDays: 0, vacuum: true })).toEqual({ phase: 'finalized' })
        expect(await ours(wallet)).toEqual(before)
        await expect(rollback(knex)).rejects.toMatchObject({ code: 'PHASE' })
        expect(await write(knex, 3, 20)).toBeGreaterThan(5)
      })
      const tables = Object.keys(await wallet.dump())
      expect(tables.filter((table) => table.endsWith('_legacy'))).toEqual([])
    })
  },
  SERVERS,
)

function only(dump: TableDump, tables: TableDump): TableDump {
  return Object.fromEntries(Object.entries(dump).filter(([table]) => table in tables))
}
