import { Argument } from 'commander'
import { captureStatus, startCapture, stopCapture, type CaptureStatus } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'
import { grouped } from '../../report/number-text.js'

interface CaptureOptions {
  readonly action: 'start' | 'stop' | 'status'
}

/** Switches on, switches off, or tells about the triggers that follow the legacy application. */
export const captureCommand: CommandDefinition = defineCommand<CaptureOptions>({
  name: 'capture',
  description: 'follow what the legacy application writes: start, stop, or status',
  configure: (command) => {
    command.addArgument(new Argument('<action>', 'what to do').choices(['start', 'stop', 'status']))
  },
  nameOf: ({ action }) => `capture ${action}`,
  isReadonly: ({ action }) => action === 'status',
  run: async ({ knex, signal, on }, { action }) => {
    const status =
      action === 'start'
        ? await startCapture(knex, { signal, on })
        : action === 'stop'
          ? await stopCapture(knex, { signal, on })
          : await captureStatus(knex)
    return { ok: true, facts: { capture: status }, lines: captureLines(status) }
  },
})

function captureLines(status: CaptureStatus): string[] {
  const { installed, expected, missing, pending, phase } = status
  const state =
    installed === 0
      ? 'Capture is off.'
      : missing.length === 0
        ? `Capture is on: ${installed} triggers; ${grouped(pending)} changes wait to be followed.`
        : `Capture is broken: ${installed} of ${expected} triggers; missing: ${missing.join(', ')}. Run txkeep-migrate capture stop, then capture start.`
  return [state, sentenceAboutNext(phase)]
}
