import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { SqlSession } from '../sql-session.js'
import { reachRules, type DirtyTable } from './dirty-reach.js'
import type { LegacyDatabase } from './legacy-database.js'

const COLUMNS: Readonly<Record<DirtyTable, string>> = {
  dirty_txid: 'txid TEXT NOT NULL PRIMARY KEY',
  dirty_action: 'id INTEGER NOT NULL PRIMARY KEY',
  dirty_output: 'id INTEGER NOT NULL PRIMARY KEY',
  dirty_commission: 'id INTEGER NOT NULL PRIMARY KEY',
  dirty_label_map: 'id INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (id, other)',
  dirty_tag_map: 'id INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (id, other)',
}

const TABLES = Object.keys(COLUMNS) as readonly DirtyTable[]

/**
 * Fills `dirty_*` with every key a write that waits in an outbox may have touched: before the swap the legacy side is ahead
 * of ours, afterwards ours is ahead of the legacy tables. Answers whether there is any.
 *
 * Online, the keys that differ must be a subset of these. So are rows whose legacy rows were projected from ours: what the legacy
 * schema has no word for does not follow from them, and `checkProjection` compares them the other way. Source:
 * docs/spec/migration.md §5.
 */
export async function collectDirtyKeys(session: SqlSession, db: LegacyDatabase): Promise<boolean> {
  await dropDirtyKeys(session)
  const { createTemporaryTable, organizeByKey, reading } = session.dialect
  for (const table of TABLES) await session.run(organizeByKey(createTemporaryTable(table, COLUMNS[table])))
  const outboxes = db.swapped ? ['migration_reverse_outbox'] : ['migration_outbox', 'migration_batch']
  const sources = outboxes
    .filter((name) => db.catalogue.has(name))
    .map((name) => `SELECT table_name, key1, key2 FROM ${name}`)
  if (db.catalogue.has('migration_keep')) sources.push(projectedKeys(session.dialect, db))
  if (sources.length === 0) return false
  await session.run(`CREATE TEMP TABLE dirty_pending AS ${sources.join(' UNION ')}`)
  if ((await session.get(`SELECT 1 FROM dirty_pending LIMIT 1`)) === undefined && !(await hasKeptTip(session, db)))
    return false
  for (const { into, select } of reachRules(db, session.dialect, 'dirty_pending'))
    await session.run(reading.addRows(into, select))
  if (!db.swapped) await excuseMovedTip(session, db)
  if (db.catalogue.has('migration_keep')) await excuseWaitingPromotions(session, db)
  return true
}

/** Whether a write waits to be followed or drained. */
export async function hasWaitingWrites(session: SqlSession, db: LegacyDatabase): Promise<boolean> {
  const outboxes = db.swapped ? ['migration_reverse_outbox'] : ['migration_outbox', 'migration_batch']
  for (const name of outboxes.filter((outbox) => db.catalogue.has(outbox))) {
    if ((await session.get(`SELECT 1 FROM ${name} LIMIT 1`)) !== undefined) return true
  }
  return false
}

function projectedKeys({ number }: MigrationDialect, db: LegacyDatabase): string {
  const own = db.swapped ? 'actions' : 'transactions'
  return `SELECT 'transactions' AS table_name, 0 AS key1, "key" AS key2 FROM migration_keep WHERE table_name = 'transactions'
     UNION SELECT '${own}', ${number('"key"')}, NULL FROM migration_keep WHERE table_name = 'actions'
     UNION SELECT 'outputs', ${number('"key"')}, NULL FROM migration_keep WHERE table_name = 'outputs'`
}

export async function dropDirtyKeys(session: SqlSession): Promise<void> {
  for (const table of [...TABLES, 'dirty_pending']) await session.run(session.dialect.reading.dropTemporaryTable(table))
}

/** Whether a tip was kept that the legacy tables know nothing of: it decides what is confirmed, though no row of ours was projected. */
async function hasKeptTip(session: SqlSession, db: LegacyDatabase): Promise<boolean> {
  if (!db.catalogue.has('migration_keep')) return false
  return (await session.get(`SELECT 1 FROM migration_keep WHERE table_name = 'chain_tip'`)) !== undefined
}

/** After writes under the new schema the tip is the one a monitor saw, and not the highest proof the legacy tables have. */
async function excuseWaitingPromotions(session: SqlSession, db: LegacyDatabase): Promise<void> {
  await session.run(
    session.dialect.reading.addRows(
      'dirty_txid',
      `SELECT n.txid FROM ${db.ours('transactions')} n
      WHERE (n.processing = 'unconfirmed' OR (n.processing = 'confirmed'
          AND n.height >= (SELECT max(height) FROM model_txid WHERE proofId IS NOT NULL)
          AND n.height < (SELECT height FROM chain_tip WHERE id = 1)))
        AND EXISTS (SELECT 1 FROM migration_keep k WHERE k.table_name IN ('transactions', 'chain_tip'))`,
    ),
  )
}

/**
 * What is proven at the tip waits for the next block, so a proof that waits to be followed changes more statuses than its own.
 * Coins are not touched by it: both statuses are accepted ones, and maturity is compared at the stored tip.
 */
async function excuseMovedTip(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const tips = await session.get<{ before: number | null; after: number | null }>(
    `SELECT (SELECT max(height) FROM ${db.ours('transactions')}) AS before,
            (SELECT max(height) FROM model_txid WHERE proofId IS NOT NULL) AS after`,
  )
  const [before, after] = [tips?.before ?? 0, tips?.after ?? 0]
  await session.run(
    session.dialect.reading.addRows(
      'dirty_txid',
      `SELECT n.txid FROM ${db.ours('transactions')} n WHERE n.height >= ? AND n.height < ?`,
    ),
    [Math.min(before, after), Math.max(before, after)],
  )
}
