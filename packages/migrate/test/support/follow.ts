import type { CheckResult } from '../../src/check-result.js'
import { KnexBackfillDriver } from '../../src/knex/backfill/knex-backfill-driver.js'
import {
  contract,
  expand,
  runKnexBackfill,
  runUnderLease,
  startCapture,
  verifyMigration,
} from '../../src/knex/index.js'
import { dumpTables, type TableDump } from './dump-tables.js'
import { copyWallet, withKnex, withLegacyConnection } from './wallet-file.js'

/** Fills the new tables of a legacy wallet, following its writes from now on. */
export async function backfill(file: string): Promise<void> {
  await withKnex(file, async (knex) => {
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
  })
}

/** The same in ranges of one key; `between` is called after each with the stage it was of. */
export async function backfillKeyByKey(file: string, between: (stage: string) => void): Promise<void> {
  await withKnex(file, async (knex) => {
    await expand(knex)
    await startCapture(knex)
    await runUnderLease(knex, { command: 'backfill', phases: ['capturing'] }, {}, async (run) => {
      const driver = new KnexBackfillDriver(run)
      let position = await driver.begin({ online: true })
      while (position.stage !== undefined) {
        const { stage } = position
        position = (await driver.runRange(position, 1)).position
        between(stage)
      }
      while ((await driver.catchUp()) > 0);
      await driver.finish()
    })
  })
}

/** Follows at most `batchKeys` captured keys in a session of its own; resolves to how many it took. */
export async function followOneBatch(file: string, batchKeys: number): Promise<number> {
  return await withKnex(
    file,
    async (knex) =>
      await runUnderLease(knex, { command: 'backfill', phases: ['backfilled'] }, {}, async (run) => {
        const driver = new KnexBackfillDriver(run, batchKeys)
        await driver.begin({ online: true })
        return await driver.catchUp()
      }),
  )
}

/** What a backfill of the rows `file` has now gives, made in a copy at `fresh`. */
export async function backfillAnew(file: string, fresh: string): Promise<TableDump> {
  copyWallet(file, fresh)
  await withKnex(fresh, async (knex) => await contract(knex))
  await backfill(fresh)
  return withLegacyConnection(fresh, dumpTables)
}

/** The checks verify does not pass, and by which rows. */
export async function verifyFailures(file: string): Promise<unknown[]> {
  return await withKnex(file, async (knex) => failuresOf(await verifyMigration(knex)))
}

export function failuresOf({ checks }: { readonly checks: readonly CheckResult[] }): unknown[] {
  return checks.filter(({ ok }) => !ok).map(({ id, differences, detail }) => ({ id, differences, detail }))
}
