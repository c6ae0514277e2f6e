import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DiskFullError } from '@txkeep/core'
import { openKnex } from '@txkeep/storage-knex'
import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  contract,
  cutover,
  dropLegacy,
  expand,
  markVerified,
  runKnexBackfill,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { legacyState, movedState } from './support/dump.js'
import { FIXTURE, temporaryFolder } from './support/legacy-copy.js'
import { bundleKilledCommand, runKilled } from './support/run-killed.js'
import { expectWhole, move, phaseOf, read } from './support/whole-database.js'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)

async function withKnex<T>(file: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = await openKnex(file)
  try {
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}

/** A copy of the wallet as far as the backfill. */
async function filled(file: string): Promise<string> {
  copyFileSync(FIXTURE, file)
  await withKnex(file, async (knex) => {
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
  })
  return file
}

/** Fifty megabytes that are about to be free, so that giving them back takes a while. */
function addBallast(file: string): void {
  read(file, (database) =>
    database.exec(
      `create table ballast (bytes blob);
       insert into ballast with recursive n (i) as (select 1 union all select i + 1 from n where i < 50) select randomblob(1000000) from n`,
    ),
  )
}

describe('killed with SIGKILL where a wallet is given back, compared or made smaller', async () => {
  copyFileSync(FIXTURE, at('moved'))
  await move(at('moved'))
  const expected = read(at('moved'), (database) => movedState(database, ''))
  const original = read(FIXTURE, legacyState)
  await filled(at('filled'))
  copyFileSync(at('filled'), at('contracted'))
  const contractSteps: string[] = []
  await withKnex(at('contracted'), async (knex) => {
    await contract(knex, { on: (event) => void (event.type === 'checkpoint' && contractSteps.push(event.name)) })
  })
  let script = ''

  beforeAll(async () => {
    script = await bundleKilledCommand()
  }, 60_000)

  it('is told of every table that is dropped', () => {
    expect(contractSteps.length).toBeGreaterThan(20)
  })

  it.each(contractSteps)('at %s the new tables are all there or all gone', async (step) => {
    const file = at(step.replaceAll(/\W/g, '-'))
    copyFileSync(at('filled'), file)
    const end = await runKilled(script, [file, 'contract', step])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    expect(read(file, phaseOf)).toBe('backfilled')
    await withKnex(file, async (knex) => await contract(knex))
    expectWhole(file)
    expect(read(file, legacyState)).toEqual(original)
  })

  it.each([1, 5, 12])('after check %i of verify, nothing has changed and it can be done again', async (checks) => {
    const file = at(`verify-${checks}`)
    copyFileSync(at('filled'), file)
    const end = await runKilled(script, [file, 'verify', String(checks)])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    expect(read(file, phaseOf)).toBe('backfilled')
    await withKnex(file, async (knex) => {
      await expect(verifyMigration(knex)).resolves.toMatchObject({ ok: true })
    })
    await move(file)
    expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
  })

  it.each([0, 10, 40, 120])(
    '%i ms into giving the space back, it is given back by the next run',
    async (killAfterMs) => {
      const file = at(`vacuum-${killAfterMs}`)
      copyFileSync(at('moved'), file)
      addBallast(file)
      read(file, (database) => database.exec('drop table ballast'))
      await runKilled(script, [file, 'vacuum'], killAfterMs)
      expectWhole(file)
      await withKnex(file, async (knex) => await dropLegacy(knex, { afterDays: 0, vacuum: true }))
      expectWhole(file)
      expect(read(file, (database) => database.pragma('freelist_count', { simple: true }))).toBe(0)
      expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
    },
  )

  it.each([20, 90, 200])(
    'two at once, one of them killed after %i ms: the other is refused or finishes, and the result is the same',
    async (killAfterMs) => {
      const file = at(`two-${killAfterMs}`)
      copyFileSync(FIXTURE, file)
      const [one, other] = await Promise.all([
        runKilled(script, [file, 'move'], killAfterMs),
        runKilled(script, [file, 'move']),
      ])
      expect(one.signal === 'SIGKILL' || one.code === 0 || isRefusal(one.stderr), one.stderr).toBe(true)
      expect(other.code === 0 || isRefusal(other.stderr), other.stderr).toBe(true)
      expectWhole(file)
      await move(file)
      expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
    },
  )
})

/** One migrator at a time: the second is told so, or finds that a command is not the next any more. */
function isRefusal(stderr: string): boolean {
  return /MigrationBusyError|PhaseError|StoreBusyError/.test(stderr)
}

/** As if the disk had room for `pages` more pages of this file. */
async function leaveRoomFor(knex: Knex, pages: number): Promise<void> {
  const rows: { page_count: number }[] = await knex.raw('pragma page_count')
  await knex.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + pages}`)
}

describe('a disk that is full', () => {
  it.each([4, 20, 50])(
    'in the backfill, with room for %i pages: what was committed stays, and it goes on',
    async (pages) => {
      const file = at(`full-${pages}`)
      copyFileSync(FIXTURE, file)
      await withKnex(file, async (knex) => {
        await expand(knex)
        await startCapture(knex)
        await leaveRoomFor(knex, pages)
        await expect(runKnexBackfill(knex)).rejects.toBeInstanceOf(DiskFullError)
      })
      expectWhole(file)
      expect(read(file, phaseOf)).toBe('capturing')
      await move(file)
      await withKnex(file, async (knex) => {
        await expect(verifyMigration(knex)).resolves.toMatchObject({ ok: true })
      })
    },
  )

  it('in the swap: the legacy wallet is in use as before, and the next cutover does it', async () => {
    const file = at('full-swap')
    copyFileSync(FIXTURE, file)
    // The original of a rewritten id map is kept, so that the swap needs room.
    const foreign = Object.fromEntries(Array.from({ length: 40_000 }, (_, id) => [`${id}-${'x'.repeat(40)}`, 1]))
    read(file, (database) =>
      database
        .prepare(
          `insert into sync_states ("userId", "storageName", "storageIdentityKey", "refNum", status, init, "syncMap") select min("userId"), 'a', 'b', 'c', 'unknown', 0, ? from users`,
        )
        .run(JSON.stringify({ provenTx: { idMap: foreign } })),
    )
    await withKnex(file, async (knex) => {
      await expand(knex)
      await startCapture(knex)
      await runKnexBackfill(knex)
      await markVerified(knex)
      await leaveRoomFor(knex, 2)
      await expect(cutover(knex)).rejects.toBeInstanceOf(DiskFullError)
    })
    expectWhole(file)
    expect(read(file, phaseOf)).toBe('verified')
    await withKnex(file, async (knex) => {
      await expect(cutover(knex)).resolves.toMatchObject({ swapped: true })
      await expect(verifyMigration(knex)).resolves.toMatchObject({ ok: true })
    })
    expectWhole(file)
  })
})
