import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAnomalies, ANOMALIES, copyLegacyDatabase, makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { inspectLegacy, type LegacyInspection } from '../src/knex/inspect/inspect-legacy.js'
import { openMigrationDatabase } from '../src/knex/open-migration-database.js'
import { cliJson } from './support/run-cli.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-postgres-'))
const healthy = join(folder, 'healthy.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: healthy, seed: 3, actions: 16, users: 2, forcedPairs: 'none' })
  return () => rmSync(folder, { recursive: true })
}, 120_000)

async function inspect(url: string): Promise<LegacyInspection> {
  const { knex, close } = await openMigrationDatabase(url, { readonly: true })
  try {
    return await inspectLegacy(knex)
  } finally {
    await close()
  }
}

/** What an inspection says of the wallet, apart from the room it takes on this engine. */
function saying({ sizeBytes: _, estimate, ...rest }: LegacyInspection): object {
  return { ...rest, rows: estimate?.rows }
}

const RELATIONS = `select relname from pg_class where relname not like 'pg_%' and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) order by 1`

/** Texts and moments a column of Postgres cannot hold. */
const UNHOLDABLE: ReadonlySet<string> = new Set(['timestamps-unreadable', 'hostile-text-nul'])

await describeOnEngines(
  'a legacy wallet',
  (engine) => {
    let database: TestDatabase

    beforeEach(async () => {
      database = await engine.makeDatabase()
    })
    afterEach(async () => {
      await database.drop()
    })

    test.each([
      ['made by the published wallet', new URL('fixtures/legacy-2.1.26.sqlite', import.meta.url).pathname],
      ['of another seed', healthy],
    ])('%s is found to be the same as on SQLite', async (_, from) => {
      await copyLegacyDatabase({ from, to: database.url })
      expect(saying(await inspect(database.url))).toEqual(saying(await inspect(from)))
    })

    test('has the findings it has on SQLite, whatever is odd about it', { timeout: 60_000 }, async () => {
      const from = join(folder, 'damaged.sqlite')
      copyFileSync(healthy, from)
      addAnomalies(
        from,
        ANOMALIES.map(({ id }) => id).filter((id) => !UNHOLDABLE.has(id)),
      )
      await copyLegacyDatabase({ from, to: database.url })
      const inspection = await inspect(database.url)
      expect(inspection.anomalies.length).toBeGreaterThan(20)
      expect(saying(inspection)).toEqual(saying(await inspect(from)))
    })

    test('is looked at through the command line, and nothing is left behind', async () => {
      await copyLegacyDatabase({ from: healthy, to: database.url })
      const before = await database.query(RELATIONS)
      const { exitCode, json } = await cliJson('inspect', '--db', database.url)
      expect({ exitCode, ok: json.ok, kind: json['kind'] }).toEqual({ exitCode: 0, ok: true, kind: 'legacy' })
      expect(await database.query(RELATIONS)).toEqual(before)
    })

    test('passes and fails the checks of a preflight it passes and fails on SQLite', async () => {
      await copyLegacyDatabase({ from: healthy, to: database.url })
      const here = await cliJson('preflight', '--db', database.url)
      const there = await cliJson('preflight', '--db', healthy)
      expect([here.exitCode, here.json.error]).toEqual([1, undefined])
      // The backup is made by tools of the server, and only an operator knows its disk.
      const outcomes = ({ json }: typeof here): readonly (readonly [string, unknown])[] =>
        (json.checks ?? []).map((check) => [check.id, (check as { outcome?: unknown }).outcome] as const)
      const own = outcomes(there).map(([id, outcome]) => [id, id === 'preflight.10-space' ? 'needs-operator' : outcome])
      expect(outcomes(here)).toEqual(own)
      const coins = ({ json }: typeof here): unknown => (json['snapshot'] as { coins: unknown }).coins
      expect(coins(here)).toEqual(coins(there))
    })

    test('is not backed up here: who names a file is told what makes and tries a backup of a server', async () => {
      await copyLegacyDatabase({ from: healthy, to: database.url })
      const { exitCode, json } = await cliJson(
        'preflight',
        '--db',
        database.url,
        '--make-backup',
        join(folder, 'b.dump'),
      )
      expect({ exitCode, code: json.error?.code }).toEqual({ exitCode: 2, code: 'INVALID_PARAMETER' })
      expect(json.error?.message).toContain('pg_dump and pg_restore')
    })

    test(
      'gets the new tables beside its own with expand, and is as it was after contract',
      { timeout: 60_000 },
      async () => {
        await copyLegacyDatabase({ from: healthy, to: database.url })
        const before = await database.query(RELATIONS)
        const expanded = await cliJson('expand', '--db', database.url)
        expect([expanded.exitCode, expanded.json.phase, expanded.json.error]).toEqual([0, 'expanded', undefined])
        const made = (await database.query(RELATIONS)).map(({ relname }) => relname)
        expect(made).toEqual(expect.arrayContaining(['transactions_new', 'outputs_new', 'actions', 'migration_outbox']))
        const status = await cliJson('status', '--db', database.url)
        expect([status.exitCode, status.json.phase]).toEqual([0, 'expanded'])
        const { exitCode, json } = await cliJson('preflight', '--db', database.url)
        expect([exitCode, json.error]).toEqual([1, undefined])
        const failed = (json.checks ?? []).filter((check) => (check as { outcome?: unknown }).outcome === 'fail')
        expect(failed.map(({ id }) => id)).toEqual(['preflight.5-capture'])
        // Numbers of ours stay clear of every number legacy gave out.
        const [row] = await database.query(
          `insert into transactions_new (txid, processing) values ('${'ab'.repeat(32)}', 'seen') returning "transactionId" > 1000000 as clear`,
        )
        expect(row).toEqual({ clear: true })
        const contracted = await cliJson('contract', '--db', database.url, '--yes')
        expect([contracted.exitCode, contracted.json.error]).toEqual([0, undefined])
        expect(await database.query(RELATIONS)).toEqual(before)
      },
    )

    test('is told from a database of something else', async () => {
      await database.query('create table users (id int)')
      await expect(inspect(database.url)).rejects.toMatchObject({ code: 'NOT_A_WALLET' })
    })
  },
  ['Postgres'],
)
