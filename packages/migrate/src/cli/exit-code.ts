import { InvalidParameterError, NotAWalletError, SchemaVersionError, StoreUnavailableError } from '@txkeep/core'
import { CommanderError } from 'commander'
import { PhaseError } from '../migration-error.js'

/** What the process answers to a shell. Scripts branch on these, so they never change their meaning. */
export const EXIT = {
  /** Done, and every check is right. */
  done: 0,
  /** A check failed, or the database could not be worked on: locked, read-only, disk full. Nothing is half-done. */
  failed: 1,
  /** The command line is wrong: an unknown option, a file that is not there, a file that is no wallet this build can move. */
  usage: 2,
  /** The database is not in the phase the command needs. */
  phase: 3,
  /** Only an operator's answers are missing (`preflight`). */
  needsOperator: 4,
} as const

/** The exit code an error stands for. A disk that fails while a database is `opened` is no wrong usage. */
export function exitCodeOf(error: unknown, { opened }: { readonly opened: boolean }): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof InvalidParameterError) return EXIT.usage
  if (error instanceof NotAWalletError || error instanceof SchemaVersionError) return EXIT.usage
  if (error instanceof StoreUnavailableError) return opened ? EXIT.failed : EXIT.usage
  if (error instanceof PhaseError) return EXIT.phase
  return EXIT.failed
}
