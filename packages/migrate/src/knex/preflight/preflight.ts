import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidParameterError, systemClock, type Clock } from '@txkeep/core'
import type { Knex } from 'knex'
import type { MigrationPhase } from '../../migration-phase.js'
import { dialectOf } from '../dialect/dialect-of.js'
import { describeDatabase } from '../inspect/database-kind.js'
import { readCatalogue } from '../verify/catalogue.js'
import { openLegacyDatabase } from '../verify/legacy-database.js'
import { buildLegacyModel, dropLegacyModel } from '../verify/legacy-model.js'
import { withReadSession } from '../verify/read-session.js'
import { checkBackup, makeBackup } from './backup-check.js'
import { measureBaseline, type Baseline } from './baseline.js'
import {
  checkCoinbase,
  checkDependants,
  checkLeases,
  checkLegacyVersion,
  checkSchema,
  checkSpace,
  checkWriters,
} from './database-checks.js'
import { askOperator, checkArtefact } from './operator-checks.js'
import { preflightCheck, type PreflightCheck } from './preflight-check.js'
import { takeSnapshot, type CutoverSnapshot } from './snapshot.js'

export interface PreflightOptions {
  /** A backup that exists: it is opened and compared. */
  readonly backup?: string
  /** Where to make one now, while the database is in use. */
  readonly makeBackup?: string
  /** The folder artefacts are written to; none are written without it. */
  readonly artefacts?: string
  /** Part of the artefacts' names, e.g. `production`. Default `local`. */
  readonly environment?: string
  /** Ids an operator answers yes to. */
  readonly accept?: readonly string[]
  /** Who answers. Default: the user of the process. */
  readonly acceptedBy?: string
  /** Who decides about going back. */
  readonly decider?: string
  /** The artefact of `rehearse`. */
  readonly rehearsal?: string
  /** The artefact of `audit-code`. */
  readonly codeAudit?: string
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

export interface PreflightReport {
  /** Every check passed or was accepted. */
  readonly ok: boolean
  /** `needs-operator` when nothing failed and only answers of an operator are missing. */
  readonly outcome: 'pass' | 'fail' | 'needs-operator'
  readonly phase: MigrationPhase
  /** In order of docs/spec/rollout.md §1; ids begin with `preflight.` and the number there. */
  readonly checks: readonly PreflightCheck[]
  readonly snapshot: CutoverSnapshot
  readonly baseline: Baseline
  /** Files that were written. */
  readonly artefacts: readonly string[]
}

/**
 * What must be so before writers are held, each with its evidence: the checks that need no second machine. Changes nothing in
 * the database; writes a backup and artefacts where told.
 *
 * @throws {NotAWalletError} if the database holds no legacy wallet.
 */
export async function preflight(knex: Knex, options: PreflightOptions = {}): Promise<PreflightReport> {
  const now = (options.clock ?? systemClock).now()
  const environment = options.environment ?? 'local'
  const backup = await backupCheck(knex, options, now)
  const read = await withReadSession(knex, async (session) => {
    const { phase } = await describeDatabase(session, await readCatalogue(session))
    const db = await openLegacyDatabase(session)
    await buildLegacyModel(session, db, options)
    const snapshot = await takeSnapshot(session, db, environment, now)
    const baseline = await measureBaseline(session, db)
    const checks = [
      checkSchema(db),
      await checkLegacyVersion(session, db),
      await checkDependants(session),
      await checkCoinbase(session, db),
      await checkWriters(session, db),
      await checkLeases(session, db),
      snapshotCheck(snapshot, options.artefacts),
      baselineCheck(baseline),
      await checkSpace(session, snapshot.rows),
    ]
    await dropLegacyModel(session)
    return { phase, snapshot, baseline, checks }
  })
  const checks = [backup, ...read.checks, ...(await operatorChecks(options, now))]
    .map((check) => accept(check, options, now))
    .sort((a, b) => numberOf(a) - numberOf(b))
  const failed = checks.some(({ outcome }) => outcome === 'fail')
  const report = {
    ok: checks.every(({ ok }) => ok),
    outcome: failed
      ? ('fail' as const)
      : checks.every(({ ok }) => ok)
        ? ('pass' as const)
        : ('needs-operator' as const),
    phase: read.phase,
    checks,
    snapshot: read.snapshot,
    baseline: read.baseline,
  }
  return { ...report, artefacts: await writeArtefacts(report, options.artefacts, environment, now) }
}

async function backupCheck(knex: Knex, options: PreflightOptions, now: Date): Promise<PreflightCheck> {
  const { backupTools } = dialectOf(knex).reading
  if (backupTools !== undefined) {
    const named = options.makeBackup ?? options.backup
    if (named !== undefined) {
      throw new InvalidParameterError(
        '--backup',
        named,
        `left out on a server: make and try a backup with ${backupTools}, and say --accept preflight.1-backup`,
      )
    }
    return askOperator(
      'preflight.1-backup',
      `Is there a backup younger than 4 hours, made and restored once with ${backupTools}?`,
    )
  }
  if (options.makeBackup !== undefined) return await makeBackup(knex, options.makeBackup)
  if (options.backup !== undefined) return await checkBackup(knex, options.backup, now)
  return askOperator(
    'preflight.1-backup',
    'No backup was named. Use --backup FILE or --make-backup FILE, or accept that you have one.',
  )
}

function snapshotCheck(snapshot: CutoverSnapshot, folder: string | undefined): PreflightCheck {
  const { legacy, expected, differences } = snapshot.coins.spendable
  return preflightCheck('preflight.7-snapshot', {
    outcome: 'pass',
    detail: `${legacy.coins} coins of ${legacy.satoshis} satoshis can be spent now, ${expected.coins} of ${expected.satoshis} after the move${folder === undefined ? '; name a folder to keep the figures' : ''}.`,
    evidence: { rows: snapshot.rows, sha256: legacy.sha256, differences },
  })
}

function baselineCheck(baseline: Baseline): PreflightCheck {
  return preflightCheck('preflight.8-baseline', {
    outcome: 'pass',
    detail: `The hot query takes ${baseline.hotQuery?.p95Ms ?? 0} ms at p95 now.`,
    evidence: { ...baseline },
  })
}

async function operatorChecks(options: PreflightOptions, now: Date): Promise<PreflightCheck[]> {
  const { decider } = options
  return [
    await checkArtefact('preflight.3-code-audit', 'audit of the code', options.codeAudit, now),
    askOperator(
      'preflight.3-application',
      'Is the application version that runs the one you mean to replace, and will it be stopped?',
    ),
    await checkArtefact('preflight.9-rehearsal', 'rehearsal', options.rehearsal, now),
    decider === undefined
      ? askOperator('preflight.9-decider', 'Who decides about going back? Name them with --decider.')
      : preflightCheck('preflight.9-decider', {
          outcome: 'pass',
          expected: 'a name',
          actual: decider,
          detail: `${decider} decides about going back.`,
        }),
    askOperator('preflight.10-announcement', 'Was the window announced to everybody who uses the wallets?'),
  ]
}

/** An operator's yes counts for questions, and overrules a check that failed: it is written down with name and time. */
function accept(check: PreflightCheck, options: PreflightOptions, now: Date): PreflightCheck {
  if (check.ok || options.accept?.includes(check.id) !== true) return check
  const acceptedBy = options.acceptedBy ?? process.env['USER'] ?? 'operator'
  return {
    ...check,
    ok: true,
    outcome: 'accepted',
    actual: `accepted by ${acceptedBy}`,
    acceptedBy,
    acceptedAt: now.toISOString(),
  }
}

async function writeArtefacts(
  report: Omit<PreflightReport, 'artefacts'>,
  folder: string | undefined,
  environment: string,
  now: Date,
): Promise<string[]> {
  if (folder === undefined) return []
  await mkdir(folder, { recursive: true })
  const stamp = now.toISOString().replaceAll(/[:.]/g, '-')
  const { snapshot, baseline, ...preflightReport } = report
  const files: readonly (readonly [string, unknown])[] = [
    [`cutover-snapshot-${environment}-${stamp}.json`, snapshot],
    [`baseline-${environment}-${stamp}.json`, { takenAt: now.toISOString(), environment, ...baseline }],
    [`preflight-${environment}-${stamp}.json`, { takenAt: now.toISOString(), environment, ...preflightReport }],
  ]
  const written: string[] = []
  for (const [name, content] of files) {
    const file = join(folder, name)
    await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`)
    written.push(file)
  }
  return written
}

function numberOf({ id }: PreflightCheck): number {
  return Number(/^preflight\.(\d+)/.exec(id)?.[1] ?? 0)
}
