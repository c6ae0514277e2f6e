import { setImmediate } from 'node:timers/promises'
import { redactDatabaseUrl } from '@txkeep/storage-knex'
import { openMigrationDatabase, readMigrationPhase, StepTimings } from '../knex/index.js'
import type { MigrationEvent } from '../migration-event.js'
import type { MigrationPhase } from '../migration-phase.js'
import { answerWith } from './answer.js'
import { assertSupported } from './assert-supported.js'
import type { CommandDefinition, GlobalOptions } from './command-definition.js'
import type { CommandOutcome } from './command-outcome.js'
import { EXIT, exitCodeOf } from './exit-code.js'
import { answerInterruption, listenForInterruption, neverInterrupted, type Interruption } from './interruption.js'
import { Progress } from './progress.js'

/**
 * Runs one command on one database and returns the exit code. With `--json` exactly one object goes to stdout, whatever
 * happens; otherwise the result goes to stdout as text. Progress and errors go to stderr either way.
 */
export async function runCommand(definition: CommandDefinition, options: GlobalOptions): Promise<number> {
  const startedAt = performance.now()
  const command = definition.nameOf?.(options) ?? definition.name
  const progress = new Progress(process.stderr)
  let phase: MigrationPhase | null = null
  const interruption = listenFor(definition, options, progress, () =>
    answerWith({
      command,
      phase,
      durationMs: Math.round(performance.now() - startedAt),
      json: true,
      outcome: { ok: false, exitCode: EXIT.failed },
      error: AbortSignal.abort().reason,
    }),
  )
  const timings = new StepTimings()
  const hear = showAndTakeTurns((event) => {
    progress.show(event)
    timings.hear(event)
  })
  let outcome: CommandOutcome
  let failure: { readonly error: unknown } | undefined
  try {
    assertSupported(options.db, definition.name)
    const database = await openMigrationDatabase(options.db, { readonly: isReadonly(definition, options) })
    try {
      const readPhase = (): Promise<MigrationPhase> => readMigrationPhase(database.knex)
      const before = await readPhase()
      phase = before
      try {
        outcome = await definition.run(
          {
            knex: database.knex,
            database: redactDatabaseUrl(options.db),
            phase: before,
            yes: options.yes ?? false,
            signal: interruption.signal,
            on: hear,
          },
          options,
        )
        if (!isReadonly(definition, options) && definition.keepsItsTimings !== true) {
          await timings.save(database.knex, command, { hasWorked: (await readPhase()) !== before })
        }
      } finally {
        phase = await readPhase().catch(() => before)
      }
    } finally {
      await database.close()
    }
  } catch (error) {
    failure = { error }
    outcome = { ok: false, exitCode: exitCodeOf(error, { opened: phase !== null }) }
  } finally {
    interruption.stop()
    progress.stop()
  }
  const durationMs = Math.round(performance.now() - startedAt)
  return answerWith({ command, phase, durationMs, json: options.json ?? false, outcome, ...failure })
}

/** Whoever asked for one JSON object gets it, also when the process has to end at once. */
function listenFor(
  { isUnbroken }: CommandDefinition,
  { json }: GlobalOptions,
  progress: Progress,
  answer: () => number,
): Interruption {
  if (isUnbroken === true) return json === true ? answerInterruption(answer) : neverInterrupted()
  return json === true
    ? listenForInterruption(() => progress.stop(), answer)
    : listenForInterruption(() => progress.stop())
}

function isReadonly({ isReadonly }: CommandDefinition, options: GlobalOptions): boolean {
  return typeof isReadonly === 'function' ? isReadonly(options) : (isReadonly ?? false)
}

/** How long the synchronous database may keep the event loop before a waiting signal is heard. */
const TURN_MS = 20

function showAndTakeTurns(show: (event: MigrationEvent) => void): (event: MigrationEvent) => Promise<void> {
  let lastTurn = performance.now()
  return async (event) => {
    show(event)
    if (performance.now() - lastTurn < TURN_MS) return
    await setImmediate()
    lastTurn = performance.now()
  }
}
