import { copyFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expand, runKnexBackfill, startCapture } from '../src/knex/index.js'
import { movedState } from './support/dump.js'
import { applyMutations, mutations, type Mutation } from './support/legacy-mutations.js'
import { legacyCopy, openFile, openPlain } from './support/legacy-copy.js'

/** What a backfill of the final legacy rows gives, in one go and with nobody writing. */
async function fresh(source: string): Promise<Record<string, string[]>> {
  const file = legacyCopy(source)
  const database = openPlain(file)
  for (const { name } of database
    .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'trigger'`)
    .all())
    database.exec(`drop trigger "${name}"`)
  for (const { name } of database
    .prepare<[], { name: string }>(
      `select name from sqlite_schema where type = 'table' and (name like '%\\_new' escape '\\' or name like 'migration_%'
         or name in ('actions', 'tx_audit', 'chain_tip', 'monitor_lease', 'monitor_task', 'sync_arrivals'))`,
    )
    .all()) {
    database.pragma('foreign_keys = off')
    database.exec(`drop table "${name}"`)
  }
  const knex = await openFile(file)
  await expand(knex)
  await startCapture(knex)
  await runKnexBackfill(knex)
  await knex.destroy()
  const state = movedState(database, '_new')
  database.close()
  return state
}

/** Backfills while each part of `writes` happens at its checkpoint, then once more for the rest. */
async function followed(
  parts: readonly Mutation[][],
  online: boolean,
): Promise<{ file: string; state: Record<string, string[]> }> {
  const file = legacyCopy()
  const knex = await openFile(file)
  const legacy = openPlain(file)
  await expand(knex)
  await startCapture(knex)
  let [seen, next] = [0, 0]
  await runKnexBackfill(knex, {
    online,
    rangeHoldMs: 1,
    on: (event) => {
      // Only where no transaction of the migration is open.
      if (event.type !== 'checkpoint' || !event.name.endsWith(':committed')) return
      seen += 1
      if (seen % 3 === 0 && next < parts.length - 1) applyMutations(legacy, parts[next++] ?? [])
    },
  })
  applyMutations(legacy, parts.slice(next).flat())
  await runKnexBackfill(knex)
  await knex.destroy()
  const state = movedState(legacy, '_new')
  legacy.close()
  return { file, state }
}

describe('catching up', () => {
  it('gives what a backfill of the final rows gives, whatever was written in which moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutations, { minLength: 1, maxLength: 5 }), fc.boolean(), async (parts, online) => {
        const { file, state } = await followed(parts, online)
        const copy = legacyCopy()
        copyFileSync(file, copy)
        expect(state).toEqual(await fresh(copy))
      }),
      {
        numRuns: Number(process.env['TXKEEP_RANDOM_RUNS'] ?? 12),
        endOnFailure: true,
        seed: Number(process.env['TXKEEP_RANDOM_SEED'] ?? 2),
      },
    )
  }, 170_000)
})
