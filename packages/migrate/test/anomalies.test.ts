import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3, { type Database } from 'better-sqlite3'
import { addAnomalies, ANOMALIES, makeLegacyWallet, type AddedAnomaly } from '@txkeep/legacy-wallet-maker'
import { knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FINDING_CLASSES } from '../src/finding-class.js'
import { inspectLegacy } from '../src/knex/inspect/inspect-legacy.js'
import { rollback } from '../src/knex/rollback.js'
import { runSchemaCutover } from '../src/knex/run-schema-cutover.js'
import { verifyMigration } from '../src/knex/verify/verify-migration.js'

const folder = mkdtempSync(join(tmpdir(), 'txkeep-anomalies-'))
const healthy = join(folder, 'healthy.sqlite')

beforeAll(async () => {
  await makeLegacyWallet({ file: healthy, seed: 3, actions: 16, users: 2, forcedPairs: 'none' })
}, 120_000)

afterAll(() => rmSync(folder, { recursive: true }))

/** A damaged wallet after the whole move, and the same wallet before it. */
interface Moved {
  readonly file: string
  readonly original: string
  readonly damage: readonly AddedAnomaly[]
}

let copies = 0

/** Damages a copy of the healthy wallet and moves it; every check of the move itself must be right. */
async function move(damage: (file: string) => readonly AddedAnomaly[]): Promise<Moved> {
  copies += 1
  const original = join(folder, `original-${copies}.sqlite`)
  const file = join(folder, `moved-${copies}.sqlite`)
  copyFileSync(healthy, original)
  const done = damage(original)
  copyFileSync(original, file)
  await withKnex(file, async (database) => {
    const result = await runSchemaCutover(database, { deep: true })
    const checks = [...(result.verification?.checks ?? []), ...(result.smoke?.checks ?? [])]
    expect(checks.filter(({ ok }) => !ok)).toEqual([])
    expect(result).toMatchObject({ ok: true, phase: 'cut-over' })
  })
  return { file, original, damage: done }
}

async function withKnex<T>(filename: string, work: (database: ReturnType<typeof knex>) => Promise<T>): Promise<T> {
  const database = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
  try {
    return await work(database)
  } finally {
    await database.destroy()
  }
}

