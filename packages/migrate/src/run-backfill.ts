import type { BackfillDriver, BackfillPosition } from './backfill-driver.js'
import { MigrationAbortedError } from './migration-error.js'
import type { MigrationOptions } from './migration-options.js'
import type { MigrationStats } from './migration-stats.js'

/** How long a range may hold the database while an application writes, in milliseconds. Source: docs/spec/migration.md §3.6. */
const ONLINE_HOLD_MS = 25
/** A commit costs a flush of the disk, so there are few; the lease is renewed with each, and a kill loses no more than this. */
const OFFLINE_HOLD_MS = 2000
/** Two rounds of catching up in a row no longer than this: what is left will not be felt at the swap. */
const QUIET_ROUND_MS = 50
/** An application that writes faster than this many rounds can follow has to be held by the swap itself. */
const MAX_ROUNDS = 10_000
/** How large the first range of a stage is, for each millisecond it may hold the database. */
const FIRST_KEYS_PER_MS = 4
const MIN_RANGE_KEYS = 20
const MAX_RANGE_KEYS = 100_000

/**
 * Fills the new tables over any driver: stage by stage in ranges whose size follows their hold time, pausing as long as each one
 * held when the application is writing; then catches up until two rounds in a row were short.
 *
 * @throws {MigrationAbortedError} at a range boundary when `signal` says so; running it again goes on from there.
 */
export async function runBackfill(driver: BackfillDriver, options: MigrationOptions = {}): Promise<MigrationStats> {
  const online = options.online ?? false
  const pace = new Pace(options.rangeHoldMs ?? (online ? ONLINE_HOLD_MS : OFFLINE_HOLD_MS), online)
  let position = await driver.begin({ online })
  while (position.stage !== undefined) position = await runStage(driver, position, pace, options)
  await catchUpUntilQuiet(driver, options, pace)
  return await driver.finish()
}

async function runStage(
  driver: BackfillDriver,
  from: BackfillPosition,
  pace: Pace,
  options: MigrationOptions,
): Promise<BackfillPosition> {
  const stage = driver.stages.find(({ name }) => name === from.stage)
  const step = from.stage ?? ''
  const total = await driver.estimate(step)
  const startedAt = Date.now()
  let [position, done] = [from, 0]
  await options.on?.({ type: 'step-started', step, title: stage?.title ?? step, total })
  pace.reset()
  while (position.stage === from.stage) {
    throwIfAborted(options, step)
    const result = await pace.hold(
      () => driver.runRange(position, pace.size),
      ({ followingMs = 0 }) => followingMs,
    )
    position = result.position
    done += result.keys
    await options.on?.({ type: 'step-progress', step, done, total })
  }
  await options.on?.({ type: 'step-finished', step, durationMs: Date.now() - startedAt, count: done })
  return position
}

/** Follows what is written meanwhile until two rounds in a row were short. Source: docs/spec/migration.md §3.7. */
export async function catchUpUntilQuiet(
  driver: BackfillDriver,
  options: MigrationOptions,
  pace: Pace = new Pace(ONLINE_HOLD_MS, options.online ?? false),
): Promise<void> {
  const startedAt = Date.now()
  let [quiet, taken] = [0, 0]
  await options.on?.({ type: 'step-started', step: 'catch-up', title: 'Follow what was written meanwhile' })
  for (let round = 0; quiet < 2 && round < MAX_ROUNDS; round += 1) {
    throwIfAborted(options, 'catch-up')
    const began = performance.now()
    for (;;) {
      const changes = await pace.hold(() => driver.catchUp())
      taken += changes
      if (changes === 0) break
    }
    quiet = performance.now() - began <= QUIET_ROUND_MS ? quiet + 1 : 0
  }
  await options.on?.({ type: 'step-finished', step: 'catch-up', durationMs: Date.now() - startedAt, count: taken })
}

function throwIfAborted({ signal }: MigrationOptions, step: string): void {
  if (signal?.aborted === true) {
    throw new MigrationAbortedError(`The backfill was stopped in ${step}. Run it again to go on from there.`)
  }
}

/** How many keys the next range takes, and the pause after it. */
class Pace {
  size: number
  readonly #holdMs: number
  readonly #pauses: boolean

  constructor(holdMs: number, pauses: boolean) {
    this.#holdMs = holdMs
    this.#pauses = pauses
    this.size = this.#withinLimits(FIRST_KEYS_PER_MS * holdMs)
  }

  reset(): void {
    this.size = this.#withinLimits(FIRST_KEYS_PER_MS * this.#holdMs)
  }

  /** `apartMs`: how much of the time `work` took has nothing to do with the size. */
  async hold<T>(work: () => Promise<T>, apartMs: (result: T) => number = () => 0): Promise<T> {
    const began = performance.now()
    const result = await work()
    const heldMs = performance.now() - began
    const factor = Math.min(4, Math.max(0.25, this.#holdMs / Math.max(heldMs - apartMs(result), 0.5)))
    this.size = this.#withinLimits(this.size * factor)
    // Without it waiting writers starve: the lock would be taken again before they wake up.
    if (this.#pauses) await new Promise<void>((resolve) => setTimeout(resolve, heldMs))
    return result
  }

  #withinLimits(keys: number): number {
    return Math.round(Math.min(MAX_RANGE_KEYS, Math.max(MIN_RANGE_KEYS, keys)))
  }
}
