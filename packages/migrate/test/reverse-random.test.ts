import { join } from 'node:path'
import { openStore } from '@txkeep/storage-knex'
import type { Database } from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  cutover,
  expand,
  markVerified,
  rollback,
  runKnexBackfill,
  soak,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { failuresOf } from './support/follow.js'
import { makeEmptyWallet } from './support/make-empty-wallet.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'
import { doLegacyWrite, legacyWrite, NUMBERS_PER_WRITE, type LegacyWrite } from './support/random-legacy-rows.js'
import { copyWallet, MEMORY_FOLDER, temporaryFolder, withKnex, withLegacyConnection } from './support/wallet-file.js'

const folder = temporaryFolder('reverse-random', MEMORY_FOLDER)
const empty = makeEmptyWallet(join(folder, 'empty.sqlite'))
const USERS = [1, 2, 3]

const writes = (most: number): fc.Arbitrary<LegacyWrite[]> =>
  fc.array(fc.array(fc.nat(10_000), { minLength: NUMBERS_PER_WRITE, maxLength: NUMBERS_PER_WRITE }).map(legacyWrite), {
    maxLength: most,
    size: 'max',
  })

const RUNS = Number(process.env['TXKEEP_RANDOM_RUNS'] ?? 20)

test('whatever a legacy wallet held, a rollback with new writes and a cutover after it lose none of our rows', async () => {
  const arbitrary = fc.record({
    before: writes(80),
    seed: fc.nat(1_000_000),
    calls: fc.integer({ min: 1, max: 60 }),
    batchKeys: fc.constantFrom(1, 3, 400),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ before, seed, calls, batchKeys }) => {
      const file = copyWallet(empty, join(folder, 'there-and-back.sqlite'))
      await moveAndWrite(file, before, seed, calls)
      const ours = withLegacyConnection(file, readOurs)
      await withKnex(file, async (knex) => {
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        await soak(knex, { once: true, batchKeys })
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
        await rollback(knex)
        await cutover(knex)
        expect(withLegacyConnection(file, readOurs)).toEqual(ours)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
      })
    }),
    { numRuns: RUNS, ...seedFromEnvironment() },
  )
}, 600_000)

test('whatever the legacy application writes after a rollback with new writes, the next cutover takes it along and verify is right', async () => {
  const arbitrary = fc.record({
    before: writes(60),
    seed: fc.nat(1_000_000),
    calls: fc.integer({ min: 1, max: 40 }),
    after: writes(30),
  })
  await fc.assert(
    fc.asyncProperty(arbitrary, async ({ before, seed, calls, after }) => {
      const file = copyWallet(empty, join(folder, 'and-legacy.sqlite'))
      await moveAndWrite(file, before, seed, calls)
      await withKnex(file, async (knex) => {
        await rollback(knex)
        withLegacyWrites(file, after)
        await cutover(knex)
        expect(failuresOf(await verifyMigration(knex))).toEqual([])
      })
    }),
    { numRuns: RUNS, ...seedFromEnvironment() },
  )
}, 600_000)

async function moveAndWrite(file: string, before: readonly LegacyWrite[], seed: number, calls: number): Promise<void> {
  withLegacyWrites(file, before)
  await withKnex(file, async (knex) => {
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    await markVerified(knex)
    await cutover(knex)
  })
  const store = await openStore(file)
  try {
    await writeUnderNewSchema(store, USERS, seeded(seed), calls)
  } finally {
    await store.close()
  }
}

/** A fixed seed unless the environment asks for another, so that a failure belongs to the change that caused it. */
function seedFromEnvironment(): { seed: number; endOnFailure: boolean } {
  return { seed: Number(process.env['TXKEEP_RANDOM_SEED'] ?? 2), endOnFailure: true }
}

function withLegacyWrites(file: string, list: readonly LegacyWrite[]): void {
  withLegacyConnection(file, (database) => {
    database.pragma('foreign_keys = off')
    for (const one of list) doLegacyWrite(database, one)
    // Numbers that rows name and that name nothing were given out once: no later row gets them.
    for (const table of ['tx_labels', 'output_tags', 'output_baskets']) {
      database.prepare('delete from sqlite_sequence where name = ?').run(table)
      database.prepare('insert into sqlite_sequence (name, seq) values (?, 1000000)').run(table)
    }
  })
}

const OURS = ['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const

/** Every row of our tables, but for which legacy rows the transactions remember: those are made on the way. */
function readOurs(database: Database): Record<string, unknown[]> {
  return Object.fromEntries(
    OURS.map((table) => {
      const rows = database.prepare(`select * from ${table} order by 3, 4`).all() as Record<string, unknown>[]
      return [table, rows.map(({ legacy_req_id: _request, legacy_proven_id: _proof, ...row }) => row)]
    }),
  )
}
