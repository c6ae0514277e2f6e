import { fileURLToPath } from 'node:url'
import { type MeasuredChild, runMeasured } from './measured-child.js'

/** One command of the migration's command line, as an operator runs it, and what it cost. */
export interface MeasuredCommand {
  /** The command's own time: neither the start of Node nor the loading of modules. */
  readonly durationMs: number
  readonly peakRssBytes: number
  /** Processor time of the whole process, its start as well. */
  readonly cpuMs: number
  /** The one JSON object it printed. */
  readonly answer: Readonly<Record<string, unknown>>
}

const CLI = fileURLToPath(new URL('../../../packages/migrate/dist/cli.js', import.meta.url))

/** Runs `txkeep-migrate COMMAND --db DATABASE` from the built package; throws with its words when it fails. */
export async function migrateCommand(
  database: string,
  command: string,
  options: readonly string[] = [],
): Promise<MeasuredCommand> {
  const child = await runMeasured([CLI, ...command.split(' '), '--db', database, '--json', '--yes', ...options])
  const answer = parseAnswer(child)
  if (child.exitCode !== 0) {
    throw new Error(
      `${command} ended with ${child.exitCode}: ${child.stdout.slice(0, 2_000)} ${child.stderr.slice(-2_000)}`,
    )
  }
  return {
    durationMs: Number(answer['durationMs'] ?? child.durationMs),
    peakRssBytes: child.peakRssBytes,
    cpuMs: child.cpuMs,
    answer,
  }
}

function parseAnswer({ stdout }: MeasuredChild): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(stdout) as Record<string, unknown>
  } catch {
    return {}
  }
}
