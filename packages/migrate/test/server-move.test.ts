import { describeOnEngines } from '@txkeep/test-engines'
import { expect, test } from 'vitest'
import { runSchemaCutover, verifyMigration } from '../src/knex/index.js'
import { differencesOf, type TableDump } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { onSqlite, SERVERS } from './support/server-wallet.js'
import { serverWallets, sourceWallets } from './support/server-wallets.js'

/** Texts and moments a column of a server cannot hold. */
const UNHOLDABLE = ['timestamps-unreadable', 'hostile-text-nul']

const wallets = sourceWallets(UNHOLDABLE)

/** Moments in odd forms have become moments when the wallet was copied to the server. */
function ours(dump: TableDump): TableDump {
  return Object.fromEntries(Object.entries(dump).filter(([table]) => !table.endsWith('_legacy')))
}

await describeOnEngines(
  'a whole move',
  (engine) => {
    const legacyWallet = serverWallets(engine)

    test.each(wallets)('of a wallet %s gives the rows it gives on SQLite', { timeout: 120_000 }, async (_, from) => {
      const wallet = await legacyWallet(from)
      const result = await wallet.withKnex((knex) => runSchemaCutover(knex))
      expect(failuresOf(result.verification ?? { checks: [] })).toEqual([])
      expect(failuresOf(result.smoke ?? { checks: [] })).toEqual([])
      expect({ ok: result.ok, phase: result.phase }).toEqual({ ok: true, phase: 'cut-over' })
      const expected = await onSqlite(from, (knex) => runSchemaCutover(knex))
      expect(differencesOf(ours(expected), ours(await wallet.dump()))).toEqual({})
      await wallet.withKnex(async (knex) => {
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, wasDone: true })
      })
    })
  },
  SERVERS,
)
