import { describeOnEngines } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { expect, test } from 'vitest'
import { cutover, expand, runKnexBackfill, startCapture, verifyMigration } from '../src/knex/index.js'
import { differencesOf, type TableDump } from './support/dump-tables.js'
import { failuresOf } from './support/follow.js'
import { onSqlite } from './support/server-wallet.js'
import { serverWallets, sourceWallets } from './support/server-wallets.js'

/** Texts and moments a column of a server cannot hold, and texts that are the same there in upper and lower case. */
const UNHOLDABLE = [
  'timestamps-unreadable',
  'hostile-text-nul',
  'upper-case-txid',
  'requests-differ-in-case',
  'proofs-differ-in-case',
]

const wallets = sourceWallets(UNHOLDABLE)

await describeOnEngines(
  'the new tables',
  (engine) => {
    const legacyWallet = serverWallets(engine)

    test.each(wallets)(
      'of a wallet %s hold what they hold on SQLite, and verify says so',
      { timeout: 120_000 },
      async (_, from) => {
        const wallet = await legacyWallet(from)
        await wallet.withKnex(async (knex) => {
          await fill(knex)
          expect(failuresOf(await verifyMigration(knex))).toEqual([])
          await expect(cutover(knex)).rejects.toMatchObject({ code: 'INVALID_PARAMETER' })
        })
        expect(differencesOf(ours(await onSqlite(from, fill)), ours(await wallet.dump()))).toEqual({})
      },
    )
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
