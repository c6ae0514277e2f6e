import type { Knex } from 'knex'
import { FINDING_CLASSES, type FindingClass } from '../../finding-class.js'
import type { MigrationPhase } from '../../migration-phase.js'
import type { SqlSession } from '../sql-session.js'
import { FENCE_MIGRATION } from '../swap/fence.js'
import { withReadSession } from '../verify/read-session.js'
import { readCatalogue, type Catalogue } from '../verify/catalogue.js'
import {
  openLegacyDatabase,
  SWAPPED_TABLES,
  type LegacyDatabase,
  type SwappedTable,
} from '../verify/legacy-database.js'
import { buildLegacyModel, dropLegacyModel } from '../verify/legacy-model.js'
import { anomalyQueries } from './anomaly-queries.js'
import { describeDatabase, type DatabaseKind } from './database-kind.js'
import { estimateMigration, type MigrationEstimate } from './estimate.js'
import { readLegacyBalances, type LegacyBalance } from './legacy-balances.js'
import { LEGACY_MIGRATIONS } from './legacy-migrations.js'
import { readStatusCrosstab, type StatusCell } from './status-crosstab.js'

/** What a database holds, before anything is done to it. */
export interface LegacyInspection {
  readonly kind: DatabaseKind
  readonly phase: MigrationPhase
  readonly version: LegacyVersion
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  readonly balances: readonly LegacyBalance[]
  readonly statuses: readonly StatusCell[]
  /** Only classes that occur, in the order of docs/findings.md. */
  readonly anomalies: readonly AnomalySummary[]
  readonly sizeBytes: number
  /** Undefined when there is nothing left to move. */
  readonly estimate: MigrationEstimate | undefined
}

export interface LegacyVersion {
  /** The newest legacy migration that was run, or undefined when none is recorded. */
  readonly newest: string | undefined
  /** Legacy migrations this build knows and the database has not run: columns they add take their defaults. */
  readonly missing: readonly string[]
  /** Migrations this build does not know: the database was written by a newer application. */
  readonly unknown: readonly string[]
}

export interface AnomalySummary {
  readonly class: FindingClass
  readonly title: string
  readonly repair: string
  readonly count: number
  readonly examples: readonly AnomalyExample[]
}

export interface AnomalyExample {
  readonly table: string
  readonly key1: string
  readonly key2: string | null
  readonly note: string | null
}

const EXAMPLES = 5

/**
 * What kind of database this is and everything the legacy tables hold that a move should know of. Reads only, in one
 * snapshot, set-based; works in every phase, after the swap on the tables that were kept.
 */
export async function inspectLegacy(
  knex: Knex,
  options: { readonly signal?: AbortSignal } = {},
): Promise<LegacyInspection> {
  return withReadSession(knex, async (session) => {
    const catalogue = await readCatalogue(session)
    const description = await describeDatabase(session, catalogue)
    const basics = {
      ...description,
      version: await readVersion(session, catalogue),
      tables: await countTables(session, catalogue),
      sizeBytes: await session.dialect.databaseBytes(session),
    }
    const hasLegacyRows = ['legacy', 'half-migrated', 'migrated'].includes(description.kind)
    if (!hasLegacyRows) return { ...basics, balances: [], statuses: [], anomalies: [], estimate: undefined }

    const db = await openLegacyDatabase(session)
    await buildLegacyModel(session, db, options)
    const inspection = {
      ...basics,
      balances: await readLegacyBalances(session, db),
      statuses: await readStatusCrosstab(session),
      anomalies: await readAnomalies(session, db),
      estimate: db.swapped ? undefined : await estimate(session, db, basics.tables, basics.sizeBytes),
    }
    await dropLegacyModel(session)
    return inspection
  })
}

async function readVersion(session: SqlSession, catalogue: Catalogue): Promise<LegacyVersion> {
  if (!catalogue.has('knex_migrations')) return { newest: undefined, missing: [], unknown: [] }
  const rows = await session.all<{ name: string }>(`SELECT name FROM knex_migrations ORDER BY id`)
  const run = new Set(rows.map(({ name }) => name))
  const known: ReadonlySet<string> = new Set(LEGACY_MIGRATIONS)
  return {
    newest: LEGACY_MIGRATIONS.findLast((name) => run.has(name)),
    missing: LEGACY_MIGRATIONS.filter((name) => !run.has(name)),
    unknown: [...run].filter((name) => !known.has(name) && name !== FENCE_MIGRATION),
  }
}

async function countTables(session: SqlSession, catalogue: Catalogue): Promise<{ table: string; rows: number }[]> {
  const counts = []
  for (const table of [...catalogue.keys()].sort()) {
    const row = await session.get<{ rows: number }>(`SELECT count(*) AS rows FROM "${table.replaceAll('"', '""')}"`)
    counts.push({ table, rows: row?.rows ?? 0 })
  }
  return counts
}

async function readAnomalies(session: SqlSession, db: LegacyDatabase): Promise<AnomalySummary[]> {
  const found = new Map<FindingClass, AnomalySummary>()
  for (const query of anomalyQueries(db, session.dialect.reading)) {
    const counted = await session.get<{ count: number }>(`SELECT count(*) AS count FROM (${query.sql}) AS found`)
    if (counted === undefined || counted.count === 0) continue
    const rows = await session.all<{ tableName: string; key1: unknown; key2: unknown; note: string | null }>(
      `SELECT * FROM (${query.sql}) AS found ORDER BY key1 LIMIT ${EXAMPLES}`,
    )
    found.set(query.class, {
      class: query.class,
      ...FINDING_CLASSES[query.class],
      count: counted.count,
      examples: rows.map(({ tableName, key1, key2, note }) => ({
        table: tableName,
        key1: String(key1),
        key2: key2 === null ? null : String(key2),
        note,
      })),
    })
  }
  return Object.keys(FINDING_CLASSES).flatMap((name) => found.get(name as FindingClass) ?? [])
}

async function estimate(
  session: SqlSession,
  db: LegacyDatabase,
  tables: readonly { table: string; rows: number }[],
  sizeBytes: number,
): Promise<MigrationEstimate> {
  const rowsOf = (table: SwappedTable): number => tables.find((count) => count.table === db.legacy(table))?.rows ?? 0
  const counts = Object.fromEntries(SWAPPED_TABLES.map((table) => [table, rowsOf(table)])) as Record<
    SwappedTable,
    number
  >
  const txids = await session.get<{ count: number }>(`SELECT count(*) AS count FROM model_txid`)
  return estimateMigration(counts, txids?.count ?? 0, sizeBytes)
}
