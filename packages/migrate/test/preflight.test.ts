import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { knex, type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCapture } from '../src/knex/capture.js'
import { expand } from '../src/knex/expand.js'
import { preflight, type PreflightReport } from '../src/knex/preflight/preflight.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-preflight-'))
const file = join(folder, 'wallet.sqlite')
const ANSWERS = [
  'preflight.3-code-audit',
  'preflight.3-application',
  'preflight.9-rehearsal',
  'preflight.10-announcement',
]
let database: Knex

beforeAll(async () => {
  await makeLegacyWallet({ file, seed: 21, actions: 12, users: 1, forcedPairs: 'none' })
  database = knex({ client: 'better-sqlite3', connection: { filename: file }, useNullAsDefault: true })
}, 120_000)

afterAll(async () => {
  await database.destroy()
  rmSync(folder, { recursive: true })
})

function outcomes({ checks }: PreflightReport): Record<string, string> {
  return Object.fromEntries(checks.map(({ id, outcome }) => [id, outcome]))
}

test('an untouched wallet fails on the schema and on capture, names the commands, and is not changed', async () => {
  const before = createHash('sha256').update(readFileSync(file)).digest('hex')
  const report = await preflight(database)
  expect(outcomes(report)).toMatchObject({
    'preflight.1-backup': 'needs-operator',
    'preflight.2-schema': 'fail',
    'preflight.3-legacy-version': 'pass',
    'preflight.3-dependants': 'pass',
    'preflight.5-capture': 'fail',
    'preflight.6-leases': 'pass',
    'preflight.10-space': 'pass',
  })
  expect(report.outcome).toBe('fail')
  expect(report.checks.find(({ id }) => id === 'preflight.2-schema')?.detail).toContain('txkeep-migrate expand')
  expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(before)
})

test('with capture on and every answer given it is a pass, and what was accepted says by whom and when', async () => {
  await expand(database)
  await startCapture(database)
  const asked = await preflight(database, { makeBackup: join(folder, 'backup.sqlite'), decider: 'Ada' })
  expect(asked.outcome).toBe('needs-operator')
  expect(asked.checks.filter(({ outcome }) => outcome === 'needs-operator').map(({ id }) => id)).toEqual(ANSWERS)

  const clock = { now: () => new Date() }
  const report = await preflight(database, {
    backup: join(folder, 'backup.sqlite'),
    decider: 'Ada',
    accept: ANSWERS,
    acceptedBy: 'Grace',
    artefacts: join(folder, 'artefacts'),
    environment: 'test',
    clock,
  })
  expect(report).toMatchObject({ ok: true, outcome: 'pass' })
  expect(report.checks.find(({ id }) => id === 'preflight.3-application')).toMatchObject({
    outcome: 'accepted',
    acceptedBy: 'Grace',
  })
})

test('snapshot, baseline and the answer itself are written as JSON files', async () => {
  const report = await preflight(database, { artefacts: join(folder, 'kept'), environment: 'test' })
  const [snapshot, baseline, answer] = report.artefacts
  expect(snapshot).toMatch(/cutover-snapshot-test-.+\.json$/)
  const kept = JSON.parse(readFileSync(String(snapshot), 'utf8')) as PreflightReport['snapshot']
  expect(kept.coins.spendable.legacy.sha256).toMatch(/^[0-9a-f]{64}$/)
  expect(kept.rows['outputs']).toBeGreaterThan(0)
  expect(JSON.parse(readFileSync(String(baseline), 'utf8'))).toHaveProperty('hotQuery.p95Ms')
  expect(JSON.parse(readFileSync(String(answer), 'utf8'))).toHaveProperty('outcome')
})

test('a backup that is old, lacks rows or is damaged is refused with the reason', async () => {
  const backup = join(folder, 'bad.sqlite')
  await preflight(database, { makeBackup: backup })
  const raw = new BetterSqlite3(backup)
  raw.pragma('foreign_keys = off')
  raw.exec('DELETE FROM outputs WHERE outputId = 1')
  raw.close()
  const lacking = await preflight(database, { backup })
  expect(lacking.checks[0]).toMatchObject({ id: 'preflight.1-backup', outcome: 'fail' })
  expect(lacking.checks[0]?.detail).toContain('lacks 1 rows of outputs')

  await preflight(database, { makeBackup: backup })
  const fiveHoursAgo = new Date(Date.now() - 5 * 3_600_000)
  utimesSync(backup, fiveHoursAgo, fiveHoursAgo)
  expect((await preflight(database, { backup })).checks[0]?.detail).toContain('5.0 hours old')
})

test('a view of somebody else on wallet tables, and a broken view on anything, are found before they break a rename', async () => {
  await database.raw('CREATE VIEW balances AS SELECT sum(satoshis) FROM outputs')
  expect(outcomes(await preflight(database))['preflight.3-dependants']).toBe('fail')
  await database.raw('DROP VIEW balances')
  await database.raw('CREATE TABLE other (id INTEGER)')
  await database.raw('CREATE VIEW broken AS SELECT id FROM other')
  await database.raw('PRAGMA legacy_alter_table = on')
  await database.raw('DROP TABLE other')
  const { checks } = await preflight(database)
  expect(checks.find(({ id }) => id === 'preflight.3-dependants')?.detail).toContain('The view broken is broken')
  await database.raw('DROP VIEW broken')
})
