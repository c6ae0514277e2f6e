import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { knex, type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PhaseError } from '../src/migration-error.js'
import { runSchemaCutover } from '../src/knex/run-schema-cutover.js'
import { smokeTest, type SmokeOptions, type SmokeReport } from '../src/knex/smoke/smoke-test.js'
import { verifyMigration, type VerifyOptions, type VerifyReport } from '../src/knex/verify/verify-migration.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-smoke-'))
const legacy = join(folder, 'legacy.sqlite')
const moved = join(folder, 'moved.sqlite')
/** What the move itself saw before the swap and after it. */
let verified: VerifyReport | undefined
let smokeOfRun: SmokeReport | undefined

beforeAll(async () => {
  await makeLegacyWallet({ file: legacy, seed: 29, actions: 24, users: 2, forcedPairs: 'none' })
  copyFileSync(legacy, moved)
  await withKnex(moved, async (database) => {
    const run = await runSchemaCutover(database)
    expect(run).toMatchObject({ ok: true })
    verified = run.verification
    smokeOfRun = run.smoke
  })
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true }))

async function withKnex<T>(filename: string, work: (database: Knex) => Promise<T>): Promise<T> {
  const database = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

function damaged(sql: string): string {
  const copy = join(folder, 'damaged.sqlite')
  copyFileSync(moved, copy)
  const raw = new BetterSqlite3(copy)
  raw.pragma('foreign_keys = off')
  const fences = raw
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'txk_fence%'`)
    .pluck()
    .all()
  for (const name of fences) raw.exec(`DROP TRIGGER "${String(name)}"`)
  raw.exec(sql)
  raw.exec('DELETE FROM migration_reverse_outbox')
  raw.close()
  return copy
}

async function smoke(file: string, options: SmokeOptions = {}): Promise<SmokeReport> {
  return await withKnex(file, async (database) => await smokeTest(database, options))
}

async function verify(file: string, options: VerifyOptions): Promise<VerifyReport> {
  return await withKnex(file, async (database) => await verifyMigration(database, options))
}

function failed({ checks }: Pick<SmokeReport, 'checks'>): string[] {
  return checks.filter(({ ok }) => !ok).map(({ id }) => id)
}

test('all ten checks are made, and right after a move all are right', async () => {
  const report = await smoke(moved)
  expect(failed(report)).toEqual([])
  const numbers = new Set(report.checks.map(({ id }) => Number(/^smoke\.(\d+)/.exec(id)?.[1])))
  expect([...numbers].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('the throwaway transaction leaves no row behind', async () => {
  const count = (): unknown[] => {
    const raw = new BetterSqlite3(moved, { readonly: true })
    const counts = [
      'transactions',
      'actions',
      'outputs',
      'tx_audit',
      'monitor_lease',
      'monitor_task',
      'migration_reverse_outbox',
    ].map((table) => raw.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
    raw.close()
    return counts
  }
  const before = count()
  await smoke(moved)
  expect(count()).toEqual(before)
})

const DAMAGES: readonly (readonly [what: string, sql: string, id: string])[] = [
  [
    'a transaction too many',
    `INSERT INTO transactions (txid, processing) VALUES ('${'ef'.repeat(32)}', 'queued')`,
    'smoke.1-transactions',
  ],
  [
    'an action too many',
    `INSERT INTO actions (actionId, userId, reference) VALUES (424242, 1, 'out of nowhere')`,
    'smoke.2-actions',
  ],
  ['wrong statuses', `UPDATE transactions SET processing = 'nosend'`, 'smoke.3-sample'],
  ['an output of no action', `UPDATE outputs SET actionId = 424242 WHERE outputId = 1`, 'smoke.4-orphans'],
  [
    'a signed action without its transaction',
    `UPDATE actions SET transactionId = NULL WHERE actionId = (SELECT max(actionId) FROM actions WHERE transactionId IS NOT NULL)`,
    'smoke.4-drafts',
  ],
  ['a label lost', `DELETE FROM tx_labels_map WHERE rowid = (SELECT min(rowid) FROM tx_labels_map)`, 'smoke.5-labels'],
  [
    'a flag that the rule does not give',
    `UPDATE outputs SET spendable = 1 - spendable WHERE outputId = (SELECT max(outputId) FROM outputs)`,
    'smoke.7-refresh',
  ],
  [
    'a coin less',
    `UPDATE outputs SET spendable = 0 WHERE outputId = (SELECT min(outputId) FROM outputs WHERE spendable = 1)`,
    'smoke.9-spendable-set',
  ],
  [
    'a coin hidden from lists',
    `UPDATE outputs SET withheld = 'operator' WHERE outputId = (SELECT min(outputId) FROM outputs WHERE spendable = 1)`,
    'smoke.9-listed-set',
  ],
  ['the index of the hot query gone', `DROP INDEX txk_outputs_hot`, 'smoke.10-hot-query-plan'],
]

for (const [what, sql, id] of DAMAGES) {
  test(`${what} fails ${id}`, async () => {
    expect(failed(await smoke(damaged(sql), { sample: 10_000 }))).toContain(id)
  })
}

/** What verify saw in the same process, for a smoke test that may take it over. */
function takingOver(): SmokeOptions {
  if (verified === undefined) throw new Error('the move did not verify')
  return { verified }
}

function isTakenOver({ checks }: SmokeReport): boolean {
  return checks.some(({ detail }) => detail?.includes('in this run') === true)
}

test('a move takes over what it verified itself; the checks are the same ones, and the coins', async () => {
  const alone = await smoke(moved)
  expect(smokeOfRun?.checks.map(({ id }) => id).sort()).toEqual(alone.checks.map(({ id }) => id).sort())
  expect(smokeOfRun?.coins).toEqual(alone.coins)
  expect([smokeOfRun, alone].map((report) => report !== undefined && isTakenOver(report))).toEqual([true, false])
})

for (const [what, sql, id] of DAMAGES) {
  test(`${what} fails ${id} when the comparison of rows is taken over, too`, async () => {
    const report = await smoke(damaged(sql), { ...takingOver(), sample: 10_000 })
    expect(isTakenOver(report)).toBe(true)
    expect(failed(report)).toContain(id)
  })
}

test('nothing is taken over once an application has written, before the swap or after it', async () => {
  const before = damaged(
    `INSERT INTO migration_outbox (table_name, key1) VALUES ('outputs', 1); DELETE FROM migration_outbox`,
  )
  expect(isTakenOver(await smoke(before, takingOver()))).toBe(false)
  const after = damaged(`UPDATE outputs SET outputDescription = 'another' WHERE outputId = 1`)
  const raw = new BetterSqlite3(after)
  raw.exec(`INSERT INTO migration_reverse_outbox (table_name, key1) VALUES ('outputs', 1)`)
  raw.close()
  expect(isTakenOver(await smoke(after, takingOver()))).toBe(false)
})

test('nothing is taken over from a verify that was not green, or while writes wait', async () => {
  if (verified === undefined) throw new Error('the move did not verify')
  expect(isTakenOver(await smoke(moved, { verified: { ...verified, ok: false } }))).toBe(false)
  expect(isTakenOver(await smoke(moved, { verified: { ...verified, proven: undefined } }))).toBe(false)
})

test('a hot query slower than the baseline allows fails the tenth check', async () => {
  expect(failed(await smoke(moved, { baselineP95Ms: -1_000 }))).toEqual(['smoke.10-hot-query-latency'])
})

test('a lease that somebody else holds fails the eighth check and is left alone', async () => {
  const file = damaged(
    `INSERT INTO monitor_lease (task_name, owner_id, fence, expires_at, renew_count) VALUES ('smoke', 'somebody', 1, 9999999999999, 0)`,
  )
  expect(failed(await smoke(file))).toEqual(['smoke.8-lease'])
})

test('before the swap it refuses and names the command that comes first', async () => {
  await expect(smoke(legacy)).rejects.toThrow(PhaseError)
  await expect(smoke(legacy)).rejects.toThrow('txkeep-migrate cutover')
})

test('verify refuses a wallet that was never backfilled and names the command that comes first', async () => {
  await expect(verify(legacy, {})).rejects.toThrow('txkeep-migrate backfill')
})

test('verify asks for each block once, and a root no header has fails it', async () => {
  const asked: string[] = []
  const headers = {
    isValidRootForHeight: (root: string, height: number): Promise<boolean> => {
      asked.push(`${height} ${root}`)
      return Promise.resolve(asked.length > 1)
    },
  }
  const report = await verify(moved, { headers, deep: true })
  expect(failed(report)).toEqual(['headers.roots'])
  expect(new Set(asked).size).toBe(asked.length)
  expect(report.checks.map(({ id }) => id)).toContain('integrity.database')
})

test('an aborted verify stops and leaves no temporary table', async () => {
  await withKnex(moved, async (database) => {
    await expect(verifyMigration(database, { signal: AbortSignal.abort() })).rejects.toThrow()
    expect(await database.raw(`SELECT name FROM sqlite_temp_schema`)).toEqual([])
    expect(await verifyMigration(database)).toMatchObject({ ok: true })
  })
})
