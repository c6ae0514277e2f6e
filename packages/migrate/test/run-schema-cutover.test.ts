import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openMigrationDatabase, runSchemaCutover, type SchemaCutoverResult } from '../src/knex/index.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-run-'))
const wallet = join(folder, 'wallet.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: wallet, seed: 24, actions: 16, users: 2 })
}, 180_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

let serial = 0

/** A move during which something happens to the database right after the swap. */
async function moveWith(
  afterSwap: (database: BetterSqlite3.Database) => void,
  options: { readonly hold?: boolean } = {},
): Promise<SchemaCutoverResult> {
  const file = join(folder, `copy-${(serial += 1)}.sqlite`)
  copyFileSync(wallet, file)
  const { knex, close } = await openMigrationDatabase(file)
  try {
    return await runSchemaCutover(knex, {
      ...options,
      on: (event) => {
        if (event.type !== 'phase-changed' || event.to !== 'cut-over') return
        const database = new BetterSqlite3(file)
        afterSwap(database)
        database.close()
      },
    })
  } finally {
    await close()
  }
}

/** Something smoke notices and a way back does not mind. */
function dropIndexesOfOutputs(database: BetterSqlite3.Database): void {
  const names = database
    .prepare("select name from sqlite_schema where type = 'index' and tbl_name = 'outputs' and sql is not null")
    .pluck()
    .all() as string[]
  for (const name of names) database.exec(`drop index "${name}"`)
}

test('a whole move answers with what every step saw', async () => {
  const result = await moveWith(() => undefined)
  expect(result).toMatchObject({ ok: true, phase: 'cut-over', wasDone: false, wentBack: false })
  expect(result.stats?.outputs).toBeGreaterThan(0)
  expect(result.verification?.ok).toBe(true)
  expect(result.swap?.swapped).toBe(true)
  expect(result.smoke?.ok).toBe(true)
})

test('a smoke check that fails brings the legacy tables back at once', async () => {
  const result = await moveWith(dropIndexesOfOutputs)
  expect(result.smoke?.ok).toBe(false)
  expect(result).toMatchObject({ ok: false, phase: 'rolled-back', wentBack: true })
})

test('with hold a smoke check that fails leaves the new tables in use', async () => {
  const result = await moveWith(dropIndexesOfOutputs, { hold: true })
  expect(result).toMatchObject({ ok: false, phase: 'cut-over', wentBack: false })
})

test('a move that is stopped before the swap can be done again', async () => {
  const file = join(folder, `copy-${(serial += 1)}.sqlite`)
  copyFileSync(wallet, file)
  const { knex, close } = await openMigrationDatabase(file)
  const stopping = new AbortController()
  const stopped = runSchemaCutover(knex, {
    signal: stopping.signal,
    on: (event) => {
      if (event.type === 'phase-changed' && event.to === 'backfilled') stopping.abort()
    },
  })
  await expect(stopped).rejects.toMatchObject({ name: expect.stringMatching(/Abort/) })
  expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, phase: 'cut-over' })
  expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, wasDone: true })
  await close()
})

test('a move that ended between the swap and the smoke checks does them the next time', async () => {
  const file = join(folder, `copy-${(serial += 1)}.sqlite`)
  copyFileSync(wallet, file)
  const { knex, close } = await openMigrationDatabase(file)
  const stopped = runSchemaCutover(knex, {
    on: (event) => {
      if (event.type === 'phase-changed' && event.to === 'cut-over') throw new Error('the process ends here')
    },
  })
  await expect(stopped).rejects.toThrow('the process ends here')
  const again = await runSchemaCutover(knex)
  expect(again).toMatchObject({ ok: true, phase: 'cut-over', wasDone: false })
  expect(again.smoke?.ok).toBe(true)
  expect(await runSchemaCutover(knex)).toMatchObject({ ok: true, wasDone: true })
  await close()
})
