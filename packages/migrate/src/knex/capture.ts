import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import type { CaptureKeys, NamedStatement } from './dialect/migration-dialect.js'
import { runUnderLease } from './migration-run.js'
import { readMigrationState, tableExists } from './migration-state.js'
import { runTogether } from './run-together.js'
import { nextCommandFrom } from './phase-order.js'
import { CAPTURE_PREFIX, LEGACY_TABLES } from './schema/table-names.js'
import { commitSwap } from './swap/commit-swap.js'
import { dropTriggersOf } from './swap/fence.js'
import { withSqlSession, type SqlSession } from './sql-session.js'

export interface CaptureStatus {
  readonly phase: MigrationPhase
  /** Names the capture triggers installed now; changes whenever they are installed anew. */
  readonly epoch: string | null
  readonly installed: number
  readonly expected: number
  readonly missing: readonly string[]
  /** Changes of the legacy application not followed yet. */
  readonly pending: number
}

/**
 * Keys of changed legacy rows. A txid goes along where it is how rows belong together: when it changes, the old one is captured
 * too. Source: docs/spec/migration.md §3.1.
 */
const CAPTURED: readonly CaptureKeys[] = [
  { table: 'transactions', key1: 'transactionId', key2: 'txid', unique: ['reference'] },
  { table: 'proven_tx_reqs', key1: 'provenTxReqId', key2: 'txid', unique: ['txid'] },
  { table: 'proven_txs', key1: 'provenTxId', key2: 'txid', unique: ['txid'] },
  { table: 'outputs', key1: 'outputId', key2: undefined, unique: ['transactionId', 'vout', 'userId'] },
  { table: 'commissions', key1: 'commissionId', key2: undefined, unique: ['transactionId'] },
  { table: 'tx_labels_map', key1: 'txLabelId', key2: 'transactionId' },
  { table: 'output_tags_map', key1: 'outputTagId', key2: 'outputId' },
  { table: 'sync_states', key1: 'syncStateId', key2: undefined },
]

/** Follows every write of the legacy application from now on. One transaction; does nothing when it is on. */
export async function startCapture(knex: Knex, options: MigrationOptions = {}): Promise<CaptureStatus> {
  const phases = ['expanded', 'capturing', 'backfilled', 'verified', 'rolled-back'] as const
  const request = { command: 'capture start', phases, first: nextCommandFrom }
  await runUnderLease(knex, request, options, async (run, state) => {
    if (state.phase !== 'expanded') return
    await run.step('capture:begin')
    await commitSwap(
      run,
      async () => {
        // All at once and in one order, or not at all: a trigger here and a writer there would wait for each other.
        await run.session.dialect.lockForSwap(run.session, ['sync_states', ...LEGACY_TABLES], false)
        await dropCapture(run.session)
        await installCapture(run.session)
        await run.step('capture:installed')
        await run.save({ phase: 'capturing', captureEpoch: randomUUID(), pass: null, cursorJson: null })
      },
      async () => undefined,
    )
    await run.emit({ type: 'phase-changed', from: 'expanded', to: 'capturing' })
    await run.step('capture:done')
  })
  return await captureStatus(knex)
}

/** Stops following. What was filled so far is void, because later writes are not seen: the next backfill starts over. */
export async function stopCapture(knex: Knex, options: MigrationOptions = {}): Promise<CaptureStatus> {
  const phases = ['expanded', 'capturing', 'backfilled', 'verified'] as const
  await runUnderLease(
    knex,
    { command: 'capture stop', phases, first: nextCommandFrom },
    options,
    async (run, state) => {
      await run.commit(async () => {
        await dropCapture(run.session)
        await run.session.run('delete from migration_outbox')
        await run.save({ phase: 'expanded', captureEpoch: null, pass: null, cursorJson: null })
      })
      if (state.phase !== 'expanded') await run.emit({ type: 'phase-changed', from: state.phase, to: 'expanded' })
    },
  )
  return await captureStatus(knex)
}

/** Whether capture is complete, and how much waits. Reads only. */
export async function captureStatus(knex: Knex): Promise<CaptureStatus> {
  return await withSqlSession(knex, async (session) => {
    const state = await readMigrationState(session)
    const expected = captureTriggers(session)
    const missing = await missingCaptureTriggers(session)
    const pending = (await tableExists(session, 'migration_outbox'))
      ? await session.get<{ n: number }>('select count(*) as n from migration_outbox')
      : undefined
    return {
      phase: state.phase,
      epoch: state.captureEpoch,
      installed: expected.length - missing.length,
      expected: expected.length,
      missing,
      pending: pending?.n ?? 0,
    }
  })
}

/** Inside a transaction. */
export async function installCapture(session: SqlSession): Promise<void> {
  await runTogether(
    session,
    captureTriggers(session).map(({ sql }) => sql),
  )
}

/** Inside a transaction. Triggers go first on every abort. */
export async function dropCapture(session: SqlSession): Promise<void> {
  await dropTriggersOf(session, CAPTURE_PREFIX)
}

export async function missingCaptureTriggers(session: SqlSession): Promise<string[]> {
  const catalogue = await session.dialect.readCatalogue(session)
  const there = new Set(catalogue.filter(({ type }) => type === 'trigger').map(({ name }) => name))
  return captureTriggers(session)
    .map(({ name }) => name)
    .filter((name) => !there.has(name))
}

function captureTriggers(session: SqlSession): NamedStatement[] {
  return CAPTURED.flatMap((keys) => [...session.dialect.captureTriggers(keys, CAPTURE_PREFIX, 'migration_outbox')])
}
