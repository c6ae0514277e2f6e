import { TxkeepError } from '@txkeep/core'
import { CommanderError } from 'commander'
import type { MigrationPhase } from '../migration-phase.js'
import type { CommandOutcome } from './command-outcome.js'
import { EXIT } from './exit-code.js'
import { checkLines, findingLines } from './outcome-lines.js'
import { printable } from './terminal.js'

/** Everything the answer to one command line says. */
export interface Answer {
  /** Null when the command line named none. */
  readonly command: string | null
  /** Where the database stands now; null when none was opened. */
  readonly phase: MigrationPhase | null
  readonly durationMs: number
  readonly json: boolean
  readonly outcome: CommandOutcome
  readonly error?: unknown
}

/** Prints the answer, one JSON object or text, and returns the exit code. */
export function answerWith(answer: Answer): number {
  if (answer.json) process.stdout.write(`${JSON.stringify(jsonOf(answer))}\n`)
  else printText(answer)
  return answer.outcome.exitCode ?? (answer.outcome.ok ? EXIT.done : EXIT.failed)
}

function jsonOf({ command, phase, durationMs, outcome, error }: Answer): object {
  const always = { ok: outcome.ok, command, phase, durationMs }
  const { checks, findings } = outcome
  return {
    // First for its place, last so that no fact of the same name hides it.
    ...always,
    ...outcome.facts,
    ...(checks === undefined ? {} : { checks }),
    ...(findings === undefined ? {} : { findings }),
    ...(error === undefined ? {} : { error: describeError(error) }),
    ...always,
  }
}

function printText({ outcome, error }: Answer): void {
  const lines = [
    ...(outcome.lines ?? []),
    ...(outcome.checks === undefined ? [] : checkLines(outcome.checks)),
    ...(outcome.findings === undefined ? [] : findingLines(outcome.findings)),
    ...(outcome.after ?? []),
  ]
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  if (error !== undefined)
    process.stderr.write(`${describeError(error).message.split('\n').map(printable).join('\n')}\n`)
}

/** The code and sentence of an error; one that is not ours is a defect, and says so. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof TxkeepError) return { code: error.code, message: error.message }
  if (error instanceof CommanderError) return { code: 'USAGE', message: error.message }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'ABORTED', message: 'The command was stopped. Run it again to do it from the start.' }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'UNEXPECTED',
    message:
      `Something unexpected went wrong: ${message} — this is a defect of txkeep-migrate. What was not committed was rolled back; ` +
      'run txkeep-migrate status to see where the database stands.',
  }
}
