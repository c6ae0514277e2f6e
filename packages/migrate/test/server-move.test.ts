import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAnomalies, ANOMALIES, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { describeOnEngines } from '@txkeep/test-engines'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { runSchemaCutover, verifyMigration } from '../src/knex/index.js'
import { differencesOf, type TableDump } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { FIXTURE } from './support/legacy-copy.js'
import { onSqlite, ServerWallet, SERVERS } from './support/server-wallet.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-server-move-'))
const made = join(folder, 'made.sqlite')
const damaged = join(folder, 'damaged.sqlite')

/** Texts and moments a column of a server cannot hold. */
const UNHOLDABLE: ReadonlySet<string> = new Set(['timestamps-unreadable', 'hostile-text-nul'])

beforeAll(async () => {
  await makeLegacyWallet({ file: made, seed: 3, actions: 16, users: 2, forcedPairs: 'none' })
  copyFileSync(made, damaged)
  addAnomalies(
    damaged,
    ANOMALIES.map(({ id }) => id).filter((id) => !UNHOLDABLE.has(id)),
  )
  return () => rmSync(folder, { recursive: true })
}, 120_000)

/** Moments in odd forms have become moments when the wallet was copied to the server. */
function ours(dump: TableDump): TableDump {
  return Object.fromEntries(Object.entries(dump).filter(([table]) => !table.endsWith('_legacy')))
}

await describeOnEngines(
  'a whole move',
  (engine) => {
    const wallets: ServerWallet[] = []
    afterEach(async () => {
      for (const wallet of wallets.splice(0)) await wallet.drop()
    })

    async function legacyWallet(from: string): Promise<ServerWallet> {
      const wallet = await ServerWallet.copy(engine, from)
      wallets.push(wallet)
      return wallet
    }

    test.each([
      ['the published wallet made', FIXTURE],
      ['of another seed', made],
      ['with everything the maker can do to one', damaged],
    ])('of a wallet %s gives the rows it gives on SQLite', { timeout: 120_000 }, async (_, from) => {
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
