import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StoreUnavailableError } from '@txkeep/core'
import { openKnex } from '@txkeep/storage-knex'
import type Database from 'better-sqlite3'
import type { Knex } from 'knex'
import { withSqlSession, type SqlSession } from '../sql-session.js'
import { readCatalogue } from '../verify/catalogue.js'
import { preflightCheck, type PreflightCheck } from './preflight-check.js'

/** How old a backup may be when writers are about to be stopped. Source: docs/spec/rollout.md §1. */
const MAX_AGE_MS = 4 * 60 * 60 * 1000

const ID = 'preflight.1-backup'

/** A copy of the database made while it is in use, restored once to see that it can be. */
export async function makeBackup(knex: Knex, file: string): Promise<PreflightCheck> {
  await mkdir(dirname(file), { recursive: true })
  const database = (await knex.client.acquireConnection()) as Database.Database
  try {
    await database.backup(file)
  } catch (cause) {
    throw new StoreUnavailableError(
      `The backup ${file} could not be written. Choose a folder with space and the right to write.`,
      { cause },
    )
  } finally {
    await knex.client.releaseConnection(database)
  }
  return await checkBackup(knex, file, new Date())
}

/** Whether `file` is a sound, young copy of this database: every table, no more rows than here, and the same newest rows. */
export async function checkBackup(knex: Knex, file: string, now: Date): Promise<PreflightCheck> {
  const { mtime, size } = await stat(file)
  const ageMs = now.getTime() - mtime.getTime()
  const here = await withSqlSession(knex, async (session) => await summarizeTables(session))
  const copy = await openKnex(file, { readonly: true })
  try {
    const { problems, there } = await withSqlSession(copy, async (session) => ({
      problems: await findDamage(session),
      there: await summarizeTables(session),
    }))
    for (const [table, summary] of Object.entries(here)) {
      const other = there[table]
      if (other === undefined) problems.push(`it lacks the table ${table}`)
      else if (other.rows > summary.rows)
        problems.push(`it has ${other.rows} rows of ${table}, and the database ${summary.rows}`)
      else if (other.rows < summary.rows) problems.push(`it lacks ${summary.rows - other.rows} rows of ${table}`)
      else if (other.newest !== summary.newest)
        problems.push(`its newest row of ${table} is of ${String(other.newest)}, not of ${String(summary.newest)}`)
    }
    if (ageMs > MAX_AGE_MS) problems.push(`it is ${(ageMs / 3_600_000).toFixed(1)} hours old`)
    return preflightCheck(ID, {
      outcome: problems.length === 0 ? 'pass' : 'fail',
      expected: 'a sound backup younger than 4 hours',
      actual: problems.length === 0 ? 'restored and the same' : problems.slice(0, 3).join('; '),
      detail:
        problems.length === 0
          ? 'The backup opens, is undamaged, and has the rows of the database.'
          : `The backup cannot be relied on: ${problems.join('; ')}. Make one with --make-backup.`,
      evidence: { file, bytes: size, madeAt: mtime.toISOString(), tables: there },
    })
  } finally {
    await copy.destroy()
  }
}

interface TableSummary {
  readonly rows: number
  /** The latest `updated_at`, or null where a table has none. */
  readonly newest: string | number | null
}

/** Legacy tables only: ours are filled from them, and change while a backfill runs. */
const BACKED_UP = [
  'users',
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
  'outputs',
  'output_baskets',
  'commissions',
  'tx_labels',
  'tx_labels_map',
  'output_tags',
  'output_tags_map',
  'certificates',
  'certificate_fields',
  'sync_states',
  'settings',
]

async function summarizeTables(session: SqlSession): Promise<Record<string, TableSummary>> {
  const catalogue = await readCatalogue(session)
  const tables: Record<string, TableSummary> = {}
  for (const table of BACKED_UP) {
    const columns = catalogue.get(table)
    if (columns === undefined) continue
    const newest = columns.has('updated_at') ? 'max(updated_at)' : 'NULL'
    const row = await session.get<TableSummary>(`SELECT count(*) AS rows, ${newest} AS newest FROM "${table}"`)
    tables[table] = row ?? { rows: 0, newest: null }
  }
  return tables
}

async function findDamage(session: SqlSession): Promise<string[]> {
  const rows = await session.all<{ quick_check: string }>('PRAGMA quick_check(3)')
  return rows.flatMap(({ quick_check: text }) => (text === 'ok' ? [] : [`it is damaged (${text.slice(0, 100)})`]))
}
