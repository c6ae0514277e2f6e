import { TxkeepError } from '@txkeep/core'
import type { Knex } from 'knex'
import { migrationStatus, openMigrationDatabase } from '../knex/index.js'
import type { MigrationEvent } from '../migration-event.js'
import type { CommandOutcome } from './command-outcome.js'
import { EXIT, exitCodeOf } from './exit-code.js'
import { checkLines, findingLines } from './outcome-lines.js'
import { Progress } from './progress.js'
import { printable } from './terminal.js'

export interface GlobalOptions {
  readonly db: string
  readonly json?: boolean
  readonly yes?: boolean
}

/** What every command works with. */
export interface CommandContext {
  readonly knex: Knex
  readonly signal: AbortSignal
  readonly on: (event: MigrationEvent) => void
}

export interface CommandDefinition {
  readonly name: string
  /** A command that changes nothing opens the database for reading only. */
  readonly readonly?: boolean
  readonly run: (context: CommandContext) => Promise<CommandOutcome>
}

/**
 * Runs one command on one database and returns the exit code. With `--json` exactly one object goes to stdout, whatever
 * happens; otherwise the result goes to stdout as text. Progress and errors go to stderr either way.
 */
export async function runCommand(definition: CommandDefinition, options: GlobalOptions): Promise<number> {
  const startedAt = performance.now()
  const progress = new Progress(process.stderr)
  const interruption = interruptible(progress)
  let phase: string | null = null
  const answer = (outcome: CommandOutcome, error?: unknown): number => {
    progress.stop()
    const durationMs = Math.round(performance.now() - startedAt)
    if (options.json === true) printJson(definition.name, phase, durationMs, outcome, error)
    else printHuman(outcome, error)
    return outcome.exitCode ?? (outcome.ok ? EXIT.done : EXIT.failed)
  }
  try {
    const database = await openMigrationDatabase(options.db, { readonly: definition.readonly ?? false })
    try {
      const readPhase = async (): Promise<string> => (await migrationStatus(database.knex)).phase
      phase = await readPhase()
      try {
        const outcome = await definition.run({
          knex: database.knex,
          signal: interruption.signal,
          on: (event) => progress.show(event),
        })
        phase = await readPhase()
        return answer(outcome)
      } catch (error) {
        phase = await readPhase().catch(() => phase)
        throw error
      }
    } finally {
      await database.close()
    }
  } catch (error) {
    return answer({ ok: false, exitCode: exitCodeOf(error) }, error)
  } finally {
    interruption.stop()
  }
}

/** Ctrl-C once: stop at the next batch boundary. Twice: at once, which a transaction survives by rolling back. */
function interruptible(progress: Progress): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130)
    progress.stop()
    process.stderr.write('Stopping at the next batch boundary; press Ctrl-C again to stop at once.\n')
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

function printJson(
  command: string,
  phase: string | null,
  durationMs: number,
  outcome: CommandOutcome,
  error: unknown,
): void {
  const object = {
    ok: outcome.ok,
    command,
    phase,
    durationMs,
    ...outcome.facts,
    ...(outcome.checks === undefined ? {} : { checks: outcome.checks }),
    ...(outcome.findings === undefined ? {} : { findings: outcome.findings }),
    ...(error === undefined ? {} : { error: describeError(error) }),
  }
  process.stdout.write(`${JSON.stringify(object)}\n`)
}

function printHuman(outcome: CommandOutcome, error: unknown): void {
  const lines = [
    ...(outcome.lines ?? []),
    ...(outcome.checks === undefined ? [] : checkLines(outcome.checks)),
    ...(outcome.findings === undefined ? [] : findingLines(outcome.findings)),
  ]
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  if (error !== undefined) process.stderr.write(`${printable(describeError(error).message)}\n`)
}

/** The code and sentence of an error; one that is not ours is a defect, and says so. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof TxkeepError) return { code: error.code, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'UNEXPECTED',
    message: `Something unexpected went wrong: ${message}. The database is in the phase it was in; run txkeep-migrate status to see it.`,
  }
}
