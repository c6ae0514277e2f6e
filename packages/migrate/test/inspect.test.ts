import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { makeLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { knex, type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectLegacy, type LegacyInspection } from '../src/knex/inspect/inspect-legacy.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-inspect-'))
const file = join(folder, 'wallet.sqlite')
let database: Knex
let inspection: LegacyInspection
let before: string

beforeAll(async () => {
  await makeLegacyWallet({ file, seed: 11, actions: 24, users: 2 })
  before = digest()
  database = open(file)
  inspection = await inspectLegacy(database)
})

afterAll(async () => {
  await database.destroy()
  rmSync(folder, { recursive: true })
})

function open(filename: string): Knex {
  return knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
}

function digest(): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

test('an untouched legacy wallet is told as such, with its version', () => {
  expect(inspection.kind).toBe('legacy')
  expect(inspection.phase).toBe('none')
  expect(inspection.version.newest).toBe('2026-04-30-001 add wasBroadcast and rebroadcastAttempts to proven_tx_reqs')
  expect(inspection.version.missing).toEqual([])
})

test('looking changes no byte of the file', () => {
  expect(digest()).toBe(before)
})

test('every table is counted', () => {
  const legacy = new BetterSqlite3(file, { readonly: true })
  for (const { table, rows } of inspection.tables) {
    expect([table, rows]).toEqual([table, legacy.prepare(`SELECT count(*) FROM "${table}"`).pluck().get()])
  }
  legacy.close()
})

test('every txid is in one cell of the status table, with what it becomes', () => {
  const legacy = new BetterSqlite3(file, { readonly: true })
  const txids = legacy
    .prepare(
      `SELECT count(*) FROM (SELECT txid FROM proven_txs UNION SELECT txid FROM proven_tx_reqs
         UNION SELECT txid FROM transactions WHERE txid IS NOT NULL)`,
    )
    .pluck()
    .get()
  legacy.close()
  expect(inspection.statuses.reduce((sum, { count }) => sum + count, 0)).toBe(txids)
  expect(inspection.statuses.filter(({ hasProof }) => hasProof).map(({ processing }) => processing)).toContain(
    'confirmed',
  )
})

test('balances per user and basket add up to what the flags of the legacy rows say', () => {
  const legacy = new BetterSqlite3(file, { readonly: true })
  const listed = legacy
    .prepare(
      `SELECT sum(o.satoshis) FROM outputs o JOIN transactions t USING (transactionId)
        WHERE o.spendable = 1 AND t.status IN ('completed', 'unproven', 'nosend', 'sending')`,
    )
    .pluck()
    .get()
  legacy.close()
  expect(inspection.balances.reduce((sum, { listedSatoshis }) => sum + listedSatoshis, 0)).toBe(listed)
})

test('an estimate says what it rests on', () => {
  expect(inspection.estimate?.rows).toBeGreaterThan(0)
  expect(inspection.estimate?.basis).toContain('rows per second')
})

test('a wallet of an older version lacks the newest columns and is inspected all the same', async () => {
  const older = join(folder, 'older.sqlite')
  const source = new BetterSqlite3(file)
  await source.backup(older)
  source.close()
  const legacy = new BetterSqlite3(older)
  legacy.exec(`ALTER TABLE proven_tx_reqs DROP COLUMN wasBroadcast; ALTER TABLE proven_tx_reqs DROP COLUMN rebroadcastAttempts;
    DELETE FROM knex_migrations WHERE name LIKE '2026-04-30%'`)
  legacy.close()
  const olderDatabase = open(older)
  const result = await inspectLegacy(olderDatabase)
  await olderDatabase.destroy()
  expect(result.version.missing).toEqual(['2026-04-30-001 add wasBroadcast and rebroadcastAttempts to proven_tx_reqs'])
  expect(result.balances).toEqual(inspection.balances)
})

test('an empty file and a database of something else are told apart, without an error', async () => {
  const other = open(':memory:')
  expect((await inspectLegacy(other)).kind).toBe('empty')
  await other.raw('CREATE TABLE transactions (id INTEGER PRIMARY KEY, status TEXT)')
  expect((await inspectLegacy(other)).kind).toBe('not-a-wallet')
  await other.destroy()
})
