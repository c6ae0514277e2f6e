import { soak } from '../../knex/index.js'
import { grouped } from '../../report/number-text.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { durationMs } from '../duration.js'

interface SoakOptions {
  readonly once?: boolean
  readonly for?: number
}

/** Keeps the way back short. */
export const soakCommand: CommandDefinition = defineCommand<SoakOptions>({
  name: 'soak',
  description: 'keep the kept legacy tables in step with what the new application writes, until Ctrl-C',
  configure: (command) => {
    command.option('--once', 'take what waits now, and end')
    command.option('--for <duration>', 'end after so long, e.g. 90s, 10m, 6h or 7d', durationMs)
  },
  run: async ({ knex, signal, on }, { once, for: forMs }) => {
    const result = await soak(knex, { signal, on, once: once ?? false, ...(forMs === undefined ? {} : { forMs }) })
    const { drained, pending } = result
    return {
      ok: true,
      facts: { ...result },
      lines: [
        `${grouped(drained)} writes of the new application were taken to the legacy tables; ${grouped(pending)} wait.`,
        'Next: txkeep-migrate verify compares both; txkeep-migrate rollback goes back with everything that was written.',
      ],
    }
  },
})
