import { DiskFullError, StoreBusyError } from '@txkeep/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { MigrationAbortedError, type MigrationEvent } from '../src/index.js'
import {
  cutover,
  expand,
  markVerified,
  readMigrationPhase,
  runKnexBackfill,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import { legacyState, movedState } from './support/dump.js'
import { FIXTURE, legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

type Moved = Awaited<ReturnType<typeof openFile>>

async function backfilled(file: string): Promise<Moved> {
  const knex = await openFile(file)
  await expand(knex)
  await startCapture(knex)
  await runKnexBackfill(knex)
  await markVerified(knex)
  return knex
}

/** Lets the file of this connection grow by so many pages more, or without limit. */
async function limitPages(knex: Moved, more: number | undefined): Promise<void> {
  const [row] = await knex.raw<{ page_count: number }[]>('pragma page_count')
  await knex.raw(`pragma max_page_count = ${more === undefined ? 1_073_741_823 : (row?.page_count ?? 0) + more}`)
}

describe('a full disk', () => {
  it.each([5, 30, 60])(
    '%i pages into the backfill stops it in order, and with space again it ends right',
    async (pages) => {
      const file = legacyCopy()
      const knex = await openFile(file)
      await expand(knex)
      await startCapture(knex)
      await limitPages(knex, pages)
      await expect(runKnexBackfill(knex)).rejects.toBeInstanceOf(DiskFullError)
      expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
      await expect(readMigrationPhase(knex)).resolves.toBe('capturing')
      await limitPages(knex, undefined)
      await runKnexBackfill(knex)
      const { checks } = await verifyMigration(knex)
      expect(checks.filter((check) => !check.ok)).toEqual([])
    },
  )

  it('in the swap leaves the old names, and with space again the swap works', async () => {
    const file = legacyCopy()
    const knex = await backfilled(file)
    await limitPages(knex, 0)
    await expect(cutover(knex)).rejects.toBeInstanceOf(DiskFullError)
    expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
    await expect(readMigrationPhase(knex)).resolves.toBe('verified')
    await limitPages(knex, undefined)
    await expect(cutover(knex)).resolves.toMatchObject({ swapped: true })
  })
})

describe('an abort', () => {
  it('stops at the next range, and the next call goes on from there', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    const controller = new AbortController()
    const ranges: string[] = []
    const on = (event: MigrationEvent): void => {
      if (event.type !== 'checkpoint' || !event.name.endsWith(':range')) return
      ranges.push(event.name)
      if (event.name === 'backfill:actions:range') controller.abort()
    }
    await expect(runKnexBackfill(knex, { on, signal: controller.signal })).rejects.toBeInstanceOf(MigrationAbortedError)
    ranges.length = 0
    await runKnexBackfill(knex, { on })
    expect(ranges[0]).toBe('backfill:actions:range')
    const whole = legacyCopy()
    await backfilled(whole)
    expect(movedState(openPlain(file), '_new')).toEqual(movedState(openPlain(whole), '_new'))
  })
})

describe('somebody else in the database', () => {
  it('with a long reader delays the swap until it ends', async () => {
    const file = legacyCopy()
    const knex = await backfilled(file)
    const reader = openPlain(file)
    reader.exec('begin')
    reader.prepare('select count(*) from outputs').get()
    const swap = cutover(knex)
    await sleep(300)
    expect(reader.prepare(`select count(*) as n from transactions where status is not null`).get()).toEqual({ n: 44 })
    reader.exec('commit')
    await expect(swap).resolves.toMatchObject({ swapped: true })
  })

  it('who never ends makes the swap give up, and nothing is changed', async () => {
    const file = legacyCopy()
    const knex = await backfilled(file)
    const reader = openPlain(file)
    reader.exec('begin')
    reader.prepare('select count(*) from outputs').get()
    await expect(cutover(knex, { lockWaitMs: 400 })).rejects.toBeInstanceOf(StoreBusyError)
    reader.exec('commit')
    await expect(readMigrationPhase(knex)).resolves.toBe('verified')
    expect(legacyState(openPlain(file))).toEqual(legacyState(openPlain(FIXTURE)))
  })

  it('with a view on a wallet table is named before anything is changed', async () => {
    const file = legacyCopy()
    openPlain(file).exec('create view my_coins as select * from outputs where spendable = 1')
    const knex = await openFile(file)
    await expect(expand(knex)).rejects.toThrow(/the view my_coins/)
    await expect(readMigrationPhase(knex)).resolves.toBe('none')
  })

  it('with a table of a name the migration needs is named before anything is changed', async () => {
    const file = legacyCopy()
    openPlain(file).exec('create table actions (x)')
    const knex = await openFile(file)
    await expect(expand(knex)).rejects.toThrow(/a table actions/)
  })
})
