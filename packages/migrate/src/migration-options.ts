import type { Clock } from '@txkeep/core'
import type { MigrationEvent } from './migration-event.js'

/** What every command of a migration takes. */
export interface MigrationOptions {
  /** Hears of steps, progress and phase changes. A promise it returns is waited for; an error it throws ends the command. */
  readonly on?: (event: MigrationEvent) => void | Promise<void>
  /** Ends the command at the next batch boundary with a `MigrationAbortedError`. Running it again goes on from there. */
  readonly signal?: AbortSignal
  /** A legacy application keeps writing: work in ranges of `rangeHoldMs` and leave it as much time in between. Default false. */
  readonly online?: boolean
  /** How long one range may hold the database, in milliseconds. Default 25 online, 400 otherwise. */
  readonly rangeHoldMs?: number
  /** How long a step waits for somebody who holds the database before it gives up, in milliseconds. Default 30 000. */
  readonly lockWaitMs?: number
  /** Only for durations and pauses; leases and timestamps are database time. */
  readonly clock?: Clock
}
