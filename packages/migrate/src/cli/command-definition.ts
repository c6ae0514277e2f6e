import type { Command } from 'commander'
import type { Knex } from 'knex'
import type { MigrationEvent } from '../migration-event.js'
import type { MigrationPhase } from '../migration-phase.js'
import type { CommandOutcome } from './command-outcome.js'

/** The options every command takes. */
export interface GlobalOptions {
  readonly db: string
  readonly json?: boolean
  readonly yes?: boolean
}

/** What every command works with. */
export interface CommandContext {
  readonly knex: Knex
  /** The database as it was named, without a password. */
  readonly database: string
  /** Where the database stood when the command began. */
  readonly phase: MigrationPhase
  readonly yes: boolean
  readonly signal: AbortSignal
  /** Shows progress and gives signals and timers a turn: the database works synchronously, and would starve them. */
  readonly on: (event: MigrationEvent) => Promise<void>
}

/** One command of the command line. */
export interface CommandDefinition<Options extends object = object> {
  readonly name: string
  /** One line, for `--help`. */
  readonly description: string
  /** Adds arguments and options beyond `GlobalOptions`. An argument arrives in `options` under its name. */
  readonly configure?: (command: Command) => void
  /** What the answer calls it, when that depends on an argument: `capture start`. */
  readonly nameOf?: (options: Options) => string
  /** Opens the database without the right to write. */
  readonly isReadonly?: boolean | ((options: Options) => boolean)
  /** Has no batches: Ctrl-C ends the process at once, and what was not committed is rolled back. */
  readonly isUnbroken?: boolean
  /** The function behind it writes down how long its steps took. */
  readonly keepsItsTimings?: boolean
  readonly run: (context: CommandContext, options: Options) => Promise<CommandOutcome>
}

/** Keeps the options' type where a command is written, and forgets it where commands are listed. */
export function defineCommand<Options extends object>(definition: CommandDefinition<Options>): CommandDefinition {
  return definition as unknown as CommandDefinition
}
