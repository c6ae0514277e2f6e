import { TxkeepError } from '@txkeep/core'
import { statfs } from 'node:fs/promises'
import { missingCaptureTriggers } from '../capture.js'
import { assertNoForeignDependants } from '../catalogue-checks.js'
import { estimateMigration } from '../inspect/estimate.js'
import { LEGACY_MIGRATIONS } from '../inspect/legacy-migrations.js'
import { isDeadOwner } from '../lease-owner.js'
import { readMigrationState } from '../migration-state.js'
import type { SqlSession } from '../sql-session.js'
import { SWAPPED_TABLES, type LegacyDatabase, type SwappedTable } from '../verify/legacy-database.js'
import { preflightCheck, type PreflightCheck } from './preflight-check.js'

/** 2: the tables of `expand`. */
export function checkSchema(db: LegacyDatabase): PreflightCheck {
  const isThere = db.swapped || db.catalogue.has('transactions_new')
  return preflightCheck('preflight.2-schema', {
    outcome: isThere ? 'pass' : 'fail',
    expected: 'transactions_new',
    actual: isThere ? 'transactions_new' : 'none',
    detail: isThere ? 'The additive schema is there.' : 'The new tables are not there yet. Run txkeep-migrate expand.',
  })
}

/** 3: the legacy schema is one this build knows, to the last migration. */
export async function checkLegacyVersion(session: SqlSession, db: LegacyDatabase): Promise<PreflightCheck> {
  const rows = db.catalogue.has('knex_migrations')
    ? await session.all<{ name: string }>(`SELECT name FROM knex_migrations WHERE id > 0`)
    : []
  const run = new Set(rows.map(({ name }) => name))
  const known: ReadonlySet<string> = new Set(LEGACY_MIGRATIONS)
  const missing = LEGACY_MIGRATIONS.filter((name) => !run.has(name))
  const unknown = [...run].filter((name) => !known.has(name))
  const isComplete = missing.length === 0 && unknown.length === 0
  return preflightCheck('preflight.3-legacy-version', {
    outcome: isComplete ? 'pass' : 'fail',
    expected: `${LEGACY_MIGRATIONS.length} migrations`,
    actual: `${run.size} migrations`,
    detail: isComplete
      ? 'The legacy migration list is complete.'
      : `The legacy migration list is another than this build's (missing: ${missing.join(', ') || 'none'}; unknown: ${unknown.join(', ') || 'none'}). Start the legacy application once in its newest version, or accept it: older columns take their defaults.`,
    evidence: { missing, unknown },
  })
}

/** 3: nothing of somebody else's would break a rename, and every view can be read. */
export async function checkDependants(session: SqlSession): Promise<PreflightCheck> {
  const problems: string[] = []
  try {
    await assertNoForeignDependants(session)
  } catch (error) {
    if (!(error instanceof TxkeepError)) throw error
    problems.push(error.message)
  }
  for (const name of await session.dialect.reading.brokenViews(session)) {
    problems.push(`The view ${name} is broken, and a broken view makes every rename fail.`)
  }
  return preflightCheck('preflight.3-dependants', {
    outcome: problems.length === 0 ? 'pass' : 'fail',
    detail:
      problems.length === 0 ? 'No view or trigger of others stands in the way of the renames.' : problems.join(' '),
  })
}

/** 4: coinbase outputs that have, or will get, the height they can be spent from. Needs the model. */
export async function checkCoinbase(session: SqlSession, db: LegacyDatabase): Promise<PreflightCheck> {
  const row = await session.get<{ outputs: number; homeless: number }>(
    `SELECT count(*) AS outputs, count(CASE WHEN m.height IS NULL THEN 1 END) AS homeless
       FROM model_txid m JOIN ${db.legacy('transactions')} t ON lower(t.txid) = m.txid
       JOIN ${db.legacy('outputs')} o ON o.transactionId = t.transactionId WHERE m.isCoinbase = 1`,
  )
  const { outputs = 0, homeless = 0 } = row ?? {}
  return preflightCheck('preflight.4-coinbase', {
    outcome: 'pass',
    expected: `${outputs} coinbase outputs`,
    actual: `${outputs - homeless} with a height`,
    detail:
      homeless === 0
        ? 'Every coinbase output gets the height it can be spent from.'
        : `${homeless} coinbase outputs have no proven height: they are not spendable until their proof is there.`,
    evidence: { outputs, withoutHeight: homeless, sampleQuery: coinbaseQuery(db) },
  })
}

