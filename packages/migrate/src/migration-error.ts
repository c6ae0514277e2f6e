import { TxkeepError } from '@txkeep/core'
import type { MigrationPhase } from './migration-phase.js'

/** A command was asked for in a phase it does not work in. Nothing was changed. */
export class PhaseError extends TxkeepError {
  readonly code = 'PHASE'
  readonly phase: MigrationPhase
  /** The command that comes first, e.g. `expand`. */
  readonly nextCommand: string | undefined

  constructor(command: string, phase: MigrationPhase, needs: readonly MigrationPhase[], nextCommand?: string) {
    const first = nextCommand === undefined ? '' : ` Run txkeep-migrate ${nextCommand} first.`
    super(`${command} needs a database in phase ${needs.join(' or ')}, and this one is in phase ${phase}.${first}`)
    this.phase = phase
    this.nextCommand = nextCommand
  }
}

/** Another migrator holds the migration lease of this database. Nothing was changed. */
export class MigrationBusyError extends TxkeepError {
  readonly code = 'MIGRATION_BUSY'
}

/** A check failed where going on would risk data. The database is in the phase it was in. */
export class VerificationFailedError extends TxkeepError {
  readonly code = 'VERIFICATION_FAILED'
}

/** The caller's AbortSignal ended a command at a batch boundary. Running the command again goes on from there. */
export class MigrationAbortedError extends TxkeepError {
  readonly code = 'ABORTED'
}
