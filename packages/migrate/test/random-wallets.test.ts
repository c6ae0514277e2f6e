import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnexBackfillDriver } from '../src/knex/backfill/knex-backfill-driver.js'
import {
  cutover,
  expand,
  expectedCoins,
  markVerified,
  runKnexBackfill,
  runUnderLease,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { makeEmptyWallet } from './support/make-empty-wallet.js'
import { differencesOf, dumpTables, type TableDump } from './support/dump-tables.js'
import { backfill, backfillAnew, failuresOf, followOneBatch, verifyFailures } from './support/follow.js'
import { doLegacyWrite, legacyWrite, NUMBERS_PER_WRITE, type LegacyWrite } from './support/random-legacy-rows.js'
import { copyWallet, MEMORY_FOLDER, temporaryFolder, withKnex, withLegacyConnection } from './support/wallet-file.js'

const folder = temporaryFolder('random-wallets', MEMORY_FOLDER)
const empty = makeEmptyWallet(join(folder, 'empty.sqlite'))

const writes = (most: number): fc.Arbitrary<LegacyWrite[]> =>
  fc.array(fc.array(fc.nat(10_000), { minLength: NUMBERS_PER_WRITE, maxLength: NUMBERS_PER_WRITE }).map(legacyWrite), {
    maxLength: most,
    size: 'max',
  })

const OUR_TABLES = new Set(['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'])

const RUNS = Number(process.env['TXKEEP_RANDOM_RUNS'] ?? 40)

test('whatever rows a legacy wallet holds and gets during the move, following them ends where a move of the last state does', async () => {
  const arbitrary = fc.record({
    before: writes(80),
    meanwhile: fc.array(writes(6), { maxLength: 30, size: 'max' }),
    rangeKeys: fc.integer({ min: 1, max: 9 }),
    batchKeys: fc.constantFrom(1, 2, 5, 400),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ before, meanwhile, rangeKeys, batchKeys }) => {
      const file = copyWallet(empty, join(folder, 'moved.sqlite'))
      withLegacyWrites(file, before)
      const followed = await backfillWhileWriting(file, meanwhile, rangeKeys, batchKeys)
      const fresh = await backfillAnew(file, join(folder, 'fresh.sqlite'))
      expect(differencesOf(followed, fresh)).toEqual({})
    }),
    { numRuns: RUNS, ...seedFromEnvironment() },
  )
}, 600_000)

test('whatever waits to be followed, verify names no key that following would bring', async () => {
  const arbitrary = fc.record({
    before: writes(80),
    meanwhile: fc.array(writes(6), { maxLength: 30, size: 'max' }),
    batchKeys: fc.constantFrom(1, 2, 5, 400),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ before, meanwhile, batchKeys }) => {
      const file = copyWallet(empty, join(folder, 'online.sqlite'))
      withLegacyWrites(file, before)
      await backfill(file)
      // Between the batches, with the rest of the writes still waiting.
      const verify = async (): Promise<void> => expect(await verifyFailures(file)).toEqual([])
      for (const list of meanwhile) {
        withLegacyWrites(file, list)
        await verify()
        await followOneBatch(file, batchKeys)
        await verify()
      }
      while ((await followOneBatch(file, batchKeys)) > 0) await verify()
    }),
    { numRuns: Math.ceil(RUNS / 4), ...seedFromEnvironment() },
  )
}, 600_000)

test('any legacy wallet is moved with every id kept, every coin accounted for and verify green before and after the swap', async () => {
  await fc.assert(
    fc.asyncProperty(writes(120), async (before) => {
      const file = copyWallet(empty, join(folder, 'verified.sqlite'))
      withLegacyWrites(file, before)
      const ids = withLegacyConnection(file, readIds)
      await withKnex(file, async (knex) => {
        await expand(knex)
        await startCapture(knex)
        await runKnexBackfill(knex)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        await markVerified(knex)
        await cutover(knex)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        const coins = await expectedCoins(knex)
        expect(withLegacyConnection(file, readSpendable)).toEqual([
          coins.spendable.expected.coins,
          coins.spendable.expected.satoshis,
        ])
      })
      withLegacyConnection(file, (database) => {
        for (const [table, column, expected] of ids) {
          const now = new Set(database.prepare(`select "${column}" from ${table}`).pluck().all())
          expect(expected.filter((id) => !now.has(id))).toEqual([])
        }
        const broken = database.pragma('foreign_key_check') as { table: string; parent: string }[]
        expect(broken.filter(({ table }) => !table.endsWith('_legacy') && OUR_TABLES.has(table))).toEqual([])
      })
    }),
    { numRuns: RUNS, ...seedFromEnvironment() },
  )
}, 600_000)

/** A fixed seed unless the environment asks for another, so that a failure belongs to the change that caused it. */
function seedFromEnvironment(): { seed: number; endOnFailure: boolean } {
  return { seed: Number(process.env['TXKEEP_RANDOM_SEED'] ?? 2), endOnFailure: true }
}

function withLegacyWrites(file: string, list: readonly LegacyWrite[]): void {
  withLegacyConnection(file, (database) => write(database, list))
}

function write(database: Database, list: readonly LegacyWrite[]): void {
  database.pragma('foreign_keys = off')
  for (const one of list) doLegacyWrite(database, one)
}

/** Small ranges, and before each of them, between catch-ups and at the end the application writes. */
async function backfillWhileWriting(
  file: string,
  meanwhile: readonly (readonly LegacyWrite[])[],
  rangeKeys: number,
  batchKeys: number,
): Promise<TableDump> {
  const application = new BetterSqlite3(file)
  const left = [...meanwhile]
  const applicationWrites = (): void => write(application, left.shift() ?? [])
  try {
    await withKnex(file, async (knex) => {
      await expand(knex)
      await startCapture(knex)
      await runUnderLease(knex, { command: 'backfill', phases: ['capturing'] }, {}, async (run) => {
        const driver = new KnexBackfillDriver(run, batchKeys)
        let position = await driver.begin({ online: true })
        while (position.stage !== undefined) {
          applicationWrites()
          position = (await driver.runRange(position, rangeKeys)).position
        }
        do {
          applicationWrites()
          await driver.catchUp()
        } while (left.length > 0)
        while ((await driver.catchUp()) > 0);
        await driver.finish()
      })
    })
    return dumpTables(application)
  } finally {
    application.close()
  }
}

type Ids = readonly (readonly [table: string, column: string, ids: readonly unknown[]])[]

/** What each id of the legacy wallet has to be found as afterwards. */
function readIds(database: Database): Ids {
  const all = (sql: string): unknown[] => database.prepare(sql).pluck().all()
  return [
    ['actions', 'actionId', all('select transactionId from transactions')],
    ['outputs', 'outputId', all('select outputId from outputs')],
    ['transactions', 'txid', all(`select lower(txid) from transactions where txid <> ''`)],
    ['transactions', 'txid', all(`select lower(txid) from proven_tx_reqs where txid <> ''`)],
    ['transactions', 'txid', all(`select lower(txid) from proven_txs where txid <> ''`)],
  ]
}

function readSpendable(database: Database): unknown {
  return database.prepare('select count(*), coalesce(sum(satoshis), 0) from outputs where spendable = 1').raw().get()
}
