import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { openKnex, openStore } from '@txkeep/storage-knex'
import type Database from 'better-sqlite3'
import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import type { MigrationEvent } from '../src/index.js'
import { cutover, rollback, soak, verifyMigration } from '../src/knex/index.js'
import { LEGACY_TABLES } from '../src/knex/schema/table-names.js'
import { FIXTURE, temporaryFolder } from './support/legacy-copy.js'
import { seeded, writeUnderNewSchema } from './support/new-writes.js'
import { bundleKilledCommand, runKilled } from './support/run-killed.js'
import { expectWhole, move, read } from './support/whole-database.js'

async function withKnex<T>(file: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = await openKnex(file)
  try {
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}

/** What the legacy application gets back, without the numbers of requests and proofs: batches may give them out in another order. */
function givenBack(database: Database.Database): Record<string, unknown> {
  return Object.fromEntries(
    LEGACY_TABLES.map((table) => {
      const rows = database.prepare<[], Record<string, unknown>>(`select * from ${table}`).all()
      return [table, rows.map((row) => JSON.stringify({ ...row, provenTxId: null, provenTxReqId: null })).sort()]
    }),
  )
}

async function expectVerified(file: string): Promise<void> {
  const { checks } = await withKnex(file, (knex) => verifyMigration(knex))
  expect(checks.filter(({ ok }) => !ok)).toEqual([])
}

describe('killed with SIGKILL on the way back with new writes', async () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  copyFileSync(FIXTURE, at('written'))
  await move(at('written'))
  const store = await openStore(at('written'))
  await writeUnderNewSchema(store, [1, 2], seeded(3), 90)
  await store.close()

  const drainSteps = new Set<string>()
  const rollbackSteps = new Set<string>()
  const into = (steps: Set<string>) => (event: MigrationEvent) =>
    void (event.type === 'checkpoint' && steps.add(event.name))
  copyFileSync(at('written'), at('drained'))
  await withKnex(at('drained'), (knex) => soak(knex, { once: true, batchKeys: 20, on: into(drainSteps) }))
  copyFileSync(at('written'), at('gone-back'))
  await withKnex(at('gone-back'), (knex) => rollback(knex, { on: into(rollbackSteps) }))
  const expected = read(at('gone-back'), givenBack)
  let script = ''

  beforeAll(async () => {
    script = await bundleKilledCommand()
  }, 60_000)

  it('is told of every step', () => {
    expect([...drainSteps]).toEqual(['drain:begin', 'drain:taken', 'drain:projected', 'drain:committed'])
    expect(rollbackSteps.size).toBeGreaterThan(25)
  })

  it.each([...drainSteps])('at %s nothing is half told, and the next soak and rollback end the same', async (step) => {
    const file = at(`soak-${step.replaceAll(/\W/g, '-')}`)
    copyFileSync(at('written'), file)
    const end = await runKilled(script, [file, 'soak', step, '20'])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    await expectVerified(file)
    await withKnex(file, (knex) => soak(knex, { once: true, batchKeys: 20 }))
    await withKnex(file, (knex) => rollback(knex))
    expect(read(file, givenBack)).toEqual(expected)
  })

  it.each([...rollbackSteps])('at %s of the rollback it goes back all the way when run again', async (step) => {
    const file = at(`rollback-${step.replaceAll(/\W/g, '-')}`)
    copyFileSync(at('written'), file)
    const end = await runKilled(script, [file, 'rollback', step])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    await withKnex(file, (knex) => rollback(knex))
    expect(read(file, givenBack)).toEqual(expected)
  })

  it('and again and again, it ends right, and so does the cutover after it', async () => {
    const file = at('again')
    copyFileSync(at('written'), file)
    for (let round = 0; round < 6; round += 1) await runKilled(script, [file, 'soak', '', '2'], 5 + 12 * round)
    expectWhole(file)
    await expectVerified(file)
    for (let round = 0; round < 4; round += 1) await runKilled(script, [file, 'rollback'], 5 + 25 * round)
    expectWhole(file)
    await withKnex(file, (knex) => rollback(knex))
    expect(read(file, givenBack)).toEqual(expected)
    await withKnex(file, (knex) => cutover(knex))
    await expectVerified(file)
  })
})
