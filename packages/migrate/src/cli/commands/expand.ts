import { expand } from '../../knex/index.js'
import { defineCommand, type CommandDefinition } from '../command-definition.js'
import { sentenceAboutNext } from '../phase-sentences.js'

/** Makes the new tables. */
export const expandCommand: CommandDefinition = defineCommand({
  name: 'expand',
  description: 'make the new tables beside the legacy ones, empty',
  run: async ({ knex, signal, on, phase: before }) => {
    const { phase } = await expand(knex, { signal, on })
    const done =
      before === 'none' ? 'The new tables stand beside the legacy ones, empty.' : 'The new tables were there already.'
    return { ok: true, lines: [done, sentenceAboutNext(phase)] }
  },
})
