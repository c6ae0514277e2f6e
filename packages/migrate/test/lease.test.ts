import { describe, expect, it } from 'vitest'
import { MigrationBusyError, PhaseError } from '../src/index.js'
import { contract, cutover, expand, runKnexBackfill, startCapture } from '../src/knex/index.js'
import { legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

describe('the migration lease', () => {
  it('lets one of two migrators work at a time', async () => {
    const file = legacyCopy()
    const [one, other] = [await openFile(file), await openFile(file)]
    await expand(one)
    await startCapture(one)
    let refused: unknown
    await runKnexBackfill(one, {
      on: async (event) => {
        if (refused !== undefined || event.type !== 'checkpoint' || event.name !== 'backfill:actions:committed') return
        refused = await runKnexBackfill(other).catch((error: unknown) => error)
      },
    })
    expect(refused).toBeInstanceOf(MigrationBusyError)
    await expect(runKnexBackfill(other)).resolves.toMatchObject({ actions: 44 })
  })

  it('of a process that is gone is taken over at once', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    const database = openPlain(file)
    const place = await ownPlace(file)
    database.exec(`update migration_state set owner = '${place} 999999999 dead', lease_until = 99999999999999`)
    await expect(startCapture(knex)).resolves.toMatchObject({ phase: 'capturing' })
  })

  it('of a process elsewhere is waited for, and taken over when it ran out', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    const database = openPlain(file)
    database.exec(`update migration_state set owner = 'elsewhere/1 7 x', lease_until = 99999999999999`)
    await expect(startCapture(knex)).rejects.toThrow(/Another migrator \(elsewhere\/1 7 x\) is at work/)
    database.exec(`update migration_state set lease_until = 1`)
    await expect(startCapture(knex)).resolves.toMatchObject({ phase: 'capturing' })
  })

  it('that ran out while its owner was busy makes the commit fail, and nothing of the step is there', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    const database = openPlain(file)
    await expect(
      expand(knex, {
        on: (event) => {
          if (event.type === 'checkpoint' && event.name === 'expand:begin')
            database.exec('update migration_state set lease_until = 1')
        },
      }),
    ).rejects.toThrow(/lease ran out/)
    expect(database.prepare(`select count(*) as n from sqlite_schema where name like '%_new'`).get()).toEqual({ n: 0 })
    await expect(expand(knex)).resolves.toEqual({ phase: 'expanded' })
  })
})

describe('a command in the wrong phase', () => {
  it('is refused with the command that comes first, and changes nothing', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expect(cutover(knex)).rejects.toMatchObject({ code: 'PHASE', phase: 'none', nextCommand: 'expand' })
    await expect(runKnexBackfill(knex)).rejects.toBeInstanceOf(PhaseError)
    expect(
      openPlain(file).prepare(`select count(*) as n from sqlite_schema where name like 'migration%'`).get(),
    ).toEqual({ n: 0 })
  })

  it('is never contract before the swap: it takes everything back', async () => {
    const file = legacyCopy()
    const knex = await openFile(file)
    await expand(knex)
    await startCapture(knex)
    await runKnexBackfill(knex)
    await expect(contract(knex)).resolves.toEqual({ phase: 'none' })
  })
})

async function ownPlace(file: string): Promise<string> {
  const knex = await openFile(file)
  let owner = ''
  await startCapture(knex, {
    on: (event) => {
      if (event.type !== 'checkpoint') return
      owner = openPlain(file).prepare<[], { owner: string }>('select owner from migration_state').get()?.owner ?? owner
    },
  })
  openPlain(file).exec(`update migration_state set phase = 'expanded'`)
  return owner.split(' ')[0] ?? ''
}