function coinbaseQuery(db: LegacyDatabase): string {
  return (
    `SELECT o.outputId, p.height + 100 AS matures_at_height FROM ${db.legacy('outputs')} o ` +
    `JOIN ${db.legacy('transactions')} t ON t.transactionId = o.transactionId ` +
    `JOIN ${db.legacy('proven_txs')} p ON p.txid = t.txid AND p."index" = 0 LIMIT 20`
  )
}

/** 5: capture is on, and no write is in flight. */
export async function checkWriters(session: SqlSession, db: LegacyDatabase): Promise<PreflightCheck> {
  const missing = db.swapped ? [] : await missingCaptureTriggers(session)
  const journalMode = await session.dialect.reading.describeJournal(session)
  const isOn = missing.length === 0
  return preflightCheck('preflight.5-capture', {
    outcome: isOn ? 'pass' : 'fail',
    expected: 'every capture trigger',
    actual: isOn ? 'every capture trigger' : `${missing.length} missing`,
    detail: isOn
      ? 'Every write of the legacy application is captured, so that none is lost between copy and swap.'
      : 'Writes of the legacy application are not captured. Run txkeep-migrate capture start.',
    evidence: { ...(journalMode === undefined ? {} : { journalMode }), missing },
  })
}

/** 6: no monitor and no other migrator is at work. */
export async function checkLeases(session: SqlSession, db: LegacyDatabase): Promise<PreflightCheck> {
  const monitors = db.catalogue.has('monitor_lease')
    ? await session.all<{ name: string }>(
        `SELECT task_name AS name FROM monitor_lease WHERE expires_at > ${session.dialect.nowMs}`,
      )
    : []
  const state = await readMigrationState(session)
  const migrator = state.owner !== null && !isDeadOwner(state.owner) ? [`migrator ${state.owner}`] : []
  const held = [...monitors.map(({ name }) => `task ${name}`), ...migrator]
  return preflightCheck('preflight.6-leases', {
    outcome: held.length === 0 ? 'pass' : 'fail',
    expected: 'no live lease',
    actual: held.length === 0 ? 'no live lease' : held.join(', '),
    detail:
      held.length === 0
        ? 'Nobody holds a lease.'
        : 'Somebody is at work on this database. Stop it, and wait until its lease is gone.',
  })
}

/** 10: at least twice the space the new tables will need. Needs the model. */
export async function checkSpace(session: SqlSession, rows: Readonly<Record<string, number>>): Promise<PreflightCheck> {
  const place = await session.dialect.reading.placeOf(session)
  const bytes = await session.dialect.databaseBytes(session)
  const txids = await session.get<{ count: number }>(`SELECT count(*) AS count FROM model_txid`)
  const counts = Object.fromEntries(SWAPPED_TABLES.map((table) => [table, rows[table] ?? 0])) as Record<
    SwappedTable,
    number
  >
  const { extraBytes } = estimateMigration(counts, txids?.count ?? 0, bytes)
  if (place === 'memory')
    return preflightCheck('preflight.10-space', { outcome: 'pass', detail: 'The database has no file.' })
  if (place === 'server') {
    return preflightCheck('preflight.10-space', {
      outcome: 'needs-operator',
      expected: `at least ${2 * extraBytes} bytes free`,
      detail: `The new tables need about ${extraBytes} bytes. Has the disk of the server at least twice that?`,
      evidence: { databaseBytes: bytes, extraBytes },
    })
  }
  const disk = await statfs(place.folder)
  const freeBytes = disk.bavail * disk.bsize
  const isEnough = freeBytes >= 2 * extraBytes
  return preflightCheck('preflight.10-space', {
    outcome: isEnough ? 'pass' : 'fail',
    expected: `at least ${2 * extraBytes} bytes free`,
    actual: `${freeBytes} bytes free`,
    detail: isEnough
      ? 'There is at least twice the space the new tables will need.'
      : `The new tables need about ${extraBytes} bytes; free at least twice that on the disk of the database.`,
    evidence: { databaseBytes: bytes, extraBytes, freeBytes },
  })
}
