import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Knex } from 'knex'
import { beforeAll, describe, expect, it } from 'vitest'
import { cutover, dropLegacy, rollback, verifyMigration } from '../src/knex/index.js'
import type { MigrationEvent } from '../src/index.js'
import { openKnex } from '@txkeep/storage-knex'
import { legacyState, movedState } from './support/dump.js'
import { FIXTURE, temporaryFolder } from './support/legacy-copy.js'
import { bundleKilledCommand, runKilled } from './support/run-killed.js'
import { expectWhole, move, read } from './support/whole-database.js'

/** The names of the checkpoints `work` passes on a database. */
async function checkpointsOf(
  file: string,
  work: (knex: Knex, on: (event: MigrationEvent) => void) => Promise<unknown>,
): Promise<string[]> {
  const passed = new Set<string>()
  const knex = await openKnex(file)
  try {
    await work(knex, (event) => void (event.type === 'checkpoint' && passed.add(event.name)))
    return [...passed]
  } finally {
    await knex.destroy()
  }
}

describe('a migration killed with SIGKILL', async () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  copyFileSync(FIXTURE, at('moved'))
  const checkpoints = await move(at('moved'))
  const expected = read(at('moved'), (database) => movedState(database, ''))
  const original = read(FIXTURE, legacyState)
  copyFileSync(at('moved'), at('gone-back'))
  const rollbackSteps = await checkpointsOf(at('gone-back'), (knex, on) => rollback(knex, { on }))
  copyFileSync(at('gone-back'), at('moved-again'))
  const secondSteps = await checkpointsOf(at('moved-again'), (knex, on) => cutover(knex, { on }))
  const again = read(at('moved-again'), (database) => movedState(database, ''))
  copyFileSync(at('moved'), at('dropped'))
  const dropSteps = await checkpointsOf(at('dropped'), (knex, on) => dropLegacy(knex, { on, afterDays: 0 }))
  let script = ''

  beforeAll(async () => {
    script = await bundleKilledCommand()
  }, 60_000)

  // Every point of expand, capture, finish and swap; of every pass the middle of a range and its end.
  const chosen = checkpoints.filter((name) => !/^backfill:.*:(range|committed)$/.test(name))

  it.each(chosen)('at %s is finished by the same command, with the same result', async (checkpoint) => {
    const file = at(`at-${checkpoint.replaceAll(/\W/g, '-')}`)
    copyFileSync(FIXTURE, file)
    const end = await runKilled(script, [file, 'move', checkpoint])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    await move(file)
    expectWhole(file)
    expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
  })

  it.each([15, 35, 60, 90, 125, 165, 210, 260, 320, 390])(
    'after %i ms, wherever that is, is finished by the same command, with the same result',
    async (killAfterMs) => {
      const file = at(`after-${killAfterMs}`)
      copyFileSync(FIXTURE, file)
      await runKilled(script, [file, 'move'], killAfterMs)
      expectWhole(file)
      await move(file)
      expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
    },
  )

  it('again and again gets further each time it is let run, and ends right', async () => {
    const file = at('again')
    copyFileSync(FIXTURE, file)
    for (let round = 0; round < 8; round += 1) await runKilled(script, [file, 'move'], 20 + 25 * round)
    expectWhole(file)
    await move(file)
    expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
    const knex = await openKnex(file)
    const { checks } = await verifyMigration(knex)
    await knex.destroy()
    expect(checks.filter((check) => !check.ok)).toEqual([])
  })

  it.each(['begin', 'taken', 'derived', 'committed'])(
    'at catch-up:%s loses no write it was following',
    async (step) => {
      const file = at(`follow-${step}`)
      copyFileSync(FIXTURE, file)
      const end = await runKilled(script, [file, 'follow', `catch-up:${step}`])
      expect(end).toMatchObject({ signal: 'SIGKILL' })
      expectWhole(file)
      await move(file)
      const knex = await openKnex(file)
      const { checks } = await verifyMigration(knex)
      await knex.destroy()
      expect(checks.filter((check) => !check.ok)).toEqual([])
      expect(
        read(file, (database) =>
          database.prepare(`select count(*) as n from actions where description = 'written meanwhile'`).get(),
        ),
      ).toEqual({ n: 2 })
    },
  )

  it('is told of every step of the swap, of the way back and of the end', () => {
    expect(rollbackSteps.length).toBeGreaterThan(15)
    expect(secondSteps.length).toBeGreaterThan(20)
    expect(dropSteps.length).toBeGreaterThan(10)
  })

  it.each(rollbackSteps)('at %s goes back all the way when run again', async (step) => {
    const file = at(step.replaceAll(/\W/g, '-'))
    copyFileSync(at('moved'), file)
    const end = await runKilled(script, [file, 'rollback', step])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    const knex = await openKnex(file)
    await rollback(knex)
    await knex.destroy()
    expect(read(file, legacyState)).toEqual(original)
  })

  it.each(secondSteps)('at %s of a second move is finished by the same command, with the same result', async (step) => {
    const file = at(`again-${step.replaceAll(/\W/g, '-')}`)
    copyFileSync(at('gone-back'), file)
    const end = await runKilled(script, [file, 'cutover', step])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    const knex = await openKnex(file)
    await cutover(knex)
    const { checks } = await verifyMigration(knex)
    await knex.destroy()
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(read(file, (database) => movedState(database, ''))).toEqual(again)
  })

  it.each(dropSteps)('at %s drops all of it when run again', async (step) => {
    const file = at(step.replaceAll(/\W/g, '-'))
    copyFileSync(at('moved'), file)
    const end = await runKilled(script, [file, 'drop-legacy', step])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    const knex = await openKnex(file)
    await expect(dropLegacy(knex, { afterDays: 0 })).resolves.toEqual({ phase: 'finalized' })
    await knex.destroy()
    expectWhole(file)
    expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
  })
})
