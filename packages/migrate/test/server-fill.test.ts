import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAnomalies, ANOMALIES, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { describeOnEngines } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { cutover, expand, runKnexBackfill, startCapture, verifyMigration } from '../src/knex/index.js'
import { differencesOf, type TableDump } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { FIXTURE } from './support/legacy-copy.js'
import { onSqlite, ServerWallet } from './support/server-wallet.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-server-fill-'))
const made = join(folder, 'made.sqlite')
const damaged = join(folder, 'damaged.sqlite')

/** Texts and moments a column of a server cannot hold, and texts that are the same there in upper and lower case. */
const UNHOLDABLE: ReadonlySet<string> = new Set([
  'timestamps-unreadable',
  'hostile-text-nul',
  'upper-case-txid',
  'requests-differ-in-case',
  'proofs-differ-in-case',
])

beforeAll(async () => {
  await makeLegacyWallet({ file: made, seed: 3, actions: 16, users: 2, forcedPairs: 'none' })
  copyFileSync(made, damaged)
  addAnomalies(
    damaged,
    ANOMALIES.map(({ id }) => id).filter((id) => !UNHOLDABLE.has(id)),
  )
  return () => rmSync(folder, { recursive: true })
}, 120_000)

await describeOnEngines(
  'the new tables',
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
    ])('of a wallet %s hold what they hold on SQLite, and verify says so', { timeout: 120_000 }, async (_, from) => {
      const wallet = await legacyWallet(from)
      await wallet.withKnex(async (knex) => {
        await fill(knex)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        await expect(cutover(knex)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
      })
      expect(differencesOf(ours(await onSqlite(from, fill)), ours(await wallet.dump()))).toEqual({})
    })
  },
  ['MySQL'],
)

async function fill(knex: Knex): Promise<void> {
  await expand(knex)
  await startCapture(knex)
  await runKnexBackfill(knex)
}

/** Tables a migration fills. The legacy ones have the types of the server. */
function ours(dump: TableDump): TableDump {
  return Object.fromEntries(
    Object.entries(dump).filter(([table]) =>
      /_new$|^(actions|tx_audit|chain_tip|migration_(findings|scan|scan_twins|scan_placeholders))$/.test(table),
    ),
  )
}
