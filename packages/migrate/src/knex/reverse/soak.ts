import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { MigrationAbortedError, MigrationBusyError } from '../../migration-error.js'
import type { MigrationOptions } from '../../migration-options.js'
import { runUnderLease } from '../migration-run.js'
import { readMigrationState } from '../migration-state.js'
import { nextCommandFrom } from '../phase-order.js'
import { openSqlSession } from '../sql-session.js'
import { pendingWrites, ReverseDrain } from './drain.js'

export interface SoakOptions extends MigrationOptions {
  /** Drains what waits now and ends. Default false. */
  readonly once?: boolean
  /** Ends after so many milliseconds, at the next batch boundary. Left out: when `signal` says so. */
  readonly forMs?: number
  /** How long it waits when nothing is left, in milliseconds. Default 1000. */
  readonly pollMs?: number
  /** How many captured writes one commit takes at most. Default 400. */
  readonly batchKeys?: number
}

export interface SoakResult {
  /** Captured writes that were taken to the legacy tables. */
  readonly drained: number
  /** How often it looked. */
  readonly rounds: number
  /** Captured writes that still wait. */
  readonly pending: number
}

const POLL_MS = 1000

/**
 * Keeps the kept legacy tables in step with what the new application writes, so that a rollback has little left to do. The
 * application is held for one batch at a time; while nothing waits the migration lease is free, so that a rollback can begin at any
 * moment. Being stopped is its normal end: every batch is whole, and the next call goes on.
 *
 * @throws {PhaseError} before a cutover, and when the legacy tables were dropped or put back into use meanwhile.
 * @throws {VerificationFailedError} when somebody wrote to the kept tables before the first batch; nothing was changed.
 */
export async function soak(knex: Knex, options: SoakOptions = {}): Promise<SoakResult> {
  const { once = false, forMs, pollMs = POLL_MS, signal } = options
  const endsAt = forMs === undefined ? undefined : performance.now() + forMs
  const isOver = (): boolean => signal?.aborted === true || (endsAt !== undefined && performance.now() >= endsAt)
  let [drained, rounds, pending] = [0, 0, 0]
  await options.on?.({ type: 'step-started', step: 'soak', title: 'Take new writes to the legacy tables' })
  const began = performance.now()
  do {
    const round = await drainRound(knex, options, once, isOver, (keys) => {
      drained += keys
      return options.on?.({ type: 'step-progress', step: 'soak', done: drained })
    })
    rounds += 1
    pending = round ?? pending
    if (once || isOver()) break
    const rest = endsAt === undefined ? pollMs : Math.min(pollMs, Math.max(0, endsAt - performance.now()))
    await sleep(rest, undefined, { signal }).catch(() => undefined)
  } while (!isOver())
  await options.on?.({ type: 'step-finished', step: 'soak', durationMs: performance.now() - began, count: drained })
  return { drained, rounds, pending }
}

/** Drains until nothing waits. Resolves to what is left, or undefined when another migrator was at work just then. */
async function drainRound(
  knex: Knex,
  options: SoakOptions,
  once: boolean,
  isOver: () => boolean,
  onBatch: (keys: number) => void | Promise<void>,
): Promise<number | undefined> {
  const request = { command: 'soak', phases: ['cut-over'] as const, first: nextCommandFrom }
  if (!(await hasWork(knex, options))) return 0
  try {
    return await runUnderLease(knex, request, options, async (run) => {
      const drain = new ReverseDrain(run, options.batchKeys)
      await drain.begin()
      try {
        while (!isOver()) {
          const keys = await drain.batch()
          if (keys === 0) break
          await onBatch(keys)
        }
      } catch (error) {
        if (!(error instanceof MigrationAbortedError)) throw error
      }
      return await pendingWrites(run.session)
    })
  } catch (error) {
    if (error instanceof MigrationBusyError && !once) return undefined
    throw error
  }
}

/** Whether a round has something to drain or to complain of. A look takes no lease: one that does would keep a rollback out. */
async function hasWork(knex: Knex, options: SoakOptions): Promise<boolean> {
  const session = await openSqlSession(knex, options)
  try {
    const { phase } = await readMigrationState(session)
    return phase !== 'cut-over' || (await pendingWrites(session)) > 0
  } finally {
    await session.close()
  }
}
