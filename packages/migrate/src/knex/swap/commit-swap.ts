import { setTimeout as sleep } from 'node:timers/promises'
import { StoreBusyError } from '@txkeep/core'
import type { MigrationRun } from '../migration-run.js'

/** How long one try gives way to others before the next: shorter at first, and never the same for two migrators. */
const REST_MS = 40
const LONGEST_REST_MS = 1000

/**
 * The one transaction of a swap. Where it gives way to a reader or writer that holds a table for long, it is rolled back, `meanwhile`
 * is done with nobody held, and it is tried again, for as long as the engine's dialect says.
 *
 * @throws {StoreBusyError} when somebody was in the way all the time; nothing was changed.
 */
export async function commitSwap<T>(
  run: MigrationRun,
  work: () => Promise<T>,
  meanwhile: () => Promise<void>,
): Promise<T> {
  const deadline = performance.now() + run.session.dialect.swapPatienceMs
  for (let round = 1; ; round += 1) {
    try {
      return await run.commit(work)
    } catch (error) {
      if (!(error instanceof StoreBusyError) || performance.now() > deadline) throw error
      await sleep(Math.min(LONGEST_REST_MS, REST_MS * round) * (0.5 + Math.random()))
      await meanwhile()
    }
  }
}
