import { systemClock, type Clock } from '@txkeep/core'
import type { Knex } from 'knex'
import { MigrationAbortedError, MigrationBusyError, PhaseError } from '../migration-error.js'
import type { MigrationEvent } from '../migration-event.js'
import type { MigrationOptions } from '../migration-options.js'
import type { MigrationPhase } from '../migration-phase.js'
import { isDeadOwner, makeLeaseOwner } from './lease-owner.js'
import { createMigrationState, readMigrationState, type MigrationState } from './migration-state.js'
import { openSqlSession, withSqlSession, type SqlSession } from './sql-session.js'

/** How long a migrator may be silent before another takes over. Every commit renews it. */
export const MIGRATION_LEASE_MS = 60_000

/** A command under the migration lease, on its own connection. */
export interface MigrationRun {
  readonly session: SqlSession
  readonly options: MigrationOptions
  /**
   * One transaction whose commit proves that the lease is still held and renews it.
   *
   * @throws {MigrationBusyError} when the lease ran out or another migrator took it; nothing of `work` was written.
   */
  commit<T>(work: () => Promise<T>): Promise<T>
  /** Inside `commit`: writes columns of `migration_state` together with the effect they record. */
  save(changes: StateChanges): Promise<void>
  /** Tells that a named step is about to be done or was done, and ends the run when it was aborted. */
  step(name: string): Promise<void>
  emit(event: MigrationEvent): Promise<void>
  state(): Promise<MigrationState>
}

export interface StateChanges {
  readonly phase?: MigrationPhase
  readonly step?: string | null
  readonly pass?: string | null
  readonly cursorJson?: string | null
  readonly captureEpoch?: string | null
  readonly checksumsJson?: string | null
  readonly fingerprint?: string | null
  readonly lastError?: string | null
}

export interface RunRequest {
  readonly command: string
  readonly phases: readonly MigrationPhase[]
  /** Phases in which the command has been done already: `already` is returned without a lease. */
  readonly done?: readonly MigrationPhase[]
  /** What to run first, for the message. */
  readonly first?: (phase: MigrationPhase) => string | undefined
}

/**
 * Runs `work` when the database is in one of the phases and no other migrator is at it.
 *
 * @throws {PhaseError} naming the command that comes first.
 * @throws {MigrationBusyError} when another migrator is at work.
 */
export async function runUnderLease<T>(
  knex: Knex,
  request: RunRequest,
  options: MigrationOptions,
  work: (run: MigrationRun, state: MigrationState) => Promise<T>,
): Promise<T> {
  const session = await openSqlSession(knex, options)
  let left: { readonly owner: string; readonly fence: number } | undefined
  try {
    const before = await readMigrationState(session)
    assertPhase(request, before.phase)
    await createMigrationState(session)
    const owner = makeLeaseOwner()
    const fence = await claimLease(session, owner)
    try {
      const state = await readMigrationState(session)
      assertPhase(request, state.phase)
      return await work(new LeasedRun(session, options, owner, fence), state)
    } finally {
      if (!(await releaseLease(session, owner, fence))) left = { owner, fence }
    }
  } finally {
    await session.close()
    if (left !== undefined) await releaseLeft(knex, left.owner, left.fence)
  }
}

/** Seconds and milliseconds for people; never for leases. */
export function clockOf(options: MigrationOptions): Clock {
  return options.clock ?? systemClock
}

function assertPhase({ command, phases, first }: RunRequest, phase: MigrationPhase): void {
  if (!phases.includes(phase)) throw new PhaseError(command, phase, phases, first?.(phase))
}

async function claimLease(session: SqlSession, owner: string): Promise<number> {
  return await session.transaction('immediate', async () => {
    const now = session.dialect.nowMs
    const held = await session.get<{ owner: string; left: number }>(
      `select owner, lease_until - ${now} as "left" from migration_state where id = 1 and owner is not null and lease_until > ${now}`,
    )
    if (held !== undefined && !isDeadOwner(held.owner)) {
      throw new MigrationBusyError(
        `Another migrator (${held.owner}) is at work on this database. Wait for it to end; if it was killed on another machine, ` +
          `its lease runs out in ${Math.ceil(held.left / 1000)} s.`,
      )
    }
    await session.run(
      `update migration_state set owner = ?, fence = fence + 1, lease_until = ${now} + ?, updated_at = ${session.dialect.now} where id = 1`,
      [owner, MIGRATION_LEASE_MS],
    )
    const row = await session.get<{ fence: number }>('select fence from migration_state where id = 1')
    return row?.fence ?? 0
  })
}

/** On a connection of its own, because the one of the command broke. */
async function releaseLeft(knex: Knex, owner: string, fence: number): Promise<void> {
  try {
    await withSqlSession(knex, (session) => releaseLease(session, owner, fence))
  } catch {
    return
  }
}

/** Failing to release is no failure: the lease runs out, and a dead process is noticed. Resolves to whether it was tried. */
async function releaseLease(session: SqlSession, owner: string, fence: number): Promise<boolean> {
  try {
    await session.run(
      'update migration_state set owner = null, lease_until = null where id = 1 and owner = ? and fence = ?',
      [owner, fence],
    )
    return true
  } catch {
    return false
  }
}

class LeasedRun implements MigrationRun {
  readonly session: SqlSession
  readonly options: MigrationOptions
  readonly #owner: string
  readonly #fence: number

  constructor(session: SqlSession, options: MigrationOptions, owner: string, fence: number) {
    this.session = session
    this.options = options
    this.#owner = owner
    this.#fence = fence
  }

  async commit<T>(work: () => Promise<T>): Promise<T> {
    return await this.session.transaction('immediate', async () => {
      const result = await work()
      await this.#renew()
      return result
    })
  }

  async save(changes: StateChanges): Promise<void> {
    const entries = Object.entries(changes) as [keyof StateChanges, string | null][]
    const sets = entries.map(([field]) => `${STATE_COLUMNS[field]} = ?`)
    await this.session.run(
      `update migration_state set ${[...sets, `updated_at = ${this.session.dialect.now}`].join(', ')} where id = 1`,
      entries.map(([, value]) => value),
    )
  }

  async step(name: string): Promise<void> {
    await this.emit({ type: 'checkpoint', name })
    if (this.options.signal?.aborted === true) {
      throw new MigrationAbortedError(`The command was stopped at ${name}. Run it again to go on from there.`)
    }
  }

  async emit(event: MigrationEvent): Promise<void> {
    await this.options.on?.(event)
  }

  async state(): Promise<MigrationState> {
    return await readMigrationState(this.session)
  }

  async #renew(): Promise<void> {
    const now = this.session.dialect.nowMs
    const { changes } = await this.session.run(
      `update migration_state set lease_until = ${now} + ? where id = 1 and owner = ? and fence = ? and lease_until > ${now}`,
      [MIGRATION_LEASE_MS, this.#owner, this.#fence],
    )
    if (changes === 0) {
      throw new MigrationBusyError(
        'The migration lease ran out or was taken over while a step was running, so the step was rolled back. Run the command again.',
      )
    }
  }
}

const STATE_COLUMNS: Readonly<Record<keyof StateChanges, string>> = {
  phase: 'phase',
  step: 'step',
  pass: 'pass',
  cursorJson: 'cursor_json',
  captureEpoch: 'capture_epoch',
  checksumsJson: 'checksums_json',
  fingerprint: 'fingerprint',
  lastError: 'last_error',
}
