import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  cutover,
  dropLegacy,
  expand,
  markVerified,
  rollback,
  runKnexBackfill,
  startCapture,
  verifyMigration,
} from '../src/knex/index.js'
import type { MigrationEvent } from '../src/index.js'
import { openKnex } from '@txkeep/storage-knex'
import { legacyState, movedState } from './support/dump.js'
import { FIXTURE, temporaryFolder } from './support/legacy-copy.js'
import { bundleKilledCommand, runKilled } from './support/run-killed.js'

/** Moves from wherever a database is to the cutover, and says which checkpoints it passed. */
async function move(file: string): Promise<string[]> {
  const knex = await openKnex(file)
  const passed = new Set<string>()
  const on = (event: MigrationEvent): void => {
    if (event.type === 'checkpoint') passed.add(event.name)
  }
  try {
    const state = new Database(file, { readonly: true })
    const phase = phaseOf(state)
    state.close()
    if (phase === 'none') await expand(knex, { on })
    if (phase === 'none' || phase === 'expanded') await startCapture(knex, { on })
    if (phase !== 'cut-over') {
      await runKnexBackfill(knex, { on })
      await markVerified(knex, { on })
    }
    await cutover(knex, { on })
    return [...passed]
  } finally {
    await knex.destroy()
  }
}

function read<T>(file: string, work: (database: Database.Database) => T): T {
  const database = new Database(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

function phaseOf(database: Database.Database): string {
  const there = database.prepare(`select 1 from sqlite_schema where name = 'migration_state'`).get()
  if (there === undefined) return 'none'
  return database.prepare<[], { phase: string }>('select phase from migration_state').get()?.phase ?? 'none'
}

/** The old shape or the new one, nothing between, and a file the engine finds sound. */
function expectWhole(file: string): void {
  read(file, (database) => {
    expect(database.pragma('quick_check', { simple: true })).toBe('ok')
    const names = new Set(
      database
        .prepare<[], { name: string }>('select name from sqlite_schema')
        .all()
        .map(({ name }) => name),
    )
    const columns = database.prepare<[], { name: string }>(`select name from pragma_table_info('transactions')`).all()
    const isNew = columns.some(({ name }) => name === 'processing')
    expect(names.has('proven_txs')).toBe(!isNew)
    expect(names.has('proven_txs_legacy')).toBe(isNew && phaseOf(database) !== 'finalized')
    expect([...names].filter((name) => name.startsWith('txk_capture')).length).toBe(
      isNew || ['none', 'expanded'].includes(phaseOf(database)) ? 0 : 42,
    )
  })
}

describe('a migration killed with SIGKILL', async () => {
  const folder = temporaryFolder()
  const at = (name: string): string => join(folder, name)
  copyFileSync(FIXTURE, at('moved'))
  const checkpoints = await move(at('moved'))
  const expected = read(at('moved'), (database) => movedState(database, ''))
  const original = read(FIXTURE, legacyState)
  let script = ''

  beforeAll(async () => {
    script = await bundleKilledCommand()
  }, 60_000)

  // Every point of expand, capture, finish and swap; of every pass the middle of a range and its end; two of the indexes.
  const chosen = checkpoints.filter(
    (name) => !/^backfill:.*:(range|committed)$/.test(name) && !/^backfill:index:(?!.*(hot$|spent_by))/.test(name),
  )

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

  const rollbackSteps = [
    'before-lock',
    'drop-fence',
    'drop-reverse-capture',
    'rename-outputs',
    'rename-transactions_legacy',
    'rename-output_tags_map_legacy',
    'restore-sync-maps',
    'restore-schema-text',
    'capture',
    'before-commit',
    'committed',
  ]

  it.each(rollbackSteps)('at rollback:%s goes back all the way when run again', async (step) => {
    const file = at(`rollback-${step}`)
    copyFileSync(at('moved'), file)
    const end = await runKilled(script, [file, 'rollback', `rollback:${step}`])
    expect(end).toMatchObject({ signal: 'SIGKILL' })
    expectWhole(file)
    const knex = await openKnex(file)
    await rollback(knex)
    await knex.destroy()
    expect(read(file, legacyState)).toEqual(original)
  })

  it.each(['begin', 'transactions_legacy', 'proven_txs_legacy', 'before-commit', 'done'])(
    'at drop-legacy:%s drops all of it when run again',
    async (step) => {
      const file = at(`drop-${step}`)
      copyFileSync(at('moved'), file)
      const end = await runKilled(script, [file, 'drop-legacy', `drop-legacy:${step}`])
      expect(end).toMatchObject({ signal: 'SIGKILL' })
      expectWhole(file)
      const knex = await openKnex(file)
      await expect(dropLegacy(knex, { afterDays: 0 })).resolves.toEqual({ phase: 'finalized' })
      await knex.destroy()
      expectWhole(file)
      expect(read(file, (database) => movedState(database, ''))).toEqual(expected)
    },
  )
})