function read<T>(file: string, work: (database: Database) => T): T {
  const database = new BetterSqlite3(file, { readonly: true })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

const LEGACY_TABLES = [
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
  'outputs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
] as const

/** What a coin is, whatever becomes of it. Timestamps and flags are not part of it. */
const COIN = `outputId, userId, vout, satoshis, lockingScript, scriptLength, scriptOffset, derivationPrefix, derivationSuffix,
  senderIdentityKey, customInstructions, outputDescription, providedBy, purpose, type`

function expectNothingLost({ file, original }: Moved): void {
  const before = read(original, (database) => database.prepare(`SELECT ${COIN} FROM outputs ORDER BY outputId`).all())
  const after = read(file, (database) => database.prepare(`SELECT ${COIN} FROM outputs ORDER BY outputId`).all())
  expect(after).toEqual(before)

  const rows = read(original, (database) =>
    database
      .prepare(`SELECT transactionId AS id, userId, reference, description, satoshis FROM transactions ORDER BY 1`)
      .all(),
  )
  const actions = read(file, (database) =>
    database
      .prepare(
        `SELECT actionId AS id, userId, reference, description, satoshis_delta AS satoshis FROM actions
          WHERE actionId IN (SELECT transactionId FROM transactions_legacy) ORDER BY 1`,
      )
      .all(),
  )
  expect(actions).toEqual(rows)
}

function expectLegacyKept({ file, original }: Moved): void {
  for (const table of LEGACY_TABLES) {
    const before = read(original, (database) => database.prepare(`SELECT * FROM "${table}"`).all())
    expect(read(file, (database) => database.prepare(`SELECT * FROM "${table}_legacy"`).all())).toEqual(before)
  }
}

function expectSound({ file }: Moved): void {
  read(file, (database) => {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const broken = database.pragma('foreign_key_check') as { table: string }[]
    expect(broken.filter(({ table }) => !table.endsWith('_legacy'))).toEqual([])
  })
}

async function expectGoesBack({ file, original }: Moved): Promise<void> {
  await withKnex(file, async (database) => {
    expect(await rollback(database)).toMatchObject({ phase: 'rolled-back' })
  })
  for (const table of LEGACY_TABLES) {
    const before = read(original, (database) => database.prepare(`SELECT * FROM "${table}"`).all())
    expect(read(file, (database) => database.prepare(`SELECT * FROM "${table}"`).all())).toEqual(before)
    const references = read(original, (database) => database.pragma(`foreign_key_list("${table}")`))
    expect(read(file, (database) => database.pragma(`foreign_key_list("${table}")`))).toEqual(references)
  }
}

function findingsOf(file: string): Record<string, number> {
  const rows = read(file, (database) =>
    database.prepare(`SELECT class, count(*) AS count FROM migration_findings GROUP BY class`).all(),
  ) as { class: string; count: number }[]
  return Object.fromEntries(rows.map((row) => [row.class, row.count]))
}

describe.each(ANOMALIES.map((anomaly) => [anomaly.id, anomaly] as const))('%s', (id, { finding }) => {
  let moved: Moved

  beforeAll(async () => {
    moved = await move((file) => addAnomalies(file, [id]))
  }, 120_000)

  test(finding === undefined ? 'is taken without a finding of its own' : `is reported as ${finding}`, async () => {
    const before = read(healthy, (database) => database.prepare('SELECT count(*) FROM outputs').pluck().get())
    expect(before).toBeGreaterThan(0)
    if (finding !== undefined) {
      expect(Object.keys(FINDING_CLASSES)).toContain(finding)
      expect(findingsOf(moved.file)).toHaveProperty(finding)
      const inspection = await withKnex(moved.original, async (database) => await inspectLegacy(database))
      expect(inspection.anomalies.map(({ class: name }) => name)).toContain(finding)
    }
  })

  test('loses no coin, no satoshi and no word, and leaves the legacy rows as they were', () => {
    expectNothingLost(moved)
    expectLegacyKept(moved)
    expectSound(moved)
  })

  test('a rollback gives the damaged wallet back, row for row', async () => {
    await expectGoesBack(moved)
  })
})

describe('all of them at once', () => {
  let moved: Moved

  beforeAll(async () => {
    moved = await move((file) => addAnomalies(file))
  }, 120_000)

  test('every class the anomalies stand for is reported, each as documented', () => {
    const expected = new Set(moved.damage.flatMap(({ finding }) => finding ?? []))
    const found = findingsOf(moved.file)
    expect([...expected].filter((name) => !(name in found))).toEqual([])
    expect(Object.keys(found).filter((name) => !(name in FINDING_CLASSES))).toEqual([])
  })

  test('inspect names the same classes beforehand', async () => {
    const expected = new Set(moved.damage.flatMap(({ finding }) => finding ?? []))
    const { anomalies } = await withKnex(moved.original, async (database) => await inspectLegacy(database))
    const named = new Set<string>(anomalies.map(({ class: name }) => name))
    expect([...expected].filter((name) => !named.has(name))).toEqual([])
  })

  test('nothing is lost, and every difference of coins and balances has a class', async () => {
    expectNothingLost(moved)
    expectLegacyKept(moved)
    expectSound(moved)
    const { coins } = await withKnex(moved.file, async (database) => await verifyMigration(database))
    for (const { legacy, expected, differences } of [coins.spendable, coins.listed]) {
      const sign = { left: -1, joined: 1 }
      const coinsBetween = differences.reduce((sum, entry) => sum + sign[entry.direction] * entry.coins, 0)
      const satoshisBetween = differences.reduce((sum, entry) => sum + sign[entry.direction] * entry.satoshis, 0)
      expect(expected.coins - legacy.coins).toBe(coinsBetween)
      expect(expected.satoshis - legacy.satoshis).toBe(satoshisBetween)
    }
  })

  test('a rollback gives the damaged wallet back, row for row', async () => {
    await expectGoesBack(moved)
  })
})

/** Damage the maker does not do. Each entry says what the documented repair made of it. */
interface HandMade {
  readonly what: string
  readonly sql: string
  readonly finding: string | undefined
  /** One query on the moved wallet, and its answer. */
  readonly repaired: readonly [query: string, answer: unknown]
}

const COIN_OF_MANY = `(SELECT min(o.outputId) FROM outputs o JOIN transactions t USING (transactionId) WHERE o.spendable = 1 AND o.spentBy IS NULL AND t.status = 'completed')`

const HAND_MADE: readonly HandMade[] = [
  {
    what: 'an output in a basket that is not there is kept, in no basket',
    sql: `UPDATE outputs SET basketId = 424242 WHERE outputId = ${COIN_OF_MANY}`,
    finding: 'orphan-basket',
    repaired: [`SELECT count(*) FROM outputs WHERE basketId = 424242`, 0],
  },
  {
    what: 'two users with one output of one row: one has the place, the other is withheld with an action of his own',
    sql: `INSERT INTO outputs (created_at, updated_at, userId, transactionId, basketId, spendable, change, vout, satoshis, providedBy, purpose, type, txid)
      SELECT created_at, updated_at, 3 - userId, transactionId, NULL, 1, 0, vout, satoshis, 'you', '', 'custom', txid FROM outputs WHERE outputId = ${COIN_OF_MANY}`,
    finding: 'duplicate-output',
    repaired: [`SELECT count(*) FROM outputs WHERE withheld = 'duplicate' AND actionId < 0`, 1],
  },
  {
    what: 'a null script and no slice on a completed transaction is kept and not spendable',
    sql: `UPDATE outputs SET lockingScript = NULL, scriptOffset = NULL, scriptLength = NULL WHERE outputId = ${COIN_OF_MANY}`,
    finding: 'missing-script',
    repaired: [
      `SELECT max(spendable) FROM outputs WHERE outputId = (SELECT key1 FROM migration_findings WHERE class = 'missing-script')`,
      0,
    ],
  },
  {
    what: 'a spent-by that leads to nothing, with the flag off, is withheld',
    sql: `UPDATE outputs SET spentBy = 424242, spendable = 0 WHERE outputId = ${COIN_OF_MANY}`,
    finding: 'dangling-spent-by',
    repaired: [`SELECT count(*) FROM outputs WHERE withheld = 'legacy' AND spentByActionId IS NULL`, 1],
  },
  {
    what: 'a coin an operator took out of the pool stays out of it',
    sql: `UPDATE outputs SET spendable = 0 WHERE outputId = ${COIN_OF_MANY}`,
    finding: undefined,
    repaired: [`SELECT count(*) FROM outputs WHERE withheld = 'legacy'`, 1],
  },
  {
    what: 'three rows of one user and txid end in one keeper with every coin',
    sql: `INSERT INTO transactions (created_at, updated_at, userId, status, reference, isOutgoing, satoshis, description, txid)
      SELECT created_at, updated_at, userId, s.status, 'again ' || s.status, 0, 0, 'again', upper(t.txid)
        FROM transactions t, (SELECT 'failed' AS status UNION SELECT 'unproven' UNION SELECT 'nosend') s
       WHERE t.transactionId = (SELECT transactionId FROM outputs WHERE outputId = ${COIN_OF_MANY})`,
    finding: 'duplicate-action',
    repaired: [
      `SELECT count(*) FROM actions WHERE user_aborted = 1 AND transactionId IS NULL AND reference LIKE 'again %'`,
      3,
    ],
  },
  {
    what: 'a proof nobody owns keeps its bytes as a transaction without action',
    sql: `INSERT INTO proven_txs (created_at, updated_at, txid, height, "index", merklePath, rawTx, blockHash, merkleRoot)
      VALUES ('2024-01-01 00:00:00', 1704067200000, '${'ab'.repeat(32)}', 7, 0, X'FE', X'00', '', '')`,
    finding: 'orphan-proof',
    repaired: [
      `SELECT count(*) FROM transactions n LEFT JOIN actions a USING (transactionId) WHERE n.txid = '${'ab'.repeat(32)}' AND a.actionId IS NULL AND n.raw_tx = X'00' AND n.created_at = '2024-01-01T00:00:00.000Z'`,
      1,
    ],
  },
]

describe('damage by hand', () => {
  for (const { what, sql, finding, repaired } of HAND_MADE) {
    test(
      what,
      async () => {
        const moved = await move((file) => {
          const database = new BetterSqlite3(file)
          database.pragma('foreign_keys = off')
          database.exec(sql)
          database.close()
          return []
        })
        const [query, answer] = repaired
        expect(read(moved.file, (database) => database.prepare(query).pluck().get())).toBe(answer)
        if (finding !== undefined) expect(findingsOf(moved.file)).toHaveProperty(finding)
        expectNothingLost(moved)
        expectSound(moved)
        await expectGoesBack(moved)
      },
      120_000,
    )
  }

  test('a wallet of the first version that lacks the newest columns moves as well', async () => {
    const moved = await move((file) => {
      const database = new BetterSqlite3(file)
      database.exec(`ALTER TABLE proven_tx_reqs DROP COLUMN wasBroadcast; ALTER TABLE proven_tx_reqs DROP COLUMN rebroadcastAttempts;
          DELETE FROM knex_migrations WHERE name LIKE '2026-04-30%'`)
      database.close()
      return []
    })
    expectNothingLost(moved)
    await expectGoesBack(moved)
  }, 120_000)

  test('a wallet without a single row moves as well', async () => {
    const moved = await move((file) => {
      const database = new BetterSqlite3(file)
      database.pragma('foreign_keys = off')
      for (const table of LEGACY_TABLES) database.exec(`DELETE FROM "${table}"`)
      database.close()
      return []
    })
    expectNothingLost(moved)
    await expectGoesBack(moved)
  }, 120_000)
})
